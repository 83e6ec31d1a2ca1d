//! One receiver: what it is handed, again and again while it is away.

use crate::config::{RemoteWrite, Secret};
use crate::outbound::{self, Answer, Failure, Retry};
use axum::body::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Client, Url};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Time for one request.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pause before the first new try; each is twice as long as the one before, up to the longest.
const AGAIN: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);
/// Letters of an answer that are told in the log.
const TOLD: usize = 200;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Taken,
    /// It would be refused again.
    Refused,
    /// The server stops, and the receiver is away.
    GivenUp,
}

/// See the module.
pub(super) struct Receiver {
    url: Url,
    login: Login,
    labels: BTreeMap<String, String>,
    client: Client,
    stop: CancellationToken,
    /// Whether the last request was taken: a change is told in the log.
    is_well: bool,
}

enum Login {
    None,
    Bearer(Secret),
    Basic(String, Option<Secret>),
}

impl Receiver {
    pub(super) fn new(section: &RemoteWrite, stop: CancellationToken) -> anyhow::Result<Self> {
        let client = outbound::client().timeout(PATIENCE).build()?;
        let login = match (&section.bearer_token, &section.username) {
            (Some(token), _) => Login::Bearer(token.clone()),
            (None, Some(name)) => Login::Basic(name.clone(), section.password.clone()),
            (None, None) => Login::None,
        };
        Ok(Self { url: section.url.parse()?, login, labels: section.labels.clone(), client, stop, is_well: true })
    }

    /// What every series bears besides its own labels.
    pub(super) fn labels(&self) -> &BTreeMap<String, String> {
        &self.labels
    }

    /// Hands a request over.
    pub(super) async fn take(&mut self, body: Bytes) -> Outcome {
        let mut pause = AGAIN;
        loop {
            let Err(Failure { reason, retry }) = self.send(body.clone()).await else {
                self.note(true, "");
                return Outcome::Taken;
            };
            self.note(false, &reason);
            let wait = match retry {
                Retry::Never => return Outcome::Refused,
                Retry::Later => pause,
                Retry::After(after) => after.min(LONGEST),
            };
            if self.stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_none() {
                return Outcome::GivenUp;
            }
            pause = (pause * 2).min(LONGEST);
        }
    }

    async fn send(&self, body: Bytes) -> Result<String, Failure> {
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/x-protobuf")
            .header(CONTENT_ENCODING, "snappy")
            .header("X-Prometheus-Remote-Write-Version", "0.1.0")
            .body(body);
        let request = match &self.login {
            Login::None => request,
            Login::Bearer(token) => request.bearer_auth(token.expose()),
            Login::Basic(name, password) => request.basic_auth(name, password.as_ref().map(Secret::expose)),
        };
        let response = request.send().await.map_err(|error| Failure::later(outbound::lost(error)))?;
        let told = |answer: &str| answer.chars().take(TOLD).flat_map(char::escape_debug).collect();
        Answer::read(response).await.judge(told)
    }

    fn note(&mut self, is_well: bool, reason: &str) {
        if self.is_well == is_well {
            return;
        }
        self.is_well = is_well;
        let receiver = self.url.host_str().unwrap_or_default();
        match is_well {
            true => tracing::info!(receiver, "remote write: samples are taken again"),
            false => tracing::warn!(receiver, reason, "remote write: samples are not taken"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::header::RETRY_AFTER;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use std::sync::{Arc, Mutex};
    use tokio::net::TcpListener;

    const SAMPLES: Bytes = Bytes::from_static(b"samples");

    /// What a request was: its body, and who signed in.
    type Heard = Arc<Mutex<Vec<(Vec<u8>, String)>>>;

    /// A receiver that answers so, one after the other, the last for ever.
    async fn listening(answers: &'static [(StatusCode, &'static str)]) -> (String, Heard) {
        let heard = Heard::default();
        let told = heard.clone();
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            assert_eq!(header("content-encoding"), "snappy");
            assert_eq!(header("x-prometheus-remote-write-version"), "0.1.0");
            let mut told = told.lock().expect("nobody panicked");
            let (status, after) = answers[told.len().min(answers.len() - 1)];
            told.push((body.to_vec(), header("authorization").to_owned()));
            (status, [(RETRY_AFTER, after)])
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/write", listener.local_addr().expect("an address"));
        tokio::spawn(axum::serve(listener, Router::new().route("/write", post(take))).into_future());
        (url, heard)
    }

    fn receiver(url: &str, more: &str, stop: &CancellationToken) -> Receiver {
        let section: RemoteWrite = toml::from_str(&format!("url = \"{url}\"\n{more}")).expect("it can be read");
        Receiver::new(&section, stop.clone()).expect("it can be made")
    }

    #[tokio::test]
    async fn who_is_away_for_a_moment_is_asked_again_with_the_same() {
        let (url, heard) = listening(&[
            (StatusCode::SERVICE_UNAVAILABLE, "0"),
            (StatusCode::TOO_MANY_REQUESTS, "0"),
            (StatusCode::NO_CONTENT, ""),
        ])
        .await;
        let mut receiver = receiver(&url, "username = \"me\"", &CancellationToken::new());
        assert_eq!(receiver.take(SAMPLES).await, Outcome::Taken);
        let expected = (SAMPLES.to_vec(), "Basic bWU6".to_owned());
        assert_eq!(*heard.lock().expect("nobody panicked"), vec![expected; 3]);
    }

    #[tokio::test]
    async fn what_is_refused_for_good_is_not_sent_again() {
        let (url, heard) = listening(&[(StatusCode::BAD_REQUEST, "0")]).await;
        let mut receiver = receiver(&url, "", &CancellationToken::new());
        assert_eq!(receiver.take(SAMPLES).await, Outcome::Refused);
        assert_eq!(heard.lock().expect("nobody panicked").len(), 1);
    }

    #[tokio::test]
    async fn a_server_that_stops_tries_once() {
        let (url, heard) = listening(&[(StatusCode::BAD_GATEWAY, "60")]).await;
        let stop = CancellationToken::new();
        stop.cancel();
        let mut receiver = receiver(&url, "", &stop);
        assert_eq!(receiver.take(SAMPLES).await, Outcome::GivenUp);
        assert_eq!(heard.lock().expect("nobody panicked").len(), 1);
    }
}
