//! Reports.

use super::params::{Ask, Asked, Params};
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::report::Form;
use crate::state::AppState;
use axum::Router;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::TimeDelta;
use forewatch::Timestamp;
use forewatch::report::Report;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/reports", get(report))
}

/// Which report, and in which form.
pub(super) struct Wanted {
    from: Timestamp,
    to: Timestamp,
    form: Form,
}

impl Ask for Wanted {
    fn ask(params: &mut Params) -> Self {
        let (from, to) = params.period();
        let to = to.unwrap_or(params.now());
        Self { from: from.unwrap_or(to - TimeDelta::days(7)), to, form: params.parsed("format").unwrap_or_default() }
    }
}

/// A period in figures, beside the period of the same length before it.
#[utoipa::path(get, path = "/api/v1/reports", tag = "statistics", params(
    ("from" = Option<String>, Query, description = "From then on: RFC 3339, or now-7d (the default). Loads and devices are measured by \
        the hour: give whole hours"),
    ("to" = Option<String>, Query, description = "Until then; now by default"),
    ("format" = Option<String>, Query, description = "json (the default), csv (a line a figure), html (one page that stands alone) or pdf"),
), responses(
    (status = 200, body = Report, description = "The report"),
    (status = 422, description = "The range reaches back further than anything is kept, or is too long"),
))]
pub(super) async fn report(backend: BackendFor, Asked(wanted): Asked<Wanted>) -> Result<Response, ApiError> {
    let report = backend.report_of(wanted.from, wanted.to).await??;
    // The page that stands alone has its style inside, which no page of ours may: it is saved, and opened from there.
    let name = format!(
        "attachment; filename=\"forewatch-{}-{}.{}\"",
        report.from.format("%Y%m%d"),
        report.to.format("%Y%m%d"),
        wanted.form.extension()
    );
    let headers = [(CONTENT_TYPE, wanted.form.media_type().to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, wanted.form.write(&report)).into_response())
}
