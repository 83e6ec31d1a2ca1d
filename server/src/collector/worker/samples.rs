//! What workers' heartbeats, and their silence, give to history.

use super::reading::read;
use crate::collector::changes::Samples;
use crate::collector::fleet::Worker;
use crate::collector::settings::Settings;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::catalogue::{self, MetricId};
use forewatch::ingest::limits::FUTURE;
use forewatch::{Event, Heartbeat, WorkerMetrics, reading};
use std::collections::BTreeMap;

/// A sender's clock is taken as it is when it differs by less.
const SKEW_TAKEN: TimeDelta = TimeDelta::seconds(2);

/// Samples of one time: metric, device, value.
type Row = (i64, Vec<(MetricId, Option<u32>, f64)>);

/// All that is known of a worker whose newest readings were taken at `at`.
pub(super) fn now(worker: &Worker, at: DateTime<Utc>) -> Option<Row> {
    row(at, &worker.metrics, |record, each| reading::of_worker(record, each))
}

/// What a heartbeat of the past tells: what the worker measured then. What Forewatch itself knew then is not to be had.
pub(super) fn of_the_past(worker: &Worker, at: DateTime<Utc>, beat: &Heartbeat) -> Option<Row> {
    let mut then = worker.clone();
    // The rates of counters need the beat before it, which may be another than the newest.
    then.network = None;
    read(&mut then, at, beat);
    row(at, &then.metrics, |record, each| reading::reported(record, each))
}

/// What is known of a worker by its silence, or by its farewell.
pub(super) fn turned(worker: &Worker, at: DateTime<Utc>) -> Samples {
    let rows = row(at, &worker.metrics, |record, each| reading::derived(record, each));
    Samples { worker: worker.metrics.worker_id.clone(), rows: rows.into_iter().collect() }
}

/// The readings between a heartbeat and the one before. Their times are moved as the heartbeat's own is; what is older
/// than samples are kept, or lies ahead, is left out.
pub(super) fn between(settings: &Settings, event: &Event, beat: &Heartbeat) -> Vec<Row> {
    let skew = event.at - beat.timestamp;
    let shift = if skew.abs() > SKEW_TAKEN { skew.num_milliseconds() } else { 0 };
    let millis = |at: DateTime<Utc>| at.timestamp_millis();
    let taken = millis(event.received_at - settings.sample_retention)..millis(event.received_at + FUTURE);
    let mut rows: BTreeMap<i64, Vec<(MetricId, Option<u32>, f64)>> = BTreeMap::new();
    for run in &beat.samples {
        let Some(metric) = catalogue::find(&run.metric) else { continue };
        let device = run.labels.get("gpu").and_then(|index| index.parse().ok());
        for (at, value) in &run.points {
            #[expect(clippy::cast_possible_truncation, reason = "looked over when it came in, see ingest::check")]
            let at = (at * 1_000.0).floor() as i64 + shift;
            if taken.contains(&at) {
                rows.entry(at).or_default().push((metric, device, *value));
            }
        }
    }
    rows.into_iter().collect()
}

fn row(
    at: DateTime<Utc>,
    record: &WorkerMetrics,
    read: impl FnOnce(&WorkerMetrics, &mut dyn FnMut(MetricId, Option<u32>, f64)),
) -> Option<Row> {
    let mut values = Vec::new();
    read(record, &mut |metric, device, value| values.push((metric, device, value)));
    (!values.is_empty()).then(|| (at.timestamp_millis(), values))
}
