//! What the tests of the forms begin with, and tests of how much was measured.

use super::completeness;
use crate::collector::empty_system;
use chrono::{DateTime, TimeDelta};
use forewatch::report::{AlertFigures, Compared, Completeness, GpuUse, Ranking, Report};
use forewatch::{Ratio, SystemMetrics, TaskGroup};

fn alone<T>(now: T) -> Compared<T> {
    Compared { now, before: None }
}

/// A day of which nothing is known.
pub(super) fn empty() -> Report {
    let from = DateTime::UNIX_EPOCH;
    Report {
        title: None,
        zone: "UTC".to_owned(),
        from,
        to: from + TimeDelta::days(1),
        before_from: from - TimeDelta::days(1),
        made_at: from + TimeDelta::days(1),
        completeness: alone(Completeness { observed: None, lost_events: 0 }),
        work: alone(TaskGroup::default()),
        queues: Ranking::default(),
        names: Ranking::default(),
        workers: Ranking::default(),
        users: Ranking::default(),
        tasks_since: None,
        errors: None,
        waits: None,
        gpus: alone(GpuUse::default()),
        alerts: alone(AlertFigures::default()),
        rules: Vec::new(),
        course: Vec::new(),
    }
}

#[test]
fn an_hour_that_has_hardly_begun_counts_with_what_there_is_of_it() {
    let from = DateTime::UNIX_EPOCH;
    let measured = |hour: i64, share: f64| SystemMetrics {
        observed: Ratio::clamped(share),
        ..empty_system(from + TimeDelta::hours(hour))
    };
    let minutes = |course: &[SystemMetrics], to: TimeDelta| {
        let share = completeness(course, (from, from + to)).observed.map_or(0.0, Ratio::get);
        format!("{:.3}", share * to.num_minutes() as f64)
    };
    assert_eq!(minutes(&[measured(23, 1.0)], TimeDelta::minutes(23 * 60 + 12)), "12.000");
    assert_eq!(minutes(&[measured(2, 0.5), measured(3, 1.0)], TimeDelta::hours(24)), "90.000");
    assert_eq!(minutes(&[measured(24, 0.5)], TimeDelta::days(30)), "720.000", "by the day");
}
