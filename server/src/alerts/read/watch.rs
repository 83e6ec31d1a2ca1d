//! What a rule looks at, as written: a metric, a figure over tasks, or a kind of its own.

use super::words::Told;
use crate::alerts::rule::Op;
use crate::alerts::watches::{Agg, Scope, TaskFigure, Watches, component};
use crate::config::{RuleText, Span};
use chrono::TimeDelta;
use forewatch::WorkerStatus;
use forewatch::alert::AlertComponent;
use forewatch::catalogue::{self, MetricId};
use std::time::Duration;

/// How long a figure over tasks is over, unless a rule says otherwise.
const WINDOW: Duration = Duration::from_mins(5);
/// The steps in which what ended is counted.
const LEAST_WINDOW: Duration = Duration::from_secs(5);
/// A task that has not run for this long is not stuck, unless a rule says otherwise.
const AT_LEAST: Duration = Duration::from_mins(5);

/// Every kind, with the comparison and the threshold that it has unless a rule says otherwise.
const KINDS: [(&str, Op, Option<f64>); 13] = [
    ("absent", Op::AtLeast, None),
    ("status", Op::AtLeast, Some(1.0)),
    ("clock-skew", Op::Above, None),
    ("streak", Op::AtLeast, None),
    ("stalled", Op::AtLeast, None),
    ("unserved", Op::Above, Some(0.0)),
    ("stuck", Op::Above, None),
    ("hot", Op::AtLeast, Some(0.0)),
    ("fault", Op::AtLeast, Some(1.0)),
    ("gone", Op::AtLeast, Some(1.0)),
    ("idle", Op::Below, None),
    ("burn-rate", Op::AtLeast, None),
    ("unwritable", Op::AtLeast, None),
];

/// What a rule looks at, and how it compares unless it says otherwise.
pub(super) struct Watched {
    pub(super) watches: Watches,
    pub(super) op: Op,
    pub(super) threshold: Option<f64>,
}

impl Watched {
    /// `None` where that cannot be told; why is told.
    pub(super) fn read(text: &RuleText, longest: Duration, told: &mut Told) -> Option<Self> {
        only_where_it_fits(text, told);
        let watched = match (&text.metric, &text.agg, &text.kind) {
            (Some(metric), None, None) => {
                let id = metric_of(metric, told)?;
                Self { watches: Watches::Metric(id), op: Op::Above, threshold: None }
            }
            (None, Some(agg), None) => {
                let figure = figure(text, agg, longest, told)?;
                Self { watches: Watches::Tasks(figure), op: Op::Above, threshold: None }
            }
            (metric, None, Some(kind)) => kind_of(text, kind, metric.as_deref(), told)?,
            (None, None, None) => {
                told.mistake("metric", "is missing: a rule looks at a `metric`, has an `agg` over tasks, or a `kind`");
                return None;
            }
            (_, Some(_), _) => {
                told.mistake("agg", "goes with neither `metric` nor `kind`: it is a figure over tasks of its own");
                return None;
            }
        };
        if let Some(written) = &text.component {
            component_fits(written, &watched.watches, told);
        }
        Some(watched)
    }
}

fn kind_of(text: &RuleText, written: &str, metric: Option<&str>, told: &mut Told) -> Option<Watched> {
    let kinds = KINDS.iter().map(|(name, op, threshold)| (*name, (*name, *op, *threshold)));
    let (kind, op, threshold) = told.word("kind", written, kinds)?;
    let watches = match kind {
        "absent" if metric.is_some() => {
            let metric = metric.unwrap_or_default();
            return Some(Watched { watches: Watches::Absent(metric_of(metric, told)?), op, threshold: Some(1.0) });
        }
        "absent" => match text.component.as_deref().unwrap_or("worker") {
            "source" => Watches::SourceSilence,
            _ => Watches::WorkerSilence,
        },
        "status" => Watches::Status(match &text.status {
            Some(written) => {
                let all = WorkerStatus::ALL.iter().filter(|status| **status != WorkerStatus::Offline);
                told.word("status", written, all.map(|status| (status.as_str(), *status)))?
            }
            None => WorkerStatus::Error,
        }),
        "clock-skew" => Watches::ClockSkew,
        "streak" => Watches::Streak,
        "stalled" => Watches::Stalled,
        "unserved" => Watches::Unserved,
        "stuck" => {
            let at_least = text.at_least.map_or(AT_LEAST, |Span(span)| span);
            Watches::Stuck { at_least: TimeDelta::from_std(at_least).unwrap_or(TimeDelta::MAX) }
        }
        "hot" => Watches::GpuHeat,
        "fault" => Watches::GpuFault,
        "gone" => Watches::GpuGone,
        "unwritable" => Watches::Unwritable,
        "burn-rate" => Watches::BurnRate { min_samples: text.min_samples.unwrap_or(0) },
        _ => Watches::GpuIdle,
    };
    if metric.is_some() {
        told.mistake("metric", "goes with the kind \"absent\" alone: other kinds know what they look at");
    }
    Some(Watched { watches, op, threshold })
}

fn figure(text: &RuleText, agg: &str, longest: Duration, told: &mut Told) -> Option<TaskFigure> {
    let agg = told.word("agg", agg, Agg::ALL.iter().map(|agg| (agg.as_str(), *agg)));
    let window = text.window.map_or(WINDOW, |Span(span)| span);
    if window < LEAST_WINDOW || window > longest {
        let most = humantime::format_duration(longest);
        told.mistake("window", &format!("must lie between 5s and collector.window, which is {most}"));
    }
    let mut by = Vec::new();
    let written = text.by.as_deref().map_or_else(|| vec!["system"], |by| by.iter().map(String::as_str).collect());
    for (place, word) in written.into_iter().enumerate() {
        let scopes = Scope::ALL.iter().map(|scope| (scope.as_str(), *scope));
        by.extend(told.word(&format!("by[{place}]"), word, scopes));
    }
    // The more general ones first.
    by.sort_unstable();
    by.dedup();
    if by.is_empty() {
        told.mistake("by", "names nothing: leave it out to look at the system");
        return None;
    }
    let window = i64::try_from(window.as_secs()).unwrap_or(i64::MAX);
    Some(TaskFigure { agg: agg?, window, by, min_samples: text.min_samples.unwrap_or(0) })
}

/// Keys that mean something with some rules only.
fn only_where_it_fits(text: &RuleText, told: &mut Told) {
    let of_tasks = "is for rules on tasks, which have an `agg`";
    let kind = text.kind.as_deref();
    for (key, given) in [
        ("window", text.window.is_some()),
        ("by", text.by.is_some()),
        ("min_samples", text.min_samples.is_some_and(|n| n > 0) && kind != Some("burn-rate")),
    ] {
        if given && text.agg.is_none() {
            told.mistake(key, of_tasks);
        }
    }
    if text.at_least.is_some() && kind != Some("stuck") {
        told.mistake("at_least", "is for the kind \"stuck\"");
    }
    if text.status.is_some() && kind != Some("status") {
        told.mistake("status", "is for the kind \"status\"");
    }
}

/// The metric of a name. Of a name that is not known those of the same subject are told, or all.
fn metric_of(written: &str, told: &mut Told) -> Option<MetricId> {
    catalogue::find(written).or_else(|| {
        let subject = written.split_once('.').map(|(subject, _)| subject);
        let of = |name: &str| name.split_once('.').map(|(subject, _)| subject) == subject;
        let any = catalogue::all().any(|(_, metric)| of(metric.name));
        let known = catalogue::all().filter(|(_, metric)| !any || of(metric.name));
        told.word("metric", written, known.map(|(id, metric)| (metric.name, id)))
    })
}

fn component_fits(written: &str, watches: &Watches, told: &mut Told) {
    let components = match watches {
        Watches::Tasks(_) => vec![AlertComponent::Task],
        Watches::Absent(id) => vec![component(*id)],
        Watches::WorkerSilence | Watches::SourceSilence => vec![AlertComponent::Worker, AlertComponent::Source],
        watches => watches.components(),
    };
    told.word("component", written, components.into_iter().map(|component| (component.as_str(), ())));
}
