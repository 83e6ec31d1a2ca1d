//! Files that pages offer for download: charts' numbers, and every table whole.

mod lists;
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
    Router::new().route("/trends.csv", get(chart)).merge(tables::routes()).merge(lists::routes())
}

/// What every table of values is served with.
fn headers(name: &str) -> [(HeaderName, String); 3] {
    [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
        (CACHE_CONTROL, "no-store".to_owned()),
    ]
}

/// The numbers of one chart of the trends page, or of all of them side by side: the page's own address, and in `chart` the
/// chart's place, from 0, or `all`.
async fn chart(backend: BackendFor, RawQuery(query): RawQuery) -> Result<impl IntoResponse, ApiError> {
    let query = query.unwrap_or_default();
    let given: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let (ask, _) = Ask::read(|key| given.get(key).cloned());
    let ask = match given.get("chart").map_or("0", String::as_str) {
        "all" => ask,
        place => {
            let question = place.parse::<usize>().ok().and_then(|place| ask.charts.get(place)).cloned();
            let unknown = || ApiError::field("chart", "is no chart of this address: count from 0, or say all");
            let question = question.ok_or_else(unknown)?;
            ask.with(|ask| ask.charts = vec![question])
        }
    };
    let trends = gather::trends(&backend, &ask).await?;
    let charts = trends.charts.into_iter().collect::<Result<Vec<_>, _>>()?;
    let name = match &*ask.charts {
        [question] => question.metric.as_str(),
        _ => "charts",
    };
    let columns: Vec<_> = ask.charts.iter().zip(&charts).collect();
    Ok((headers(name), csv::write(&columns, trends.step, ask.compare)))
}
