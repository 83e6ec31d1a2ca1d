//! Writing to receivers over HTTP: through one guarded client, with bounded answers, and what an answer means.

use super::{Channel, Reach};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, redirect};
use std::sync::Arc;
use std::time::Duration;

/// Bytes of an answer that are read.
const ANSWER: usize = 4_096;
/// A receiver that asks to be left alone for longer is asked again after this.
const LONGEST: Duration = Duration::from_hours(1);

/// Why a receiver did not take a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What it answered, or why there was no answer.
    pub(crate) reason: String,
    pub(crate) retry: Retry,
}

/// Whether to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    /// It would be refused again.
    Never,
    Later,
    /// The receiver wants nothing at all before then.
    After(Duration),
}

impl Failure {
    pub(crate) fn later(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry: Retry::Later }
    }

    pub(crate) fn for_good(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry: Retry::Never }
    }
}

/// The clients, by what they may reach.
pub(crate) struct Http {
    public: Client,
    private: Client,
}

impl Http {
    pub(crate) fn new() -> anyhow::Result<Self> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self { public: client(Reach::Public)?, private: client(Reach::Private)? })
    }

    /// The client with which a channel's receiver is written to.
    pub(crate) fn of(&self, channel: &Channel) -> &Client {
        match channel.reach {
            Reach::Public => &self.public,
            Reach::Private => &self.private,
        }
    }
}

fn client(reach: Reach) -> anyhow::Result<Client> {
    let client = Client::builder()
        .dns_resolver(Arc::new(reach))
        // The address that is checked is the one that is connected to: no proxy, no redirect.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .user_agent(concat!("forewatch/", env!("CARGO_PKG_VERSION")))
        .build()?;
    Ok(client)
}

/// Sends, and says what came of it. Nothing of the address is in an error.
pub(crate) async fn send(channel: &Channel, url: &Url, request: RequestBuilder) -> Result<String, Failure> {
    // Names are checked when they are resolved; addresses are not resolved.
    channel.reach.check_host(url.host_str().unwrap_or_default()).map_err(Failure::for_good)?;
    let response = request.timeout(channel.timeout).send().await.map_err(|error| lost(channel, error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = body(response).await;
    let told = channel.told(&format!("HTTP {status} {body}"));
    if status.is_success() { Ok(told) } else { Err(refused(status, &headers, &body, told)) }
}

fn refused(status: StatusCode, headers: &HeaderMap, body: &str, told: String) -> Failure {
    let after = retry_after(headers).or_else(|| in_body(body)).map(|after| after.min(LONGEST));
    let retry = match (status, after) {
        (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(after)) => Retry::After(after),
        (StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS, _) => Retry::Later,
        (status, _) if status.is_client_error() => Retry::Never,
        _ => Retry::Later,
    };
    let hint = if status.is_redirection() { ": redirects are not followed; give the address it leads to" } else { "" };
    Failure { reason: format!("{told}{hint}"), retry }
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    (date.to_utc() - crate::collector::clock()).to_std().ok()
}

/// Telegram tells it in its answer.
fn in_body(body: &str) -> Option<Duration> {
    let answer: serde_json::Value = serde_json::from_str(body).ok()?;
    answer["parameters"]["retry_after"].as_u64().map(Duration::from_secs)
}

async fn body(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= ANSWER {
            break;
        }
    }
    String::from_utf8_lossy(&bytes[..bytes.len().min(ANSWER)]).into_owned()
}

fn lost(channel: &Channel, error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        reason = format!("{reason}: {error}");
        cause = error.source();
    }
    Failure::later(channel.told(&reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry(status: u16, after: Option<&'static str>) -> Retry {
        let mut headers = HeaderMap::new();
        if let Some(after) = after {
            headers.insert(RETRY_AFTER, reqwest::header::HeaderValue::from_static(after));
        }
        refused(StatusCode::from_u16(status).expect("a status"), &headers, "", String::new()).retry
    }

    #[test]
    fn what_would_be_refused_again_is_not_tried_again() {
        for status in [400, 401, 403, 404, 410, 413, 422] {
            assert_eq!(retry(status, Some("5")), Retry::Never, "{status}");
        }
        for status in [302, 408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(retry(status, None), Retry::Later, "{status}");
        }
    }

    #[test]
    fn a_receiver_says_when_to_come_again_in_seconds_as_a_date_or_in_its_answer() {
        assert_eq!(retry(429, Some("7")), Retry::After(Duration::from_secs(7)));
        assert_eq!(retry(503, Some("1000000")), Retry::After(LONGEST));
        assert_eq!(retry(429, Some("soon")), Retry::Later);
        assert_eq!(retry(429, Some("Wed, 21 Oct 2015 07:28:00 GMT")), Retry::Later, "that is over");
        let telegram = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":35}}"#;
        let refused = refused(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new(), telegram, String::new());
        assert_eq!(refused.retry, Retry::After(Duration::from_secs(35)));
    }
}
