//! What rules look at of tasks: figures over those that ended lately, and single ones that do not end.

use super::Sight;
use crate::alerts::episodes::OfRule;
use crate::alerts::subject::{Kind, Reading, Subject};
use crate::alerts::watches::{Scope, TaskFigure};
use crate::collector::outcome::Window;
use crate::why::usual_run;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::stuck::silent_since;
use forewatch::{TaskMetrics, time};
use std::collections::{HashMap, HashSet};

/// Tasks that are looked at, those that have been running for longest.
const MOST_STUCK: usize = 1_000;

/// A figure of the system, of each queue, of each name; the more general ones first. Where nothing ended nothing is
/// known: that work has stopped is no recovery.
pub(super) fn figure<'a>(figure: &TaskFigure, sight: Sight<'a>, mut each: impl FnMut(Subject<'a>)) {
    let mut of = |kind, window: &Window| {
        let reading = match figure.agg.of(&window.last(sight.now, figure.window)) {
            Some((value, samples)) if samples >= figure.min_samples => Reading::of(Some(value)),
            Some((value, _)) => Reading::TooFew(value),
            None => Reading::Unknown,
        };
        each(Subject::plain(kind, reading));
    };
    for scope in &figure.by {
        match scope {
            Scope::System => of(Kind::System, &sight.fleet.window),
            Scope::Queue => {
                sight.fleet.queues.values().for_each(|queue| of(Kind::Queue(&queue.stats), &queue.window));
            }
            Scope::Name => sight.fleet.names.iter().for_each(|(name, known)| of(Kind::Name(name), &known.window)),
        }
    }
}

/// Each task that has been running for `at_least` without a word, with the time within which its name's tasks
/// usually end; and those that are `known` and have said something since.
pub(super) fn stuck<'a>(
    at_least: TimeDelta,
    sight: Sight<'a>,
    known: Option<&OfRule<'_>>,
    mut each: impl FnMut(Subject<'a>),
) {
    let fleet = sight.fleet;
    let Some(before) = sight.now.checked_sub_signed(at_least) else { return };
    let mut task = |task: &'a TaskMetrics, since: DateTime<Utc>| {
        let seconds = time::seconds_between(since, sight.now);
        let usual = usual_run(fleet, task);
        let reading = match usual {
            _ if since > before => Reading::Clear(seconds),
            Some(_) => Reading::Value(seconds),
            None => Reading::Unknown,
        };
        each(Subject { scale: usual.unwrap_or(1.0), ..Subject::plain(Kind::Task(task), reading) });
    };
    let known: HashSet<&str> = known
        .into_iter()
        .flat_map(HashMap::values)
        .filter_map(|alert| Some(alert.metadata.get("task")?.as_str()))
        .collect();
    for (running, since) in
        known.iter().filter_map(|id| fleet.tasks.get(*id)).filter_map(|task| Some((task, silent_since(task)?)))
    {
        task(running, since);
    }
    let running = fleet.running.iter().take_while(|(since, _)| *since <= before).take(MOST_STUCK);
    for (since, id) in running.filter(|(_, id)| !known.contains(id.as_str())) {
        if let Some(running) = fleet.tasks.get(id) {
            task(running, *since);
        }
    }
}
