//! Reports.

use super::listing::{self, Direction, Place, Row};
use super::params::{Ask, Asked, Nothing, Params};
use super::path::Named;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::report::Form;
use crate::state::AppState;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::TimeDelta;
use forewatch::Timestamp;
use forewatch::list::Page;
use forewatch::report::{KeptReport, Report};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/reports", get(report))
        .route("/api/v1/reports/kept", get(kept))
        .route("/api/v1/reports/kept/{file}", get(kept_file))
}

/// Which report, and in which form.
pub(super) struct Wanted {
    from: Timestamp,
    to: Option<Timestamp>,
    form: Form,
}

impl Ask for Wanted {
    fn ask(params: &mut Params) -> Self {
        let (from, to) = params.period();
        let end = to.unwrap_or(params.now());
        Self { from: from.unwrap_or(end - TimeDelta::days(7)), to, form: params.parsed("format").unwrap_or_default() }
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
    let days = [report.from, report.to].map(|at| at.format("%Y%m%d"));
    let name = format!("forewatch-{}-{}.{}", days[0], days[1], wanted.form.extension());
    Ok(file(wanted.form, &name, wanted.form.write(&report)))
}

/// Which page of the kept ones.
pub(super) struct KeptPage(listing::Wanted);

impl Ask for KeptPage {
    fn ask(params: &mut Params) -> Self {
        let (cursor, limit) = (params.text("cursor"), params.limit());
        Self(listing::Wanted { direction: Direction::Falling, cursor, limit })
    }
}

/// Reports that the schedule (`[[report]]` in the configuration) made and that are kept, the newest period first.
#[utoipa::path(get, path = "/api/v1/reports/kept", tag = "statistics", params(
    ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 50 by default"),
    ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
), responses((status = 200, body = Page<KeptReport>)))]
pub(super) async fn kept(
    backend: BackendFor,
    Asked(KeptPage(wanted)): Asked<KeptPage>,
) -> Result<Json<Page<KeptReport>>, ApiError> {
    let row = |record: KeptReport| {
        let place = Place::Number(record.to.timestamp() as f64);
        Row { place, id: record.id.clone(), record }
    };
    listing::page(backend.reports_kept()?.into_iter().map(row).collect(), &wanted).map(Json)
}

/// One file of a kept report.
#[utoipa::path(get, path = "/api/v1/reports/kept/{file}", tag = "statistics",
    params(("file" = String, Path, description = "The file's name, as `files` of a kept report tells it")),
    responses((status = 200, description = "The file, as HTML, PDF, CSV or JSON"), (status = 404, description = "There is no such file")))]
pub(super) async fn kept_file(
    backend: BackendFor,
    Named(name): Named,
    _: Asked<Nothing>,
) -> Result<Response, ApiError> {
    let (form, bytes) = backend.kept_report(name.clone()).await?;
    Ok(file(form, &name, bytes))
}

/// A file to save. Its name is ours: letters, digits, `-`, `_` and a dot.
fn file(form: Form, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, form.media_type().to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}
