//! What objectives count: tasks that went well and tasks that did not, by the minute and by the hour.
//!
//! As all sums they are over records: one that changes is taken out as it was and put in as it is. Minutes are kept for
//! the widest window of a burn rate, hours for the objective's period, so an objective takes the same room however many
//! tasks there are.

mod verdict;

use super::Fleet;
use crate::alerts::name_of;
use chrono::{DateTime, Utc};
use forewatch::TaskMetrics;
use forewatch::objective::{Labels, Objective};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use verdict::{Verdict, verdict};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
/// Seconds for which minutes are kept: those of the widest window, and of the hour that is not over.
const MINUTES_KEPT: i64 = 6 * HOUR;

/// Tasks that went well and that did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Verdicts {
    pub(crate) good: u64,
    pub(crate) bad: u64,
}

impl Verdicts {
    /// All of them.
    pub(crate) fn all(self) -> u64 {
        self.good.saturating_add(self.bad)
    }

    fn plus(self, other: Self) -> Self {
        Self { good: self.good.saturating_add(other.good), bad: self.bad.saturating_add(other.bad) }
    }
}

/// One objective with what is counted of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) objective: Objective,
    /// What was before this is not counted.
    pub(crate) since: DateTime<Utc>,
    /// By the minute (Unix) in which it was decided.
    minutes: OrdMap<i64, Verdicts>,
    /// By the hour.
    hours: OrdMap<i64, Verdicts>,
}

impl Counted {
    fn begin(objective: Objective, since: DateTime<Utc>) -> Self {
        Self { objective, since, minutes: OrdMap::new(), hours: OrdMap::new() }
    }

    /// What was decided within the last `seconds` before `now`, to the minute; at most six hours.
    pub(crate) fn last(&self, now: DateTime<Utc>, seconds: i64) -> Verdicts {
        let newest = now.timestamp().div_euclid(MINUTE);
        sum(&self.minutes, newest - seconds.div_euclid(MINUTE), newest)
    }

    /// What was decided within the period before `now`, to the hour. What lies ahead in the hour that is not over, as
    /// tasks whose time to start is not up, does not count yet.
    pub(crate) fn of_period(&self, now: DateTime<Utc>) -> Verdicts {
        let (minute, hour) = (now.timestamp().div_euclid(MINUTE), now.timestamp().div_euclid(HOUR));
        let whole = sum(&self.hours, self.oldest_hour(now), hour - 1);
        whole.plus(sum(&self.minutes, hour * HOUR / MINUTE, minute))
    }

    fn oldest_hour(&self, now: DateTime<Utc>) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "a period is at most some years of seconds")]
        let period = self.objective.period as i64;
        (now.timestamp() - period).div_euclid(HOUR)
    }

    fn change(&mut self, verdict: Verdict, is_added: Added) {
        if verdict.at < self.since.timestamp() {
            return;
        }
        for (counts, length) in [(&mut self.minutes, MINUTE), (&mut self.hours, HOUR)] {
            let place = verdict.at.div_euclid(length);
            if is_added == Added::Yes {
                counts.entry(place).or_default();
            }
            // What was forgotten is not taken out again.
            let Some(counted) = counts.get_mut(&place) else { continue };
            let side = if verdict.is_good { &mut counted.good } else { &mut counted.bad };
            *side = if is_added == Added::Yes { side.saturating_add(1) } else { side.saturating_sub(1) };
        }
    }

    fn is_stale(&self, now: DateTime<Utc>) -> bool {
        let is_before = |counts: &OrdMap<i64, Verdicts>, oldest| counts.get_min().is_some_and(|(at, _)| *at < oldest);
        is_before(&self.minutes, oldest_minute(now)) || is_before(&self.hours, self.oldest_hour(now))
    }

    fn forget_old(&mut self, now: DateTime<Utc>) {
        self.minutes = self.minutes.split(&(oldest_minute(now) - 1)).1;
        self.hours = self.hours.split(&(self.oldest_hour(now) - 1)).1;
    }
}

/// Whether a record is put in or taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Added {
    Yes,
    No,
}

fn oldest_minute(now: DateTime<Utc>) -> i64 {
    (now.timestamp() - MINUTES_KEPT).div_euclid(MINUTE)
}

fn sum(counts: &OrdMap<i64, Verdicts>, from: i64, to: i64) -> Verdicts {
    if from > to {
        return Verdicts::default();
    }
    counts.range(from..=to).fold(Verdicts::default(), |sum, (_, counted)| sum.plus(*counted))
}

/// Makes the objectives those of the configuration. One that counts the same as before keeps its counts; another one
/// begins at `since`, with what is still open.
pub(crate) fn settle(fleet: &mut Fleet, configured: &[Objective], since: DateTime<Utc>) {
    let is_settled = fleet.objectives.len() == configured.len()
        && fleet.objectives.iter().zip(configured).all(|(counted, objective)| counted.objective == *objective);
    if is_settled {
        return;
    }
    let counts_the_same = |before: &Objective, now: &Objective| {
        before.objective_id == now.objective_id
            && before.filter == now.filter
            && before.start_within == now.start_within
    };
    let settled = configured.iter().map(|objective| {
        let before = fleet.objectives.iter().find(|counted| counts_the_same(&counted.objective, objective));
        Arc::new(match before {
            Some(before) => Counted { objective: objective.clone(), ..Counted::clone(before) },
            None => with_open(fleet, Counted::begin(objective.clone(), since)),
        })
    });
    fleet.objectives = settled.collect();
}

/// Puts in the tasks in memory, of which those before its begin do not count.
fn with_open(fleet: &Fleet, mut counted: Counted) -> Counted {
    for task in fleet.tasks.values() {
        if let Some(verdict) = verdict_on(&counted.objective, task, &labels(task, task.queue_id().as_deref())) {
            counted.change(verdict, Added::Yes);
        }
    }
    counted
}

/// Counts a record as it is now.
pub(crate) fn add(fleet: &mut Fleet, task: &TaskMetrics) {
    change(fleet, task, Added::Yes);
}

/// Takes a counted record out again, as it was.
pub(super) fn remove(fleet: &mut Fleet, task: &TaskMetrics) {
    change(fleet, task, Added::No);
}

fn change(fleet: &mut Fleet, task: &TaskMetrics, is_added: Added) {
    if fleet.objectives.is_empty() {
        return;
    }
    let queue_id = task.queue_id();
    let labels = labels(task, queue_id.as_deref());
    for place in 0..fleet.objectives.len() {
        if let Some(verdict) = verdict_on(&fleet.objectives[place].objective, task, &labels) {
            Arc::make_mut(&mut fleet.objectives[place]).change(verdict, is_added);
        }
    }
}

fn verdict_on(objective: &Objective, task: &TaskMetrics, labels: &Labels<'_>) -> Option<Verdict> {
    verdict(objective.start_within, task).filter(|_| objective.is_about(labels))
}

fn labels<'a>(task: &'a TaskMetrics, queue_id: Option<&'a str>) -> Labels<'a> {
    Labels { queue: task.queue.as_deref(), queue_id, name: name_of(task), source: Some(&task.source) }
}

/// Forgets the minutes and hours that are over for good.
pub(super) fn tick(fleet: &mut Fleet) {
    let now = fleet.now;
    for place in 0..fleet.objectives.len() {
        if fleet.objectives[place].is_stale(now) {
            Arc::make_mut(&mut fleet.objectives[place]).forget_old(now);
        }
    }
}
