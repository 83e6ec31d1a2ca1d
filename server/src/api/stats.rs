//! Statistics by hour and by day.

use super::params::{Ask, Asked, Params};
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use crate::stats::{DAYS, HOURS, Periods, Unit};
use axum::routing::get;
use axum::{Json, Router};
use chrono::TimeDelta;
use chrono_tz::Tz;
use forewatch::list::Page;
use forewatch::{SystemMetrics, Timestamp};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/stats/hourly", get(hourly)).route("/api/v1/stats/daily", get(daily))
}

/// Which periods.
pub(super) struct Span {
    from: Option<Timestamp>,
    to: Timestamp,
    zone: Tz,
    now: Timestamp,
}

/// A name of the IANA time zone database.
struct Zone(Tz);

impl std::str::FromStr for Zone {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let told: String = name.chars().take(60).collect();
        name.parse().map(Self).map_err(|_| {
            format!("\"{told}\" is no time zone: use a name of the IANA database, such as Europe/Berlin or UTC")
        })
    }
}

impl Ask for Span {
    fn ask(params: &mut Params) -> Self {
        let (from, to) = params.period();
        let zone = params.parsed::<Zone>("tz").map_or(Tz::UTC, |zone| zone.0);
        Self { from, to: to.unwrap_or(params.now()), zone, now: params.now() }
    }
}

/// The system over each hour, oldest first, the hour that is lived now included. Hours of which nothing is known are left out.
#[utoipa::path(get, path = "/api/v1/stats/hourly", tag = "statistics", params(
    ("from" = Option<String>, Query, description = "From the hour that this lies in: RFC 3339, or now-1d; by default the newest 24 hours"),
    ("to" = Option<String>, Query, description = "Up to the hour that this lies in; now by default"),
    ("tz" = Option<String>, Query, description = "The IANA time zone whose hours these are; UTC by default"),
), responses(
    (status = 200, body = Page<SystemMetrics>, description = "One record an hour. `timestamp` is its start; waiting and running \
        tasks are those at its end; completed, failed, cancelled and unknown ones, averages, rates and throughput are of what ended in it; \
        all else are means over its time. What only a worker's own counters tell of is in no hour. All of it is in one page"),
    (status = 422, description = "More than 2,232 hours"),
))]
pub(super) async fn hourly(
    backend: BackendFor,
    Asked(span): Asked<Span>,
) -> Result<Json<Page<SystemMetrics>>, ApiError> {
    let from = span.from.unwrap_or(span.to - TimeDelta::hours(i64::from(HOURS) - 1));
    answer(&backend, Unit::Hour, from, &span).await
}

/// The system over each day, oldest first, today included. Days of which nothing is known are left out.
#[utoipa::path(get, path = "/api/v1/stats/daily", tag = "statistics", params(
    ("from" = Option<String>, Query, description = "From the day that this lies in: RFC 3339, or now-7d; by default the newest 30 days"),
    ("to" = Option<String>, Query, description = "Up to the day that this lies in; now by default"),
    ("tz" = Option<String>, Query, description = "The IANA time zone whose days these are; UTC by default. What ended is told \
        exactly in every zone; where history has only days left (retention.hours), loads and workers are those of the day (UTC) whose noon lies in it"),
), responses(
    (status = 200, body = Page<SystemMetrics>, description = "One record a day, as in /stats/hourly"),
    (status = 422, description = "More than 2,232 days"),
))]
pub(super) async fn daily(
    backend: BackendFor,
    Asked(span): Asked<Span>,
) -> Result<Json<Page<SystemMetrics>>, ApiError> {
    let from = span.from.unwrap_or(span.to - TimeDelta::days(i64::from(DAYS) - 1));
    answer(&backend, Unit::Day, from, &span).await
}

async fn answer(
    backend: &BackendFor,
    unit: Unit,
    from: Timestamp,
    span: &Span,
) -> Result<Json<Page<SystemMetrics>>, ApiError> {
    let periods = Periods::within(unit, span.zone, from, span.to, span.now)?;
    let items = backend.statistics(periods).await??;
    let total = items.len() as u64;
    Ok(Json(Page { items, next_cursor: None, total, total_exact: true }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_zone_is_refused_by_name_and_every_kind_of_name_is_taken() {
        let ask = |query: &str| {
            let mut params = Params::new(query, chrono::DateTime::UNIX_EPOCH);
            let span = Span::ask(&mut params);
            params.finish().map(|()| span.zone)
        };
        assert_eq!(ask("tz=America/New_York").expect("a zone"), Tz::America__New_York);
        assert_eq!(ask("").expect("a zone"), Tz::UTC);
        for wrong in ["tz=Europe/Berlni", "tz=%2B02:00", "tz=UTC&tz=UTC", "zone=UTC", "from=now&to=now-1d"] {
            assert!(ask(wrong).is_err(), "{wrong}");
        }
    }
}
