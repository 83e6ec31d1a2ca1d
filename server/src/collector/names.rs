//! What is known of tasks by their name: what ended lately, and how long they run.

use super::Fleet;
use super::outcome::{Window, end_of, micros};
use super::settings::Settings;
use crate::alerts::name_of;
use crate::stats::Sketch;
use chrono::{DateTime, Utc};
use forewatch::stuck::silent_since;
use forewatch::task::TaskMetrics;
use forewatch::{TaskId, TaskStatus};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const DAY: i64 = 86_400;

/// The tasks of one name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Name {
    pub(crate) window: Window,
    pub(crate) runs: Runs,
}

/// How long completed tasks ran: of the newest day with any, and of the day before that.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Runs {
    day: i64,
    newest: Sketch,
    before: Sketch,
}

impl Runs {
    /// Both days.
    pub(crate) fn all(&self) -> Sketch {
        let mut all = self.before.clone();
        all.combine(&self.newest, u64::saturating_add);
        all
    }

    fn change(&mut self, task: &TaskMetrics, with: impl Fn(u64, u64) -> u64) {
        let run = task.processing_time.filter(|_| task.status == TaskStatus::Completed);
        let Some((end, run)) = end_of(task).zip(run) else { return };
        let day = end.timestamp().div_euclid(DAY);
        if day > self.day {
            let newest = std::mem::take(&mut self.newest);
            self.before = if day == self.day + 1 { newest } else { Sketch::default() };
            self.day = day;
        }
        match self.day - day {
            0 => self.newest.combine(&Sketch::of(micros(run)), with),
            1 => self.before.combine(&Sketch::of(micros(run)), with),
            _ => {}
        }
    }

    fn is_old(&self, now: DateTime<Utc>) -> bool {
        now.timestamp().div_euclid(DAY) > self.day + 1
    }
}

/// Counts a record under its name, as long as there is room for the name.
pub(super) fn add(fleet: &mut Fleet, settings: &Settings, task: &TaskMetrics) {
    if let Some(key) = running(task) {
        fleet.running.insert(key);
    }
    if let Some(name) = name_of(task)
        && !fleet.names.contains_key(name)
        && fleet.names.len() < settings.max_names
    {
        fleet.names.insert(name.to_owned(), Arc::default());
    }
    add_named(fleet, task);
}

/// As [`add`], of a name that is known.
pub(crate) fn add_named(fleet: &mut Fleet, task: &TaskMetrics) {
    if let Some(known) = name_of(task).and_then(|name| fleet.names.get_mut(name)) {
        let known = Arc::make_mut(known);
        known.window.add(task);
        known.runs.change(task, u64::saturating_add);
    }
}

/// Takes a record out again, as it was.
pub(super) fn remove(fleet: &mut Fleet, task: &TaskMetrics) {
    if let Some(key) = running(task) {
        fleet.running.remove(&key);
    }
    if let Some(known) = name_of(task).and_then(|name| fleet.names.get_mut(name)) {
        let known = Arc::make_mut(known);
        known.window.remove(task);
        known.runs.change(task, u64::saturating_sub);
    }
}

/// Forgets what is older than the window, and names of which nothing is left.
pub(super) fn tick(fleet: &mut Fleet, settings: &Settings) {
    let window = fleet.now - settings.window;
    let stale = fleet.names.iter().filter(|(_, known)| known.window.is_stale(window));
    let stale: Vec<String> = stale.map(|(name, _)| name.clone()).collect();
    for name in stale {
        if let Some(slot) = fleet.names.get_mut(&name) {
            let known = Arc::make_mut(slot);
            known.window.forget_before(window);
            if known.window.is_empty() && known.runs.is_old(fleet.now) {
                fleet.names.remove(&name);
            }
        }
    }
}

fn running(task: &TaskMetrics) -> Option<(DateTime<Utc>, TaskId)> {
    silent_since(task).map(|since| (since, task.task_id.clone()))
}

/// A state from before these were kept gets them from its tasks.
pub(super) fn complete(fleet: &mut Fleet, settings: &Settings) {
    if !fleet.names.is_empty() || !fleet.running.is_empty() {
        return;
    }
    let tasks: Vec<Arc<TaskMetrics>> = fleet.tasks.values().cloned().collect();
    for task in tasks {
        add(fleet, settings, &task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn task(day: i64, seconds: f64) -> TaskMetrics {
        let at = DateTime::from_timestamp(1_800_000_000 + day * DAY, 0).expect("a time");
        serde_json::from_value(json!({
            "task_id": "t", "timestamp": at, "completed_at": at, "status": "completed", "state": "succeeded",
            "retry_count": 0, "content_type": "x", "source": "http", "processing_time": seconds,
        }))
        .expect("a task")
    }

    fn runs(tasks: &[TaskMetrics]) -> Runs {
        let mut runs = Runs::default();
        for task in tasks {
            runs.change(task, u64::saturating_add);
        }
        runs
    }

    #[test]
    fn runs_are_of_the_newest_two_days_and_what_is_older_does_not_count() {
        let runs = runs(&[task(0, 1.0), task(1, 1.0), task(2, 1.0), task(1, 1.0), task(0, 1.0)]);
        assert_eq!(runs.all().count(), 3);
        assert_eq!(self::runs(&[task(0, 1.0), task(5, 1.0)]).all().count(), 1);
    }

    #[test]
    fn what_is_taken_out_again_leaves_no_trace() {
        let mut changed = runs(&[task(1, 1.0), task(2, 9.0)]);
        changed.change(&task(1, 1.0), u64::saturating_sub);
        assert_eq!(changed.all(), runs(&[task(2, 9.0)]).all());
    }
}
