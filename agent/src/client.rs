//! Speaks Forewatch's HTTP API: registers, beats, sends batches of events. Knows how each refusal is to be taken.

use anyhow::Context as _;
use forewatch::problem::Problem;
use forewatch::registration::RegisterRequest;
use forewatch::{Heartbeat, Registration, Timestamp, WorkerId};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode, Url, redirect};
use serde::Deserialize;
use std::{path::PathBuf, time::Duration};

/// A server that does not answer a request within this is away, unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest pause that a server can ask for.
const LONGEST_PAUSE: u64 = 300;
/// Characters of a refusal's body that are told when it is not a problem document.
const TOLD: usize = 200;

/// Where the ingest token comes from. A file is read again for each request, so that a token can be changed.
#[derive(Clone, Default)]
pub enum Token {
    /// None is sent.
    #[default]
    None,
    /// As it was given.
    Text(String),
    /// In a file, alone.
    File(PathBuf),
}

impl Token {
    fn read(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::None => Ok(None),
            Self::Text(text) => Ok(Some(text.trim().to_owned())),
            Self::File(path) => std::fs::read_to_string(path)
                .map(|text| Some(text.trim().to_owned()))
                .map_err(|error| Failure::Denied(format!("the token file {} cannot be read: {error}", path.display()))),
        }
    }
}

/// Why a request did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Not reached, or not able to answer now: the same is sent again later.
    #[error("{reason}")]
    Away {
        /// What happened.
        reason: String,
        /// How long the server asks to wait.
        pause: Option<Duration>,
    },
    /// The server does not know the worker, or has no such address.
    #[error("the server answers 404: {0}")]
    Unknown(String),
    /// The token is missing or wrong.
    #[error("{0}")]
    Denied(String),
    /// The body is over the server's limit.
    #[error("the server refuses what is sent as too large")]
    TooLarge,
    /// Sending the same again would be refused again.
    #[error("the server refuses what is sent: {0}")]
    Refused(String),
}

/// What became of a batch of events.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct BatchAnswer {
    /// How many were taken.
    #[serde(default)]
    pub accepted: u64,
    /// Which were not, and why.
    #[serde(default)]
    pub rejected: Vec<Rejected>,
}

/// An event that was not taken.
#[derive(Debug, Clone, Deserialize)]
pub struct Rejected {
    /// Its place in the batch.
    pub index: usize,
    /// Why.
    pub error: serde_json::Value,
}

/// A Forewatch server. Clone it freely: connections are shared.
#[derive(Clone)]
pub struct Server {
    http: reqwest::Client,
    base: Url,
    token: Token,
}

impl Server {
    /// Checks the address and sets up TLS; connects only when something is sent. A request that is not answered
    /// within `timeout`, to the last byte, has failed.
    pub fn new(address: &str, token: Token, timeout: Duration) -> anyhow::Result<Self> {
        let base =
            Url::parse(address).with_context(|| format!("--server {address} is not a URL: give http://HOST:8790"))?;
        anyhow::ensure!(
            matches!(base.scheme(), "http" | "https") && base.has_host(),
            "--server {address} must begin with http:// or https://"
        );
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("forewatch-agent/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("setting up HTTP")?;
        Ok(Self { http, base, token })
    }

    /// The server's address, for people.
    pub fn address(&self) -> &str {
        self.base.as_str()
    }

    /// Announces a worker.
    pub async fn register(&self, registration: Registration, sent_at: Timestamp) -> Result<(), Failure> {
        let body = encode(&RegisterRequest { registration, auth_token: None })?;
        self.send(Method::POST, &["workers", "register"], "application/json", body, sent_at).await.map(drop)
    }

    /// Sends a heartbeat; its own time stamp tells the worker's clock.
    pub async fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<(), Failure> {
        let path = ["workers", heartbeat.worker_id.as_str(), "heartbeat"];
        self.send(Method::POST, &path, "application/json", encode(heartbeat)?, heartbeat.timestamp).await.map(drop)
    }

    /// Says good-bye for good.
    pub async fn deregister(&self, worker: &WorkerId, sent_at: Timestamp) -> Result<(), Failure> {
        self.send(Method::DELETE, &["workers", worker.as_str()], "application/json", Vec::new(), sent_at)
            .await
            .map(drop)
    }

    /// Sends events, one JSON object a line.
    pub async fn events(&self, ndjson: Vec<u8>, sent_at: Timestamp) -> Result<BatchAnswer, Failure> {
        let response = self.send(Method::POST, &["events"], "application/x-ndjson", ndjson, sent_at).await?;
        response.json().await.map_err(|error| away(&error))
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        content_type: &str,
        body: Vec<u8>,
        sent_at: Timestamp,
    ) -> Result<Response, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        let mut request = self
            .http
            .request(method, url)
            .header(CONTENT_TYPE, content_type)
            .header("Forewatch-Sent-At", sent_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
            .body(body);
        if let Some(token) = self.token.read()? {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = request.send().await.map_err(|error| away(&error))?;
        if response.status().is_success() { Ok(response) } else { Err(failure(response, &self.token).await) }
    }
}

fn encode(body: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(body).map_err(|error| Failure::Refused(format!("it cannot be written as JSON: {error}")))
}

fn away(error: &reqwest::Error) -> Failure {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        reason = format!("{reason}: {error}");
        cause = error.source();
    }
    Failure::Away { reason, pause: None }
}

async fn failure(response: Response, token: &Token) -> Failure {
    let status = response.status();
    let pause = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(|seconds: u64| Duration::from_secs(seconds.min(LONGEST_PAUSE)));
    let told = told(&response.text().await.unwrap_or_default());
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::Denied(match token {
            Token::None => format!(
                "the server answers {status} ({told}): give its ingest token by --token-file or FOREWATCH_TOKEN"
            ),
            Token::Text(_) => format!(
                "the server answers {status} ({told}): FOREWATCH_TOKEN is not its ingest token; set the right one"
            ),
            Token::File(path) => format!(
                "the server answers {status} ({told}): {} does not hold its ingest token (--token-file)",
                path.display()
            ),
        }),
        StatusCode::NOT_FOUND => Failure::Unknown(told),
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Failure::Away { reason: format!("the server answers {status}: {told}"), pause }
        }
        status if status.is_client_error() => Failure::Refused(format!("{status}: {told}")),
        status if status.is_redirection() => Failure::Away {
            reason: format!("the server answers {status}: give the address it leads to as --server"),
            pause,
        },
        status => Failure::Away { reason: format!("the server answers {status}: {told}"), pause },
    }
}

/// A problem document in a sentence; of anything else the beginning.
fn told(body: &str) -> String {
    match serde_json::from_str::<Problem>(body) {
        Ok(problem) => {
            let fields = problem.errors.iter().take(5).map(|error| format!("{} {}", error.pointer, error.detail));
            [problem.detail.clone()].into_iter().chain(fields).collect::<Vec<_>>().join("; ")
        }
        Err(_) => body.chars().filter(|c| !c.is_control()).take(TOLD).collect(),
    }
}
