//! Whether anyone is to be told of an alert, and if not, why: apart from whether it is true, and from who has it.

use super::causes::Causes;
use super::maintenance::Maintenance;
use super::rule::Rule;
use crate::collector::Fleet;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::alert::{Alert, AlertMoment, AlertStep};
use forewatch::silence::Silence;
use forewatch::{AlertId, WorkerStatus};
use std::collections::HashMap;

/// An alert flaps once it was raised this often within [`FLAPPING_WITHIN`]…
const FLAPPING: usize = 5;
const FLAPPING_WITHIN: TimeDelta = TimeDelta::hours(1);
/// … until it was not raised for this long.
const CALM: TimeDelta = TimeDelta::minutes(30);
/// How much is repeated of why somebody silenced alerts, characters.
const WHY: usize = 200;

/// Why nobody is told, if so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hush {
    pub(super) by: Option<String>,
    /// The alert of its cause, also where there is another reason.
    pub(super) inhibited_by: Option<AlertId>,
}

/// What keeps alerts quiet now, besides one another.
pub(super) struct Quiet<'a> {
    /// Workers that were taken out on purpose, with their names.
    out: HashMap<&'a str, &'a str>,
    silences: Vec<&'a Silence>,
    windows: Vec<&'a Maintenance>,
    now: DateTime<Utc>,
}

impl<'a> Quiet<'a> {
    pub(super) fn of(fleet: &'a Fleet, windows: &'a [Maintenance], now: DateTime<Utc>) -> Self {
        let silences = fleet.silences.values().map(AsRef::as_ref).filter(|silence: &&Silence| silence.holds(now));
        let workers = fleet.workers.values().map(|worker| &worker.metrics);
        let out = workers.filter(|worker| worker.status == WorkerStatus::Maintenance);
        Self {
            out: out.map(|worker| (worker.worker_id.as_str(), worker.name.as_str())).collect(),
            silences: silences.collect(),
            windows: windows.iter().filter(|window| window.holds(now)).collect(),
            now,
        }
    }

    /// Why nobody is told of an alert of a rule; one raised by hand has none.
    /// `raised` is when it is raised anew, if that is what is being decided.
    pub(super) fn hush(
        &self,
        rule: Option<&Rule>,
        alert: &Alert,
        causes: &Causes<'_>,
        raised: Option<DateTime<Utc>>,
    ) -> Hush {
        let cause = rule.and_then(|rule| causes.cause(rule, alert));
        let by =
            self.silence(alert).or_else(|| self.maintenance(alert)).or_else(|| cause.map(|cause| cause.text.clone()));
        let by = by.or_else(|| is_flapping(alert, raised, self.now).then(|| "flapping".to_owned()));
        Hush { by, inhibited_by: cause.map(|cause| cause.alert_id.clone()) }
    }

    fn silence(&self, alert: &Alert) -> Option<String> {
        let silence = self.silences.iter().find(|silence| silence.fits(alert))?;
        let why: String = silence.comment.chars().take(WHY).collect();
        Some(format!("silenced by {}: {why}", silence.created_by))
    }

    fn maintenance(&self, alert: &Alert) -> Option<String> {
        if let Some(window) = self.windows.iter().find(|window| window.fits(alert)) {
            return Some(format!("maintenance {}", window.name));
        }
        if self.out.is_empty() {
            return None;
        }
        let name = self.out.get(alert.metadata.get("worker")?.as_str())?;
        Some(format!("maintenance {name}"))
    }
}

/// Whether an alert comes and goes so often that telling of it each time would only wear people out.
fn is_flapping(alert: &Alert, raised: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    if alert.occurrences as usize + usize::from(raised.is_some()) < FLAPPING {
        return false;
    }
    let first = alert.timeline.iter().position(|moment| moment.what == AlertStep::Firing);
    let is_raised = |(place, moment): (usize, &AlertMoment)| {
        (Some(place) == first || (moment.what == AlertStep::Reopened && moment.by.is_none())).then_some(moment.at)
    };
    // Newest first, back to where it was calm.
    let before = alert.timeline.iter().enumerate().rev().filter_map(is_raised);
    let all = raised.into_iter().chain(before);
    let mut raised: Vec<DateTime<Utc>> = Vec::new();
    for at in all {
        if *raised.last().unwrap_or(&now) - at > CALM {
            break;
        }
        raised.push(at);
    }
    raised.windows(FLAPPING).any(|times| times[0] - times[FLAPPING - 1] <= FLAPPING_WITHIN)
}
