//! What is asked for and does not exist.

use crate::error::ApiError;
use axum::http::{Method, StatusCode, Uri};

/// No such path.
pub(super) async fn path(uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::not_found(format!("there is nothing at {path}: GET /api/v1/openapi.json lists what there is"))
}

/// A path, but not with this method; the header `Allow` lists those that exist.
pub(super) async fn method(method: Method, uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{path} does not take {method}; the header Allow lists what it takes"),
    )
}
