//! The overview's numbers in one answer.

use super::codec::Json;
use crate::backend::{BackendError, Snapshot};
use forewatch::series::Point;
#[cfg(feature = "ssr")]
use forewatch::series::brief;
use forewatch::worker::FleetGpu;
use forewatch::{Alert, QueueStats, SystemMetrics, Timestamp};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Metrics of the overview's tiles, in the order in which [`OverviewData::trends`] holds them.
pub const TILE_METRICS: [&str; 6] = [
    "system.workers_online",
    "system.pending",
    "system.processing",
    "system.throughput",
    "system.error_rate",
    "system.queue_wait",
];

/// Devices that the first page carries at most. A larger fleet arrives over the live socket.
pub const FIRST_FLEET: usize = 512;

/// The last hour of one metric, and the same hour of the day before.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Trend {
    /// The last hour.
    pub today: Vec<Point>,
    /// The same hour a day earlier; empty when nothing was recorded then.
    pub yesterday: Vec<Point>,
}

/// Everything that the overview shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverviewData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// The system.
    pub system: Snapshot<SystemMetrics>,
    /// Alerts that are not resolved.
    pub alerts: Snapshot<Vec<Alert>>,
    /// Queues.
    pub queues: Snapshot<Vec<QueueStats>>,
    /// Devices; none of them when there are more than [`FIRST_FLEET`].
    pub fleet: Snapshot<Vec<FleetGpu>>,
    /// The last hour of what waits in each queue, by its id.
    pub depths: Vec<(String, Vec<Point>)>,
    /// What is left of the objectives' budgets: HTML made by the server, empty where there are none.
    pub objectives: String,
    /// A trend a tile; empty ones when history does not answer.
    pub trends: Vec<Trend>,
    /// The share of failed tasks above which an alert is raised.
    pub error_rate_limit: f64,
    /// The address under which workers reach the server, for the first steps.
    pub public_url: String,
}

/// Everything that the overview shows.
#[server(name = LoadOverview, prefix = "/api/ui", endpoint = "overview", output = Json)]
pub async fn load_overview() -> Result<OverviewData, BackendError> {
    let backend = super::backend()?;
    let frame = backend.frame().await?;
    let mut fleet = backend.fleet().await?;
    if fleet.data.len() > FIRST_FLEET {
        fleet.data = Vec::new();
    }
    let mut trends = Vec::with_capacity(TILE_METRICS.len());
    for metric in TILE_METRICS {
        let today = hour_of(&*backend, metric, frame.now, None).await;
        let yesterday = hour_of(&*backend, metric, frame.now, Some(86_400.0)).await;
        trends.push(Trend { today, yesterday });
    }
    let mut system = backend.system().await?;
    let mut queues = backend.queues().await?;
    brief_system(&mut system.data);
    queues.data.iter_mut().for_each(brief_queue);
    Ok(OverviewData {
        now: frame.now,
        system,
        alerts: super::live_alerts(&*backend).await?,
        queues,
        fleet,
        depths: super::queues::queue_depths(&*backend, frame.now).await,
        objectives: crate::components::objectives::panel(&backend.objectives().await?, frame.now),
        trends,
        error_rate_limit: backend.error_rate_limit(),
        public_url: frame.public_url,
    })
}

/// Numbers in as many digits as the page shows, so that it is short.
#[cfg(feature = "ssr")]
fn brief_system(system: &mut SystemMetrics) {
    system.system_throughput = brief(system.system_throughput);
    for number in [&mut system.average_task_duration, &mut system.average_queue_wait_time, &mut system.power_draw_watts]
    {
        *number = number.map(brief);
    }
}

/// As [`brief_system`], and when the queue was measured to the millisecond.
#[cfg(feature = "ssr")]
fn brief_queue(queue: &mut QueueStats) {
    let numbers = [
        &mut queue.average_wait_time,
        &mut queue.average_processing_time,
        &mut queue.arrival_rate,
        &mut queue.service_rate,
        &mut queue.drain_time,
    ];
    for number in numbers {
        *number = number.map(brief);
    }
    queue.timestamp = chrono::SubsecRound::trunc_subsecs(queue.timestamp, 3);
}

/// The hour before `now` of a metric without labels, a point a minute. A history that does not answer
/// leaves the sparkline out; it never takes the page down.
#[cfg(feature = "ssr")]
async fn hour_of(
    backend: &dyn crate::backend::Backend,
    metric: &str,
    now: Timestamp,
    offset: Option<f64>,
) -> Vec<Point> {
    let hour = (now - chrono::TimeDelta::hours(1), now);
    let query = crate::query::SeriesQuery { offset, ..crate::query::SeriesQuery::of(metric, [].into(), hour, 60.0) };
    let answer = backend.series(query).await.ok();
    let points = answer.and_then(|a| a.series.into_iter().next()).map(|s| s.points).unwrap_or_default();
    if points.iter().any(|(_, value)| value.is_some()) { super::brief(points) } else { Vec::new() }
}
