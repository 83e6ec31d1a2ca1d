//! What history tells of the system over each period: means over time, the values at the end, and growth.

use super::period::{Periods, Unit};
use super::{DAY, StatsError};
use crate::history::QueryError;
use app::query::SeriesQuery;
use chrono::{DateTime, Utc};
use forewatch::series::{Aggregation, QueryAnswer};
use forewatch::{Ratio, SystemMetrics};
use std::collections::BTreeMap;

/// Steps that are asked for at once: below what one answer may hold.
const STEPS: i64 = 10_000;

/// Where history is asked.
pub(crate) struct Past<'a> {
    pub(crate) ask: &'a dyn Fn(&SeriesQuery) -> Result<QueryAnswer, QueryError>,
    /// From when on there are buckets of an hour, Unix seconds; days go back further.
    pub(crate) hours_since: i64,
    /// Seconds between two samples of the system.
    pub(crate) every: f64,
}

/// How a period's value is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Mean,
    Last,
    Growth,
}

type Gauge = (&'static str, How, fn(&mut SystemMetrics, f64));

/// What statistics take from history.
const GAUGES: &[Gauge] = &[
    ("system.workers", How::Mean, |s, v| s.total_workers = whole(v)),
    ("system.workers_online", How::Mean, |s, v| s.online_workers = whole(v)),
    ("system.workers_unhealthy", How::Mean, |s, v| s.unhealthy_workers = whole(v)),
    ("system.workers_gpu", How::Mean, |s, v| s.gpu_workers = whole(v)),
    ("system.workers_cpu", How::Mean, |s, v| s.cpu_workers = whole(v)),
    ("system.workers_hybrid", How::Mean, |s, v| s.hybrid_workers = whole(v)),
    ("system.pending", How::Last, |s, v| s.pending_tasks = whole(v)),
    ("system.processing", How::Last, |s, v| s.processing_tasks = whole(v)),
    ("system.gpu_queue_size", How::Mean, |s, v| s.gpu_queue_size = whole(v)),
    ("system.cpu_queue_size", How::Mean, |s, v| s.cpu_queue_size = whole(v)),
    ("system.fallback_queue_size", How::Mean, |s, v| s.fallback_queue_size = whole(v)),
    ("system.cpu_usage", How::Mean, |s, v| s.total_cpu_usage = Ratio::clamped(v)),
    ("system.memory_usage", How::Mean, |s, v| s.total_memory_usage = Ratio::clamped(v)),
    ("system.gpu_usage", How::Mean, |s, v| s.total_gpu_usage = Ratio::clamped(v)),
    ("system.gpu_memory_usage", How::Mean, |s, v| s.gpu_memory_usage = Ratio::clamped(v)),
    ("system.power_draw", How::Mean, |s, v| s.power_draw_watts = Some(v)),
    ("system.gpus", How::Mean, |s, v| s.gpus = whole(v)),
    ("system.tasks_lost_events", How::Growth, |s, v| s.tasks_lost_events = whole(v)),
];

/// The gauge whose samples tell how much of a period was observed.
const ALWAYS: &str = "system.workers";

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "negative and NaN become 0 on purpose")]
fn whole(value: f64) -> u64 {
    value.max(0.0).round() as u64
}

/// Writes into each period's metrics what history tells of it, up to `now`.
pub(super) fn fill(
    past: &Past<'_>,
    periods: &Periods,
    metrics: &mut [SystemMetrics],
    now: DateTime<Utc>,
) -> Result<(), StatsError> {
    let counts = past.over(periods, ALWAYS, Aggregation::Count)?;
    for (((begin, end), system), counts) in periods.each().zip(metrics.iter_mut()).zip(&counts) {
        let seconds = (end.min(now.timestamp()) - begin).max(1) as f64;
        let samples: f64 = counts.iter().map(|(_, count)| count).sum();
        system.observed = Ratio::clamped(samples * past.every / seconds);
    }
    for (metric, how, set) in GAUGES {
        let values = past.values(periods, metric, *how)?;
        for (system, value) in metrics.iter_mut().zip(values) {
            if let Some(value) = value {
                set(system, value);
            }
        }
    }
    for system in metrics {
        system.offline_workers = system.total_workers.saturating_sub(system.online_workers);
    }
    Ok(())
}

impl Past<'_> {
    /// One value a period.
    fn values(&self, periods: &Periods, metric: &str, how: How) -> Result<Vec<Option<f64>>, StatsError> {
        Ok(match how {
            How::Last => {
                let lasts = self.over(periods, metric, Aggregation::Last)?;
                lasts.iter().map(|steps| steps.last().map(|(_, value)| *value)).collect()
            }
            How::Growth => {
                let growth = self.over(periods, metric, Aggregation::Increase)?;
                growth.iter().map(|steps| steps.iter().map(|(_, value)| *value).reduce(|a, b| a + b)).collect()
            }
            How::Mean => {
                let means = self.over(periods, metric, Aggregation::Avg)?;
                if means.iter().all(|steps| steps.len() <= 1) {
                    return Ok(means.iter().map(|steps| steps.first().map(|(_, value)| *value)).collect());
                }
                // No mean of means: each step by its samples.
                let counts = self.over(periods, metric, Aggregation::Count)?;
                means.iter().zip(&counts).map(|(means, counts)| weighted(means, counts)).collect()
            }
        })
    }

    /// The values of the steps of each period, with their times, oldest first. A step lies in the period that its middle
    /// lies in.
    fn over(&self, periods: &Periods, metric: &str, over: Aggregation) -> Result<Vec<Vec<(f64, f64)>>, StatsError> {
        let mut values = vec![Vec::new(); periods.len()];
        for (from, to, step) in self.parts(periods) {
            let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
            let answer = (self.ask)(&SeriesQuery {
                metric: metric.to_owned(),
                labels: BTreeMap::new(),
                from: at(from),
                to: at(to),
                step: Some(step as f64),
                over: Some(over),
                agg: None,
                by: None,
                offset: None,
            })?;
            for (begin, value) in answer.series.iter().flat_map(|series| &series.points) {
                #[expect(clippy::cast_possible_truncation, reason = "times of this world")]
                let middle = *begin as i64 + step / 2;
                if let (Some(value), Some(place)) = (value, periods.of(middle)) {
                    values[place].push((*begin, *value));
                }
            }
        }
        Ok(values)
    }

    /// The ranges that are asked for and their steps, Unix seconds, oldest first. Where only days are kept, a day of
    /// another zone is told by the day (UTC) whose noon lies in it, and of an hour nothing is known.
    fn parts(&self, periods: &Periods) -> Vec<(i64, i64, i64)> {
        let (start, end) = (periods.start(), periods.end());
        if start >= end {
            return Vec::new();
        }
        let step = [DAY, 3_600].into_iter().find(|step| periods.are_whole(*step)).unwrap_or(900);
        if step == DAY {
            return vec![(start, end, DAY)];
        }
        let hours = ((self.hours_since + DAY - 1).div_euclid(DAY) * DAY).clamp(start, end);
        let mut parts = Vec::new();
        if periods.unit == Unit::Day && start < hours {
            parts.push((start.div_euclid(DAY) * DAY, hours, DAY));
        }
        let mut from = hours;
        while from < end {
            let to = (from + STEPS * step).min(end);
            parts.push((from, to, step));
            from = to;
        }
        parts
    }
}

fn weighted(values: &[(f64, f64)], counts: &[(f64, f64)]) -> Option<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for ((_, value), (_, count)) in values.iter().zip(counts) {
        sum += value * count;
        weight += count;
    }
    (weight > 0.0).then(|| sum / weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collector::empty_system;
    use chrono_tz::Tz;
    use forewatch::Unit as Of;
    use forewatch::series::Series;

    /// A history in which each step's mean is the number of its hour, and its samples are `count` of that number.
    fn fill_from(periods: &Periods, hours_since: i64, count: fn(f64) -> f64) -> Vec<SystemMetrics> {
        let ask = |query: &SeriesQuery| {
            let step = query.step.expect("it is always said");
            let (from, to) = (query.from.timestamp() as f64, query.to.timestamp() as f64);
            let mut points = Vec::new();
            let mut at = (from / step).floor() * step;
            while at < to {
                let hour = (at / 3_600.0).floor() % 24.0;
                let value = match query.over {
                    Some(Aggregation::Count) => count(hour),
                    Some(Aggregation::Increase) => 1.0,
                    _ if step > 3_600.0 => 1_000.0,
                    _ => hour,
                };
                points.push((at, Some(value)));
                at += step;
            }
            let series = vec![Series { labels: BTreeMap::new(), points }];
            Ok(QueryAnswer { metric: query.metric.clone(), unit: Of::Count, step, source: "raw".to_owned(), series })
        };
        let mut metrics = vec![empty_system(DateTime::UNIX_EPOCH); periods.len()];
        let now = DateTime::from_timestamp(periods.end(), 0).expect("a time");
        fill(&Past { ask: &ask, hours_since, every: 1.0 }, periods, &mut metrics, now).expect("history answers");
        metrics
    }

    fn days(zone: &str, from: &str, to: &str) -> Periods {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let zone: Tz = zone.parse().expect("a zone");
        Periods::within(Unit::Day, zone, at(from), at(to), at("2026-12-31T00:00:00Z")).expect("it is not wide")
    }

    #[test]
    fn a_days_mean_is_over_its_time_in_any_zone_and_no_mean_of_means() {
        let berlin = days("Europe/Berlin", "2026-11-24T00:00:00Z", "2026-11-24T22:00:00Z");
        // Hours 23 (of the day before) and 0 to 22 (UTC); an hour weighs by its samples.
        let metrics = fill_from(&berlin, 0, |hour| if hour > 22.5 { 0.0 } else { 100.0 });
        assert_eq!((metrics.len(), metrics[0].total_workers), (1, 11));
        assert_eq!(metrics[0].pending_tasks, 22, "the value at its end");
        assert_eq!(metrics[0].tasks_lost_events, 24, "the growth of all its hours");
        assert_eq!(metrics[0].observed, Ratio::of(2_300, 86_400));
    }

    #[test]
    fn where_only_days_are_kept_a_day_is_told_by_the_one_whose_noon_it_has() {
        let tokyo = days("Asia/Tokyo", "2026-11-20T15:00:00Z", "2026-11-23T14:00:00Z");
        let since = "2026-11-22T00:00:00Z".parse::<DateTime<Utc>>().expect("a time").timestamp();
        let metrics = fill_from(&tokyo, since, |_| 60.0);
        let workers: Vec<u64> = metrics.iter().map(|system| system.total_workers).collect();
        // The second has hours 0 to 14 (UTC) only; the third is made of hours 15 to 14.
        assert_eq!(workers, [1_000, 7, 12]);
    }

    #[test]
    fn of_hours_before_hours_are_kept_nothing_is_known() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let hours = Periods::newest(Unit::Hour, 4, at("2026-11-24T01:30:00Z"));
        let metrics = fill_from(&hours, at("2026-11-23T12:00:00Z").timestamp(), |_| 3_600.0);
        let observed: Vec<Option<f64>> = metrics.iter().map(|system| system.observed.map(Ratio::get)).collect();
        assert_eq!(observed, [Some(0.0), Some(0.0), Some(1.0), Some(1.0)]);
    }
}
