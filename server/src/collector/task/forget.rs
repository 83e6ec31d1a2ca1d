//! How tasks leave memory: ended ones when there are too many, open ones of which nothing is heard any more
//! or that are too many. Of the latter it is not known how they ended; should they be heard of again, they go on.

use super::put;
use crate::collector::fleet::Fleet;
use crate::collector::settings::Settings;
use crate::collector::{Changes, task_rules};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{TaskId, TaskMetrics};
use std::sync::Arc;

/// Lets time pass: forgets what is too old.
pub(in crate::collector) fn tick(fleet: &mut Fleet, settings: &Settings, changes: &mut Changes) {
    end_silent(fleet, settings, changes);
    let now = fleet.now;
    if fleet.tally.is_stale(now - settings.task_retention) {
        Arc::make_mut(&mut fleet.tally).forget_before(now - settings.task_retention);
    }
    if fleet.window.is_stale(now - settings.window) {
        Arc::make_mut(&mut fleet.window).forget_before(now - settings.window);
    }
}

/// Open tasks of which nothing was heard since this are over. To the minute, so that the scan is rare and what
/// it finds depends on the time alone.
fn silent_until(fleet: &Fleet, settings: &Settings) -> DateTime<Utc> {
    let minute = fleet.now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(fleet.now);
    minute - settings.task_retention
}

fn is_silent(task: &TaskMetrics, until: DateTime<Utc>) -> bool {
    !task.status.is_ended() && task.timestamp <= until
}

/// Takes every open task for ended of which nothing was heard for the retention.
fn end_silent(fleet: &mut Fleet, settings: &Settings, changes: &mut Changes) {
    let until = silent_until(fleet, settings);
    if until <= fleet.silent_until {
        return;
    }
    fleet.silent_until = until;
    let silent: Vec<_> = fleet.tasks.values().filter(|task| is_silent(task, until)).cloned().collect();
    for task in silent {
        end_for_silence(fleet, settings, &task, changes);
    }
}

/// As [`end_silent`], of one task.
pub(super) fn end_if_silent(fleet: &mut Fleet, settings: &Settings, id: &TaskId, changes: &mut Changes) {
    let until = silent_until(fleet, settings);
    if let Some(task) = fleet.tasks.get(id).filter(|task| is_silent(task, until)).cloned() {
        end_for_silence(fleet, settings, &task, changes);
    }
}

fn end_for_silence(fleet: &mut Fleet, settings: &Settings, task: &TaskMetrics, changes: &mut Changes) {
    let at = task.timestamp + settings.task_retention;
    end(fleet, settings, task, at, "nothing was heard of it for as long as tasks are kept", changes);
}

/// Keeps the open tasks within their bound: those heard of longest ago are taken for ended.
pub(super) fn bound_open(fleet: &mut Fleet, settings: &Settings, changes: &mut Changes) {
    let keep = settings.open_tasks;
    if fleet.open <= keep + keep / 10 {
        return;
    }
    let mut open: Vec<_> = fleet.tasks.values().filter(|task| !task.status.is_ended()).cloned().collect();
    let excess = open.len().saturating_sub(keep);
    if excess == 0 {
        return;
    }
    open.select_nth_unstable_by(excess - 1, |a, b| (a.timestamp, &a.task_id).cmp(&(b.timestamp, &b.task_id)));
    let at = fleet.now;
    for task in &open[..excess] {
        end(fleet, settings, task, at, "more tasks were open than are kept in memory", changes);
    }
    fleet.given_up += excess as u64;
}

/// Takes a task for ended at `at`, and says why in its timeline.
fn end(
    fleet: &mut Fleet,
    settings: &Settings,
    known: &TaskMetrics,
    at: DateTime<Utc>,
    reason: &str,
    changes: &mut Changes,
) {
    let event = TaskEvent {
        kind: TaskEventKind::Ended,
        task_id: known.task_id.clone(),
        worker_id: None,
        fields: Box::new(TaskFields { reason: Some(reason.to_owned()), ..TaskFields::default() }),
    };
    let mut task = known.clone();
    // After all that it told, also of a clock that is ahead.
    let after = task.events.last().map_or(at, |last| last.at.max(at));
    task_rules::apply(&mut task, &event, after, at);
    put(fleet, settings, Some(known), task, changes);
}

/// Forgets the ended tasks that were heard of longest ago, above the bound on memory, of those that `may_leave` because their
/// records are in the store; answers which.
pub(in crate::collector) fn evict(
    fleet: &mut Fleet,
    settings: &Settings,
    may_leave: impl Fn(&TaskId) -> bool,
) -> Vec<TaskId> {
    // Half as many over the bound before anything is dropped, so that the scan is rare.
    let (ended, keep) = (fleet.tasks.len().saturating_sub(fleet.open), settings.tasks_in_memory);
    if ended <= keep + keep / 2 {
        return Vec::new();
    }
    let mut written: Vec<(DateTime<Utc>, TaskId)> = fleet
        .tasks
        .values()
        .filter(|task| task.status.is_ended() && may_leave(&task.task_id))
        .map(|task| (task.timestamp, task.task_id.clone()))
        .collect();
    let excess = (ended - keep).min(written.len());
    if excess == 0 {
        return Vec::new();
    }
    written.select_nth_unstable(excess - 1);
    written.truncate(excess);
    let gone: Vec<TaskId> = written.into_iter().map(|(_, id)| id).collect();
    for id in &gone {
        fleet.tasks.remove(id);
    }
    gone
}
