//! The system over each period.

use super::gauges::{self, Past};
use super::period::Periods;
use super::{DAY, Dimension, StatsError, Tally};
use crate::collector::empty_system;
use crate::store::{Finest, Tallied, TallyReader};
use chrono::{DateTime, Utc};
use forewatch::SystemMetrics;

/// The system over each period, as of `now`. Periods of which nothing is known are left out.
pub(crate) fn statistics(
    records: &dyn TallyReader,
    past: &Past<'_>,
    periods: &Periods,
    now: DateTime<Utc>,
) -> Result<Vec<SystemMetrics>, StatsError> {
    let begins = periods.each().map(|(begin, _)| DateTime::from_timestamp(begin, 0).unwrap_or_default());
    let mut metrics: Vec<SystemMetrics> = begins.map(empty_system).collect();
    gauges::fill(past, periods, &mut metrics, now)?;
    let tallies = tallies(records, periods)?;
    for ((system, tally), (begin, end)) in metrics.iter_mut().zip(&tallies).zip(periods.each()) {
        ended(system, tally, (end.min(now.timestamp()) - begin).max(60) as f64);
    }
    let mut kept = metrics.into_iter().zip(&tallies).collect::<Vec<_>>();
    kept.retain(|(system, tally)| tally.counts.all() > 0 || system.observed.is_some_and(|share| share.get() > 0.0));
    Ok(kept.into_iter().map(|(system, _)| system).collect())
}

/// What ended in each period.
fn tallies(records: &dyn TallyReader, periods: &Periods) -> Result<Vec<Tally>, StatsError> {
    let mut tallies = vec![Tally::default(); periods.len()];
    let grain = if periods.are_whole(DAY) { Finest::Days } else { Finest::Own };
    let of = Tallied { dimension: Dimension::System, span: periods.start()..periods.end(), grain };
    records.tallies(&of, &mut |begin, _, tally| {
        if let Some(place) = periods.of(begin) {
            tallies[place].add(&tally);
        }
        Ok(())
    })?;
    Ok(tallies)
}

/// Writes what ended in a period of `seconds`.
fn ended(system: &mut SystemMetrics, tally: &Tally, seconds: f64) {
    let counts = &tally.counts;
    (system.completed_tasks, system.failed_tasks) = (counts.completed, counts.failed);
    (system.cancelled_tasks, system.unknown_tasks) = (counts.cancelled, counts.unknown);
    system.total_tasks =
        [system.pending_tasks, system.processing_tasks, counts.all()].into_iter().fold(0, u64::saturating_add);
    system.average_task_duration = tally.mean_run();
    system.average_queue_wait_time = tally.mean_wait();
    system.error_rate = counts.error_rate();
    system.timeout_rate = counts.timeout_rate();
    system.retry_rate = counts.retry_rate();
    system.system_throughput = counts.completed as f64 * 3_600.0 / seconds;
}
