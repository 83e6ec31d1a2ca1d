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

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::Unit;
    use forewatch::series::{QueryAnswer, Series};

    /// Two hours: four devices half busy at 400 W in the first; in the second, of which half was measured, two that are idle
    /// and do not tell their power.
    fn told(query: &SeriesQuery) -> QueryAnswer {
        let values = match (query.metric.as_str(), query.over) {
            (_, Some(Aggregation::Count)) => [Some(3_600.0), Some(1_800.0)],
            ("system.gpus", _) => [Some(4.0), Some(2.0)],
            ("system.gpu_usage", _) => [Some(0.5), Some(0.0)],
            _ => [Some(400.0), None],
        };
        let points = [0.0, 3_600.0].into_iter().zip(values).collect();
        let series = vec![Series { labels: BTreeMap::new(), points }];
        QueryAnswer { metric: query.metric.clone(), unit: Unit::Count, step: 3_600.0, source: "1h".to_owned(), series }
    }

    fn over(answer: fn(&SeriesQuery) -> QueryAnswer) -> GpuUse {
        let ask = |query: &SeriesQuery| Ok(answer(query));
        let past = Past { ask: &ask, hours_since: 0, every: 1.0 };
        let span = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::hours(2));
        let work = TaskGroup { gpu_time: Some(90.0), wasted_gpu_time: Some(5.0), ..TaskGroup::default() };
        of(&past, span, TimeDelta::hours(2), &work).expect("history answers")
    }

    #[test]
    fn devices_count_for_the_time_that_was_measured() {
        let expected = GpuUse {
            available_seconds: Some(4.0 * 3_600.0 + 2.0 * 1_800.0),
            used_seconds: Some(4.0 * 0.5 * 3_600.0),
            task_seconds: Some(90.0),
            wasted_seconds: Some(5.0),
            energy_joules: Some(400.0 * 3_600.0),
        };
        assert_eq!(over(told), expected);
    }

    #[test]
    fn what_nobody_measured_is_not_known() {
        let nothing = |query: &SeriesQuery| QueryAnswer { series: Vec::new(), ..told(query) };
        let gpus = over(nothing);
        assert_eq!((gpus.available_seconds, gpus.used_seconds, gpus.energy_joules), (None, None, None));
    }
}
