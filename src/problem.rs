//! Problem documents (RFC 9457): how every refusal looks on the wire.

use serde::{Deserialize, Serialize};

/// The body of a refusal, sent as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A stable name for the kind of problem, such as `about:blank` or `/problems/validation`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong here and what to change.
    pub detail: String,
    /// One entry a bad field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One bad field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Where it is: a JSON pointer (RFC 6901), or the name of a query parameter.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}
