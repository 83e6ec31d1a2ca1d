//! The past of metrics, for charts and sparklines.

use super::codec::Json;
use crate::backend::BackendError;
use crate::query::SeriesQuery;
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

/// The answers to several questions about the past, in their order.
#[server(name = LoadSeries, prefix = "/api/ui", endpoint = "series", input = Json, output = Json)]
pub async fn load_series(queries: Vec<SeriesQuery>) -> Result<Vec<QueryAnswer>, BackendError> {
    if queries.len() > MAX_QUERIES {
        return Err(BackendError::Invalid(format!("At most {MAX_QUERIES} series are answered in one call.")));
    }
    let backend = super::backend()?;
    let mut answers = Vec::with_capacity(queries.len());
    for query in queries {
        let mut answer = backend.series(query).await?;
        answer.series = answer.series.into_iter().map(|s| Series { points: super::brief(s.points), ..s }).collect();
        answers.push(answer);
    }
    Ok(answers)
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
        let query = SeriesQuery {
            metric: if gpu { "worker.gpu_usage" } else { "worker.cpu_usage" }.to_owned(),
            labels: [("worker".to_owned(), worker_id.to_string())].into(),
            from: now - chrono::TimeDelta::minutes(15),
            to: now,
            step: Some(30.0),
            over: None,
            agg: None,
            by: None,
            offset: None,
        };
        let points = backend.series(query).await?.series.into_iter().next().map(|s| s.points).unwrap_or_default();
        loads.push(WorkerLoad { worker_id, points });
    }
    Ok(loads)
}
