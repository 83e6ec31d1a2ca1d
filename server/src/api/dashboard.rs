//! The whole system at once.

use super::params::{Asked, Nothing};
use crate::backend::{BackendFor, alerts, tasks};
use crate::error::ApiError;
use crate::state::AppState;
use axum::routing::get;
use axum::{Json, Router};
use forewatch::{DashboardData, SystemMetrics};

/// Tasks in the answer of `/dashboard`.
const RECENT_TASKS: usize = 50;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/dashboard", get(dashboard)).route("/api/v1/system", get(system))
}

/// Everything a monitor needs in one answer, with statistics of the newest 24 hours and 30 days (UTC).
#[utoipa::path(get, path = "/api/v1/dashboard", tag = "system", responses((status = 200, body = DashboardData)))]
pub(super) async fn dashboard(backend: BackendFor, _: Asked<Nothing>) -> Result<Json<DashboardData>, ApiError> {
    let (hourly_stats, daily_stats) = backend.newest_statistics().await??;
    let fleet = backend.published()?.fleet;
    Ok(Json(DashboardData {
        timestamp: fleet.now,
        system_metrics: (*fleet.system).clone(),
        worker_metrics: fleet.workers.values().map(|worker| worker.metrics.clone()).collect(),
        recent_tasks: tasks(&fleet).take(RECENT_TASKS).collect(),
        active_alerts: alerts(&fleet).into_iter().filter(|alert| alert.is_active).collect(),
        hourly_stats,
        daily_stats,
    }))
}

/// The system in numbers, now.
#[utoipa::path(get, path = "/api/v1/system", tag = "system", responses((status = 200, body = SystemMetrics)))]
pub(super) async fn system(backend: BackendFor, _: Asked<Nothing>) -> Result<Json<SystemMetrics>, ApiError> {
    Ok(Json((*backend.published()?.fleet.system).clone()))
}
