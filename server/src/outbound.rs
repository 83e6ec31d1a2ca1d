//! Asking other systems over HTTP: the client that all share, and what an answer means.

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response, StatusCode, redirect};
use std::time::Duration;

/// Bytes of an answer that are read.
const ANSWER: usize = 4_096;
/// A receiver that asks to be left alone for longer is asked again after this.
const LONGEST: Duration = Duration::from_hours(1);

/// Why a receiver did not take what it was handed.
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

/// A client that says who it is and goes where it is told to, nowhere else.
pub(crate) fn client() -> ClientBuilder {
    // Fails only when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(redirect::Policy::none()).user_agent(concat!("forewatch/", env!("CARGO_PKG_VERSION")))
}

/// What a receiver answered: its status, and as much of its words as is worth keeping.
pub(crate) struct Answer {
    status: StatusCode,
    after: Option<Duration>,
    body: String,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (status, after) = (response.status(), retry_after(response.headers()));
        let body = body(response).await;
        Self { status, after: after.or_else(|| in_body(&body)), body }
    }

    /// `told` makes of what was answered what may be shown.
    pub(crate) fn judge(&self, told: impl Fn(&str) -> String) -> Result<String, Failure> {
        let told = told(format!("HTTP {} {}", self.status, self.body).trim_end());
        if self.status.is_success() {
            return Ok(told);
        }
        let hint = match self.status.is_redirection() {
            true => ": redirects are not followed; give the address it leads to",
            false => "",
        };
        Err(Failure { reason: format!("{told}{hint}"), retry: self.retry() })
    }

    fn retry(&self) -> Retry {
        match (self.status, self.after.map(|after| after.min(LONGEST))) {
            (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(after)) => Retry::After(after),
            (StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS, _) => Retry::Later,
            (status, _) if status.is_client_error() => Retry::Never,
            _ => Retry::Later,
        }
    }
}

/// Why there was no answer, with all its causes and without the address, in which there may be a secret.
pub(crate) fn lost(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        reason = format!("{reason}: {error}");
        cause = error.source();
    }
    reason
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

#[cfg(test)]
mod tests {
    use super::*;

    fn retry(status: u16, after: Option<&'static str>) -> Retry {
        let mut headers = HeaderMap::new();
        if let Some(after) = after {
            headers.insert(RETRY_AFTER, reqwest::header::HeaderValue::from_static(after));
        }
        let status = StatusCode::from_u16(status).expect("a status");
        Answer { status, after: retry_after(&headers), body: String::new() }.retry()
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
        assert_eq!(in_body(telegram), Some(Duration::from_secs(35)));
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed_and_says_so() {
        let response = axum::http::Response::builder().status(302).body("elsewhere").expect("an answer");
        let answer = Answer::read(response.into()).await;
        let failure = answer.judge(str::to_owned).expect_err("it took nothing");
        assert_eq!(failure.retry, Retry::Later);
        assert!(
            failure.reason.starts_with("HTTP 302 Found elsewhere: redirects are not followed"),
            "{}",
            failure.reason
        );
    }
}
