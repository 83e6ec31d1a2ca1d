//! Files that pages offer for download: a chart's numbers, and every table whole.

mod tables;

use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use app::trends::{Ask, csv, gather};
use axum::Router;
use axum::extract::RawQuery;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use std::collections::BTreeMap;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/trends.csv", get(chart)).merge(tables::routes())
}

/// What every table of values is served with.
fn headers(name: &str) -> [(HeaderName, String); 3] {
    [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
        (CACHE_CONTROL, "no-store".to_owned()),
    ]
}

/// The numbers of one chart of the trends page: the page's own address, and in `chart` its place, from 0.
async fn chart(backend: BackendFor, RawQuery(query): RawQuery) -> Result<impl IntoResponse, ApiError> {
    let query = query.unwrap_or_default();
    let given: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let (ask, _) = Ask::read(|key| given.get(key).cloned());
    let place = given.get("chart").map_or(Ok(0), |place| place.parse::<usize>());
    let question = place.ok().and_then(|place| ask.charts.get(place)).cloned();
    let question = question.ok_or_else(|| ApiError::field("chart", "is no chart of this address: count from 0"))?;
    let only = ask.with(|ask| ask.charts = vec![question.clone()]);
    let trends = gather::trends(&backend, &only).await?;
    let chart = trends.charts.into_iter().next().unwrap_or_else(|| unreachable!("a chart a question"))?;
    Ok((headers(&question.metric), csv::write(&question, &chart, trends.step, ask.compare)))
}
