//! Looks over the readings that were taken between two heartbeats.

use super::{Check, Ignored, limits};
use crate::catalogue::{self, Metric, MetricType, Read};
use crate::heartbeat::SampleRun;
use crate::{Unit, time};

pub(super) fn check(runs: &mut Vec<SampleRun>, check: &mut Check<'_>, ignored: &mut Ignored) {
    let points = runs.iter().map(|run| run.points.len()).sum();
    if !check.at_most("/samples", runs.len(), limits::SAMPLE_RUNS)
        || !check.at_most("/samples/*/points", points, limits::SAMPLE_POINTS)
    {
        return;
    }
    let mut place = 0;
    // A newer sender may know metrics that this program does not: the others are still good.
    runs.retain(|run| {
        let known = metric_of_worker(&run.metric);
        match known {
            Some(metric) => series(run, metric, place, check),
            None => ignored.add(&format!("samples/{place}: {}", run.metric)),
        }
        place += 1;
        known.is_some()
    });
}

/// A metric that a worker reports: of itself or of a device.
fn metric_of_worker(name: &str) -> Option<&'static Metric> {
    let metric = catalogue::find(name)?.metric();
    matches!(metric.read, Read::Worker(_) | Read::Gpu(_)).then_some(metric)
}

fn series(run: &SampleRun, metric: &Metric, place: usize, check: &mut Check<'_>) {
    // The worker is told by the heartbeat, so only the device is left to tell.
    let of_device = matches!(metric.read, Read::Gpu(_));
    match run.labels.get("gpu") {
        Some(index) if of_device && index.parse::<u32>().is_err() => check.refuse(
            format_args!("/samples/{place}/labels/gpu"),
            "is not a device's index: send it as a text, such as \"0\"",
        ),
        None if of_device => {
            check.refuse(format_args!("/samples/{place}/labels/gpu"), "is missing: name the device by its index");
        }
        _ => {}
    }
    if let Some(label) = run.labels.keys().find(|label| !metric.labels.contains(&label.as_str())) {
        let label: String = label.chars().filter(|c| !c.is_control()).take(60).collect();
        check.refuse(
            format_args!("/samples/{place}/labels"),
            format_args!("has \"{label}\", which {} does not have: leave it out", metric.name),
        );
    }
    for (index, (at, value)) in run.points.iter().enumerate() {
        let pointer = || format!("/samples/{place}/points/{index}");
        if time::from_unix_seconds(*at).is_none() {
            check.refuse(pointer(), format_args!("has the time {at}: send Unix seconds"));
        } else if !is_plausible(metric, *value) {
            check.refuse(pointer(), format_args!("has the value {value}, which {} cannot have", metric.name));
        }
    }
}

fn is_plausible(metric: &Metric, value: f64) -> bool {
    match (metric.unit, metric.kind) {
        (Unit::Ratio, _) => (0.0..=1.0).contains(&value),
        (_, MetricType::Counter) => (0.0..=limits::VALUE).contains(&value),
        _ => value.abs() <= limits::VALUE,
    }
}
