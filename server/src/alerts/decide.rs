//! What changes about one subject's episode.
//!
//! A condition is true from the threshold on. Once it fires it stays true until it is beyond `clear`, and then it is
//! false until it reaches the threshold again: no flutter between the two.

use super::causes::Causes;
use super::identity::{alert_id, fingerprint};
use super::machine::{Condition, Next, Times};
use super::quiet::{Hush, Quiet};
use super::rule::Rule;
use super::subject::{Reading, Subject};
use super::template::{Place, Template};
use crate::collector::Fleet;
use chrono::{DateTime, Utc};
use forewatch::alert::{Alert, AlertState};
use forewatch::event::AlertTransition;
use forewatch::format;

/// What a decision depends on besides the subject and its episode.
#[derive(Clone, Copy)]
pub(super) struct Judge<'j, 'a> {
    pub(super) rule: &'a Rule,
    pub(super) times: Times,
    pub(super) fleet: &'a Fleet,
    pub(super) causes: &'j Causes<'a>,
    pub(super) quiet: &'j Quiet<'a>,
    pub(super) now: DateTime<Utc>,
}

/// Whether the condition is true now; `None`: nothing can be said.
pub(super) fn truth(rule: &Rule, subject: &Subject<'_>, was_firing: bool) -> Option<bool> {
    let bound = subject.bound(if was_firing { rule.clear } else { rule.threshold });
    let holds = subject.reading.value().map(|value| rule.op.holds(value, bound))?;
    match subject.reading {
        Reading::AtLeast(_) => holds.then_some(true),
        Reading::TooFew(_) => (!holds).then_some(false),
        Reading::Clear(_) => Some(false),
        Reading::Holds(_) => Some(true),
        Reading::Value(_) | Reading::Unknown => Some(holds),
    }
}

impl Judge<'_, '_> {
    /// What changes about a subject's episode, if anything.
    pub(super) fn next(&self, subject: &Subject<'_>, alert: &Alert) -> Option<AlertTransition> {
        let was_firing = alert.condition_true && alert.state != AlertState::Pending;
        let truth = truth(self.rule, subject, was_firing);
        let was = Condition {
            state: alert.state,
            since: alert.state_since,
            is_true: alert.condition_true,
            resolved_at: alert.resolved_at,
        };
        let value = subject.reading.value();
        match self.times.next(&was, truth, subject.heard_since, self.now) {
            Next::Stay => self.restated(subject, alert),
            Next::Drop => Some(to(alert, None, value)),
            Next::Enter(state) => Some(self.enter(subject, alert, state)),
            Next::Again(state) => {
                let title = Some(self.write(subject, &self.rule.title));
                Some(AlertTransition { title, ..self.enter(subject, alert, state) })
            }
            Next::Anew => Some(self.open(subject)),
        }
    }

    fn enter(&self, subject: &Subject<'_>, alert: &Alert, state: AlertState) -> AlertTransition {
        let title = (state == AlertState::Firing).then(|| self.write(subject, &self.rule.title));
        let severity = self.severity(subject, alert);
        let decision = to(alert, Some(state), subject.reading.value());
        // Told before to be over: now it is raised anew.
        let raised = (state == AlertState::Firing && alert.resolved_at.is_some()).then_some(self.now);
        let hush = self.quiet.hush(Some(self.rule), alert, self.causes, raised);
        AlertTransition { severity, title, ..hushed(decision, hush) }
    }

    /// The condition is as it was; how it is shown may not be.
    fn restated(&self, subject: &Subject<'_>, alert: &Alert) -> Option<AlertTransition> {
        if !alert.state.is_active() {
            return None;
        }
        let severity = self.severity(subject, alert);
        let hush = self.quiet.hush(Some(self.rule), alert, self.causes, None);
        let changed = alert.suppressed_by != hush.by || alert.inhibited_by != hush.inhibited_by;
        (severity.is_some() || changed).then(|| AlertTransition {
            severity,
            value: subject.reading.value().filter(|_| severity.is_some()),
            ..hushed(to(alert, Some(alert.state), None), hush)
        })
    }

    /// The severity from now on, when it changes: that of the value, and never less than that of what is held back.
    fn severity(&self, subject: &Subject<'_>, alert: &Alert) -> Option<forewatch::AlertSeverity> {
        let rule = self.rule;
        // While it is not true its value says nothing of how bad it is.
        let value = subject.reading.value().filter(|_| truth(rule, subject, true) == Some(true));
        let slack = (rule.threshold - rule.clear).abs() * subject.scale;
        let own = rule.severities.at(rule.op, value, slack, Some(alert.severity), |at| subject.bound(at));
        let held = alert.holds_back.iter().filter_map(|id| self.fleet.alerts.get(id)).map(|held| held.severity).max();
        let severity = own.max(held.unwrap_or(own));
        (severity != alert.severity).then_some(severity)
    }

    /// Begins an episode.
    pub(super) fn open(&self, subject: &Subject<'_>) -> AlertTransition {
        let (rule, kind, now) = (self.rule, subject.kind, self.now);
        let value = subject.reading.value();
        let labels = kind.labels();
        let fingerprint = fingerprint(&rule.id, &labels);
        let state = self.times.first();
        let mut alert = Alert {
            alert_id: alert_id(now, &fingerprint),
            title: self.write(subject, &rule.title),
            description: self.write(subject, &rule.description),
            severity: rule.severities.at(rule.op, value, 0.0, None, |at| subject.bound(at)),
            timestamp: now,
            component: kind.component(),
            component_id: kind.component_id(),
            metric_name: Some(rule.watches.metric_name(kind.component())),
            metric_value: value,
            threshold: Some(subject.bound(rule.threshold)),
            is_active: state.is_active(),
            acknowledged: false,
            acknowledged_by: None,
            acknowledged_at: None,
            resolved_at: None,
            tags: kind.tags(),
            metadata: labels,
            rule_id: rule.id.clone(),
            fingerprint,
            state,
            state_since: now,
            condition_true: true,
            last_seen: now,
            updated_at: now,
            occurrences: 1,
            resolved_by: None,
            acknowledged_until: None,
            note: None,
            suppressed_by: None,
            inhibited_by: None,
            holds_back: Vec::new(),
            held_back: 0,
            runbook: rule.runbook.as_ref().map(|runbook| self.write(subject, runbook)),
            timeline: Vec::new(),
        };
        let hush = self.quiet.hush(Some(rule), &alert, self.causes, None);
        let decision = hushed(to(&alert, Some(state), value), hush);
        alert.suppressed_by.clone_from(&decision.suppressed_by);
        alert.inhibited_by.clone_from(&decision.inhibited_by);
        AlertTransition { opens: Some(alert), ..decision }
    }

    fn write(&self, subject: &Subject<'_>, template: &Template) -> String {
        let unit = self.rule.watches.unit();
        template.fill(|place| match place {
            Place::Subject => subject.kind.name(),
            Place::Value => subject.reading.value().map_or_else(String::new, |value| format::value(unit, value)),
            Place::Threshold => format::value(unit, subject.bound(self.rule.threshold)),
            Place::Label(label) => subject.kind.shown(label),
        })
    }
}

/// What an alert is about, or its rule, is gone for good: so is the alert. No value comes along.
pub(super) fn forgotten(alert: &Alert) -> Option<AlertTransition> {
    let over = alert.state == AlertState::Resolved && !alert.condition_true;
    (!over).then(|| match (alert.state, alert.resolved_at) {
        (AlertState::Pending, None) => to(alert, None, None),
        _ => to(alert, Some(AlertState::Resolved), None),
    })
}

/// An alert that no rule watches: only whether anyone is told of it can change by itself.
pub(super) fn manual(alert: &Alert, quiet: &Quiet<'_>, causes: &Causes<'_>) -> Option<AlertTransition> {
    let hush = quiet.hush(None, alert, causes, None);
    (alert.state.is_active() && alert.suppressed_by != hush.by)
        .then(|| hushed(to(alert, Some(alert.state), None), hush))
}

/// An acknowledgement whose time is up.
pub(super) fn expired(alert: &Alert, now: DateTime<Utc>) -> bool {
    let open = alert.acknowledged && alert.state != AlertState::Resolved;
    open && alert.acknowledged_until.is_some_and(|until| until <= now)
}

/// A decision that leaves the condition as it is.
pub(super) fn unchanged(alert: &Alert) -> AlertTransition {
    AlertTransition {
        suppressed_by: alert.suppressed_by.clone(),
        inhibited_by: alert.inhibited_by.clone(),
        ..to(alert, Some(alert.state), None)
    }
}

fn hushed(decision: AlertTransition, hush: Hush) -> AlertTransition {
    AlertTransition { suppressed_by: hush.by, inhibited_by: hush.inhibited_by, ..decision }
}

fn to(alert: &Alert, state: Option<AlertState>, value: Option<f64>) -> AlertTransition {
    AlertTransition {
        alert_id: alert.alert_id.clone(),
        to: state,
        opens: None,
        value,
        severity: None,
        title: None,
        suppressed_by: None,
        inhibited_by: None,
        acknowledgement_expired: false,
    }
}

/// Whether a subject without an episode begins one.
pub(super) fn begins(rule: &Rule, subject: &Subject<'_>) -> bool {
    truth(rule, subject, false) == Some(true)
}
