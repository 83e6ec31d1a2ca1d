//! The past of metrics, and what metrics there are.

use super::params::{Ask, Asked, Nothing, Params};
use crate::auth::access::Person;
use crate::backend::BackendFor;
use crate::error::ApiError;
use crate::state::AppState;
use app::query::SeriesQuery;
use axum::routing::get;
use axum::{Json, Router};
use chrono::TimeDelta;
use forewatch::catalogue::{self, METRICS, Metric};
use forewatch::series::{Aggregation, QueryAnswer};
use forewatch::{list::UnknownWord, time};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/query", get(query)).route("/api/v1/metrics-catalog", get(metrics))
}

/// A span in seconds: `60`, `0.5`, or `1m`.
struct Span(f64);

impl std::str::FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = time::parse_span(text).map(|span| span.num_seconds() as f64).or_else(|| text.parse().ok());
        span.filter(|seconds| seconds.is_finite() && *seconds > 0.0)
            .map(Self)
            .ok_or_else(|| "is not a span: use seconds above zero, or 30s, 1m, 1h, 7d".to_owned())
    }
}

/// What may stand in `agg`: no `rate`, `increase` or `first`, which are over time.
struct Across(Aggregation);

impl std::str::FromStr for Across {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Aggregation::across(word).map(Self)
    }
}

impl Ask for SeriesQuery {
    fn ask(params: &mut Params) -> Self {
        let (from, to) = params.period();
        let metric = params.text("metric").unwrap_or_else(|| {
            params.refuse("metric", "is missing: GET /api/v1/metrics-catalog lists those that exist");
            String::new()
        });
        let to = to.unwrap_or(params.now());
        let from = from.unwrap_or(to - TimeDelta::hours(1));
        let mut query = Self {
            from,
            to,
            step: params.parsed::<Span>("step").map(|span| span.0),
            over: params.parsed("over"),
            agg: params.parsed::<Across>("agg").map(|across| across.0),
            by: params
                .given("by")
                .map(|by| by.split(',').filter(|label| !label.is_empty()).map(str::to_owned).collect()),
            offset: params.parsed::<Span>("offset").map(|span| span.0),
            labels: std::collections::BTreeMap::new(),
            metric,
        };
        let known = catalogue::find(&query.metric).map_or(&[][..], |id| id.metric().labels);
        for label in known {
            if let Some(value) = params.text(label) {
                query.labels.insert((*label).to_owned(), value);
            }
        }
        query
    }
}

/// The past of a metric, in steps. Beside the parameters below, each label of the metric is one: `worker=gpu-*`.
///
/// Each part of the range is answered from the tier that fits; `source` says which. Samples are kept for a day, buckets of a
/// minute, an hour and a day for longer. What comes late is at once in steps that are made of samples, and about a
/// minute later in those that are made of buckets (`source` is not `raw`).
///
/// A percentile (`p50`, `p95`, `p99`) is exact where it is made of samples. Over all series of a metric (`by=` empty,
/// and no label given) it is told for any age, beyond the samples from sketches and then within 1 %; also where the
/// samples are too many to be read for one answer. For single series, and for groups by a label, it is absent where
/// samples are not kept any more, and so is one whose step reaches back to before this version kept sketches.
#[utoipa::path(get, path = "/api/v1/query", tag = "metrics", params(
    ("metric" = String, Query, description = "A name of the metric catalogue"),
    ("from" = Option<String>, Query, description = "From then on: RFC 3339, now-1h or Unix seconds; an hour before `to` when absent"),
    ("to" = Option<String>, Query, description = "Until then; now by default"),
    ("step" = Option<String>, Query, description = "Seconds a step, or 1m; chosen from the width when absent"),
    ("over" = Option<String>, Query, description = "How the values of a step become one: avg, min, max, last, first, sum, count, rate, increase, p50, p95, p99"),
    ("agg" = Option<String>, Query, description = "How the series of a group become one: avg, min, max, sum, last, count, p50, p95, p99; without `by` taken as `over`"),
    ("by" = Option<String>, Query, description = "Labels to group by, with commas; empty joins all into one; absent leaves series apart"),
    ("offset" = Option<String>, Query, description = "Answer with what lies this far in the past, told as of the time asked for: the period before. Steps lie side by side with those of now when it is a multiple of `step`"),
    ("worker" = Option<String>, Query, description = "Only this worker, for metrics with that label; * stands for any text"),
    ("gpu" = Option<String>, Query, description = "Only this device index, for metrics with that label"),
    ("queue" = Option<String>, Query, description = "Only this queue, for metrics with that label"),
), responses((status = 200, body = QueryAnswer), (status = 422, description = "More than 11,000 points a series; names the smallest step that fits")))]
pub(super) async fn query(
    backend: BackendFor,
    Asked(query): Asked<SeriesQuery>,
) -> Result<Json<QueryAnswer>, ApiError> {
    Ok(Json(backend.query(query).await??))
}

/// Every metric there is: name, type, unit, labels and what it means.
#[utoipa::path(get, path = "/api/v1/metrics-catalog", tag = "metrics", responses((status = 200, body = Vec<Metric>)))]
pub(super) async fn metrics(_: Person, _: Asked<Nothing>) -> Json<&'static [Metric]> {
    Json(METRICS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Result<SeriesQuery, ApiError> {
        let mut params = Params::new(query, chrono::DateTime::UNIX_EPOCH);
        let asked = SeriesQuery::ask(&mut params);
        params.finish().map(|()| asked)
    }

    #[test]
    fn labels_of_the_metric_are_parameters_and_others_are_not() {
        let query = ask("metric=worker.cpu_usage&worker=gpu-*&by=&step=1m").expect("it is well formed");
        assert_eq!(query.labels["worker"], "gpu-*");
        assert_eq!((query.by, query.step), (Some(Vec::new()), Some(60.0)));
        assert!(ask("metric=worker.cpu_usage&queue=a").is_err());
    }

    #[test]
    fn what_is_missing_or_no_number_is_refused() {
        for wrong in [
            "",
            "metric=worker.cpu_usage&step=0",
            "metric=worker.cpu_usage&step=-5",
            "metric=worker.cpu_usage&step=NaN",
            "metric=worker.cpu_usage&agg=rate",
            "metric=worker.cpu_usage&from=yesterday",
        ] {
            assert!(ask(wrong).is_err(), "{wrong}");
        }
    }
}
