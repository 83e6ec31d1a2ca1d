//! JSON bodies, read into types; what is wrong is told with a pointer to it.

use crate::error::ApiError;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

/// The raw body, within the limit of its route.
pub(crate) struct Raw(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let too_large = "the body is larger than limits.body_bytes: send less at once";
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| refused(rejection, too_large))
    }
}

impl Raw {
    /// The raw body, of at most so many bytes whatever its route allows; `too_large` says what to do above that.
    pub(crate) async fn at_most(most: usize, mut request: Request, too_large: &str) -> Result<Self, ApiError> {
        DefaultBodyLimit::max(most).apply(&mut request);
        Bytes::from_request(request, &()).await.map(Self).map_err(|rejection| refused(rejection, too_large))
    }
}

fn refused(rejection: BytesRejection, too_large: &str) -> ApiError {
    let detail = rejection.body_text();
    match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(too_large),
        _ => ApiError::malformed(format!("the body cannot be read: {detail}")),
    }
}

/// A JSON body. An empty one reads as `{}`, for commands without content.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
        object(&bytes)?;
        read(if bytes.is_empty() { b"{}" } else { &bytes }).map(Self)
    }
}

/// Refuses a JSON array: read into a structure, its elements would stand for fields by their place.
pub(crate) fn object(bytes: &[u8]) -> Result<(), ApiError> {
    match bytes.trim_ascii_start().first() {
        Some(b'[') => Err(ApiError::malformed("the body is an array: send a JSON object")),
        _ => Ok(()),
    }
}

/// Reads one JSON document.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        let error = error.into_inner();
        if error.is_data() { ApiError::field(pointer, error.to_string()) } else { not_json(&error) }
    })?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

/// The refusal of what is not JSON; names line and column.
pub(crate) fn not_json(error: &serde_json::Error) -> ApiError {
    ApiError::malformed(format!("the body is not JSON: {error}"))
}

/// A JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::Heartbeat;

    #[test]
    fn a_wrong_field_is_pointed_at() {
        let body =
            br#"{"worker_id":"w","status":"online","timestamp":"2026-01-01T00:00:00Z","metrics":{"cpu_usage":90.0}}"#;
        let error = read::<Heartbeat>(body).expect_err("90.0 is not a ratio");
        assert!(error.detail().starts_with("/metrics/cpu_usage: "), "{}", error.detail());
    }

    #[test]
    fn what_is_not_json_is_told_with_its_place() {
        let error = read::<Heartbeat>(b"{\"worker_id\": ").expect_err("it ends too early");
        assert!(error.detail().contains("not JSON") && error.detail().contains("line 1"), "{}", error.detail());
        assert!(read::<bool>(b"true true").is_err(), "two documents are not one");
    }
}
