//! The past of metrics, for charts and sparklines.

use super::codec::Json;
use crate::backend::BackendError;
use crate::query::SeriesQuery;
use crate::trends::{About, Happening, Span};
use forewatch::WorkerId;
#[cfg(feature = "ssr")]
use forewatch::series::Series;
use forewatch::series::{Point, QueryAnswer};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Questions in one call at most.
pub const MAX_QUERIES: usize = 32;

/// Workers of whom the load is asked in one call at most: what a tall screen shows.
pub const MAX_LOADS: usize = 100;

/// Marks on a live chart at most: so many names have room above it.
pub const MOST_MARKS: usize = 16;

/// The past of a chart: the answers, in the order of the questions; and what happened meanwhile, the oldest first. Of alerts
/// those that are over: those that are open come with the live topic.
pub type Past = (Vec<QueryAnswer>, Vec<Happening>);

/// The answers to several questions about the past, and what happened meanwhile: whose alerts are marked, and of which time.
#[server(name = LoadSeries, prefix = "/api/ui", endpoint = "series", input = Json, output = Json)]
pub async fn load_series(queries: Vec<SeriesQuery>, marks: Option<(About, Span)>) -> Result<Past, BackendError> {
    if queries.len() > MAX_QUERIES {
        return Err(BackendError::Invalid(format!("At most {MAX_QUERIES} series are answered in one call.")));
    }
    let backend = super::backend()?;
    let mut answers = Vec::with_capacity(queries.len());
    for query in queries {
        let mut answer = crate::trends::kept::told(&*backend, query).await?;
        answer.series = answer.series.into_iter().map(|s| Series { points: super::brief(s.points), ..s }).collect();
        answers.push(answer);
    }
    let happenings = match marks {
        Some((about, span)) => {
            let is_over = |alert: &forewatch::Alert| alert.resolved_at.is_some();
            // Without them the chart shows what it can.
            let told = crate::trends::marks::within(&*backend, span, (&about, MOST_MARKS), is_over).await;
            told.map(|(told, _)| told).unwrap_or_default()
        }
        None => Vec::new(),
    };
    Ok((answers, happenings))
}

/// The last quarter of an hour of one worker's load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerLoad {
    /// The worker.
    pub worker_id: WorkerId,
    /// Load of its devices, or of its CPU where it has none; empty when nothing is known.
    pub points: Vec<Point>,
}

/// The last quarter of an hour of the load of each of these workers: of the devices of those with
/// `gpu`, of the CPU of the others.
#[server(name = LoadWorkerLoads, prefix = "/api/ui", endpoint = "worker-loads", input = Json, output = Json)]
pub async fn load_worker_loads(workers: Vec<(WorkerId, bool)>) -> Result<Vec<WorkerLoad>, BackendError> {
    let backend = super::backend()?;
    let now = backend.frame().await?.now;
    let mut loads = Vec::new();
    for (worker_id, gpu) in workers.into_iter().take(MAX_LOADS) {
        let metric = if gpu { "worker.gpu_usage" } else { "worker.cpu_usage" };
        let labels = [("worker".to_owned(), worker_id.to_string())].into();
        let query = SeriesQuery::of(metric, labels, (now - chrono::TimeDelta::minutes(15), now), 30.0);
        let points = backend.series(query).await?.series.into_iter().next().map(|s| s.points).unwrap_or_default();
        loads.push(WorkerLoad { worker_id, points });
    }
    Ok(loads)
}
