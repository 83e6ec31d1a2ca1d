//! Would these rules have fired? A rule on the past: on a metric's history, or on the tasks in the records.
//!
//! The states are those of the live engine ([`super::machine`]); what the past does not tell is said.

mod course;
mod metric;
mod tasks;

use super::engine::REOPEN_WITHIN;
use super::machine::Times;
use super::rule::Rule;
use super::watches::Watches;
use crate::history::QueryError;
use crate::store::{Records, StoreError};
use app::query::SeriesQuery;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::catalogue;
use forewatch::rule::{Firing, MAX_FIRINGS, RuleTrial};
use forewatch::series::QueryAnswer;
use forewatch::time;

/// How far back a rule can be tried: as far as there are values of a minute.
pub(crate) const FARTHEST: TimeDelta = TimeDelta::days(7);

/// What a rule is tried on.
pub(crate) struct Past<'a> {
    pub(crate) ask: &'a dyn Fn(&SeriesQuery) -> Result<QueryAnswer, QueryError>,
    pub(crate) records: &'a dyn Records,
}

/// Why a rule could not be tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrialError {
    #[error("`from` must lie before `to`, and before now")]
    Range,
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Span = (DateTime<Utc>, DateTime<Utc>);

/// What was found: when it would have fired, and how that was found out.
struct Found {
    step: f64,
    firings: Vec<Firing>,
    notes: Vec<String>,
}

/// Tries a rule on `from..to`, as of `now`.
pub(crate) fn trial(
    rule: &Rule,
    past: &Past<'_>,
    (from, to): Span,
    now: DateTime<Utc>,
) -> Result<RuleTrial, TrialError> {
    let mut notes = Vec::new();
    if from < now - FARTHEST {
        notes.push("only the last 7 days have values of a minute: it was tried on those".to_owned());
    }
    let (from, to) = (from.max(now - FARTHEST), to.min(now));
    if from >= to {
        return Err(TrialError::Range);
    }
    let named = |name: &str| catalogue::find(name);
    let metric = |id| metric::found(rule, id, past, (from, to));
    let found = match &rule.watches {
        Watches::Metric(id) => Some(metric(*id)?),
        Watches::ClockSkew => named("worker.clock_skew").map(metric).transpose()?,
        Watches::GpuFault => {
            notes.push(
                "devices that disappeared are not in the history: only the faults that a device reported are"
                    .to_owned(),
            );
            named("gpu.fault").map(metric).transpose()?
        }
        Watches::Tasks(figure) => Some(tasks::found(rule, figure, past.records, (from, to))?),
        other => {
            notes.push(untold(other).to_owned());
            None
        }
    };
    let step = found.as_ref().map(|found| found.step);
    let (mut firings, more) = found.map_or_else(Default::default, |found| (found.firings, found.notes));
    notes.extend(more);
    firings.sort_by(|a, b| (a.from, &a.labels).cmp(&(b.from, &b.labels)));
    let lasted = |firing: &Firing| time::seconds_between(firing.from, firing.to.unwrap_or(to));
    let (count, seconds) = (firings.len() as u64, firings.iter().map(lasted).sum());
    if firings.len() > MAX_FIRINGS {
        notes.push(format!("the first {MAX_FIRINGS} times are listed"));
        firings.truncate(MAX_FIRINGS);
    }
    Ok(RuleTrial {
        rule_id: rule.id.clone(),
        from,
        to,
        step,
        notes,
        firings: count,
        firing_seconds: seconds,
        times: firings,
    })
}

/// Whether the past tells enough of what a rule looks at to try it.
pub(super) fn can_be_tried(watches: &Watches) -> bool {
    matches!(watches, Watches::Metric(_) | Watches::ClockSkew | Watches::GpuFault | Watches::Tasks(_))
}

/// Why the past does not tell of a rule.
fn untold(watches: &Watches) -> &'static str {
    match watches {
        Watches::WorkerSilence | Watches::SourceSilence | Watches::Absent(_) => {
            "when nothing was heard, and whether anybody was there to hear it, is not in the history: it cannot be tried"
        }
        Watches::GpuHeat => {
            "each device's slowdown temperature is not in the history: try a rule on gpu.temperature instead"
        }
        Watches::BurnRate { .. } => "what objectives counted is not in the history: it cannot be tried",
        Watches::Status(_) | Watches::GpuGone | Watches::Unwritable => {
            "the history has no past of this: it cannot be tried"
        }
        _ => "who served which queue, and which task ran when, is not in the history as a whole: it cannot be tried",
    }
}

fn times(rule: &Rule) -> Times {
    Times { lasts: rule.lasts, keep_firing: rule.keep_firing, reopen_within: REOPEN_WITHIN, renotify: rule.renotify }
}
