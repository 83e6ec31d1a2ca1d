//! What the devices did: their number, load and power over time, from history; and the GPU time that tasks told of.

use crate::stats::{DAY, Past, StatsError};
use app::query::SeriesQuery;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::TaskGroup;
use forewatch::report::GpuUse;
use forewatch::series::Aggregation;
use std::collections::BTreeMap;

/// Seconds of an hour.
const HOUR: i64 = 3_600;
/// Periods up to this are summed by the hour, longer ones by the day.
const BY_THE_HOUR: TimeDelta = TimeDelta::days(90);

/// One step of history.
#[derive(Default, Clone, Copy)]
struct Step {
    samples: f64,
    gpus: Option<f64>,
    usage: Option<f64>,
    watts: Option<f64>,
}

/// What the devices did in a period. A step counts by its samples: while nobody measured, nothing is known to be available.
pub(super) fn of(
    past: &Past<'_>,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    length: TimeDelta,
    work: &TaskGroup,
) -> Result<GpuUse, StatsError> {
    let seconds = if length <= BY_THE_HOUR { HOUR } else { DAY };
    let ask = |metric: &str, over| ask(past, metric, over, (from, to), seconds);
    let mut steps: BTreeMap<i64, Step> = BTreeMap::new();
    for (at, samples) in ask("system.gpus", Aggregation::Count)? {
        steps.entry(at).or_default().samples = samples;
    }
    let set: [(&str, fn(&mut Step) -> &mut Option<f64>); 3] = [
        ("system.gpus", |step| &mut step.gpus),
        ("system.gpu_usage", |step| &mut step.usage),
        ("system.power_draw", |step| &mut step.watts),
    ];
    for (metric, field) in set {
        for (at, value) in ask(metric, Aggregation::Avg)? {
            *field(steps.entry(at).or_default()) = Some(value);
        }
    }
    let sum = |of: &dyn Fn(&Step) -> Option<f64>| {
        steps.values().filter_map(|step| Some(of(step)? * step.samples * past.every)).reduce(|a, b| a + b)
    };
    Ok(GpuUse {
        available_seconds: sum(&|step| step.gpus),
        used_seconds: sum(&|step| Some(step.gpus? * step.usage?)),
        task_seconds: work.gpu_time,
        wasted_seconds: work.wasted_gpu_time,
        energy_joules: sum(&|step| step.watts),
    })
}

/// One value a step with its begin, Unix seconds.
fn ask(
    past: &Past<'_>,
    metric: &str,
    over: Aggregation,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    step: i64,
) -> Result<Vec<(i64, f64)>, StatsError> {
    let answer = (past.ask)(&SeriesQuery {
        metric: metric.to_owned(),
        labels: BTreeMap::new(),
        from,
        to,
        step: Some(step as f64),
        over: Some(over),
        agg: None,
        by: None,
        offset: None,
    })?;
    let points = answer.series.into_iter().flat_map(|series| series.points);
    #[expect(clippy::cast_possible_truncation, reason = "times of this world")]
    Ok(points.filter_map(|(at, value)| Some((at as i64, value?))).collect())
}
