//! What the tests of the forms begin with.

use chrono::{DateTime, TimeDelta};
use forewatch::TaskGroup;
use forewatch::report::{AlertFigures, Compared, Completeness, GpuUse, Ranking, Report};

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
