//! How a refusal looks over HTTP: one error type, answered as a problem document (RFC 9457), and the
//! one place where the errors of every other room become a status. Secrets never get this far.

mod convert;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use forewatch::Alert;
use forewatch::problem::{FieldError, Problem};
use serde::Serialize;

/// The media type of problem documents.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// A refusal on its way out.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    problem: Problem,
    retry_after: Option<u64>,
    alert: Option<Box<Alert>>,
}

/// The document with Forewatch's extension members.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    problem: &'a Problem,
    /// On a conflict: the alert as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<&'a Alert>,
}

impl ApiError {
    /// A refusal whose kind says no more than its status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Refused").to_owned();
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
        };
        Self { status, problem, retry_after: None, alert: None }
    }

    fn kind(mut self, name: &str, title: &str) -> Self {
        self.problem.kind = format!("/problems/{name}");
        title.clone_into(&mut self.problem.title);
        self
    }

    /// 400: the request itself cannot be read.
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 400: single fields are wrong; names each.
    pub(crate) fn fields(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] if one.pointer.is_empty() => one.detail.clone(),
            [one] => format!("{}: {}", one.pointer, one.detail),
            many => format!("{} fields are wrong; see errors", many.len()),
        };
        let mut error = Self::new(StatusCode::BAD_REQUEST, detail).kind("validation", "A field is wrong");
        error.problem.errors = errors;
        error
    }

    /// 400: one field is wrong.
    pub(crate) fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// 401: nobody is signed in, or the token is not right.
    pub(crate) fn signed_out(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// 403: known, and not allowed.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404: there is no such thing.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 409: not in the present state, which comes along where it is known.
    pub(crate) fn conflict(detail: impl Into<String>, alert: Option<Box<Alert>>) -> Self {
        let mut error = Self::new(StatusCode::CONFLICT, detail).kind("conflict", "Not in the present state");
        error.alert = alert;
        error
    }

    /// 413: more than is taken at once.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// 422: well formed, and yet it cannot be done.
    pub(crate) fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// 422: a bound of `[limits]` is reached; the detail names it.
    pub(crate) fn over_limit(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail).kind("limit", "A limit is reached")
    }

    /// 429: too often.
    pub(crate) fn too_often(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, detail)
    }

    /// 500: our fault. Details belong in the log, not in the answer.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong inside Forewatch; its log says what.")
    }

    /// 503: not now; come again in a second.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    /// Come again in `seconds`.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// What is wrong, in words.
    pub(crate) fn detail(&self) -> &str {
        &self.problem.detail
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let document = Document { problem: &self.problem, alert: self.alert.as_deref() };
        let mut response = (self.status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refusal_is_a_problem_document_with_the_status_inside() {
        let response = ApiError::field("/metrics/cpu_usage", "1.2 is not a ratio").into_response();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.expect("it is short");
        let problem: Problem = serde_json::from_slice(&body).expect("it is a problem");
        assert_eq!((problem.status, problem.kind.as_str()), (400, "/problems/validation"));
        assert_eq!(problem.errors[0].pointer, "/metrics/cpu_usage");
    }

    #[test]
    fn a_refusal_for_now_says_when_to_come_again() {
        let response = ApiError::unavailable("full").into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    }
}
