//! One condition's way: pending, firing, recovering, resolved; and back.
//!
//! A condition is true from the threshold on. Once it fires it stays true until it is below `clear`,
//! and then it is false until it reaches the threshold again: no flutter between the two.

use super::engine::Settings;
use super::identity::{alert_id, fingerprint};
use super::rule::{Rule, fill, write_value};
use super::subject::{Kind, Reading, Subject};
use chrono::{DateTime, Utc};
use forewatch::alert::{Alert, AlertState};
use forewatch::event::AlertTransition;

/// Whether the condition is true now; `None`: nothing can be said.
fn truth(rule: &Rule, subject: &Subject<'_>, was_firing: bool) -> Option<bool> {
    let bound = subject.base + if was_firing { rule.clear } else { rule.threshold };
    let holds = subject.reading.value().map(|value| rule.op.holds(value, bound))?;
    match subject.reading {
        Reading::AtLeast(_) => holds.then_some(true),
        Reading::TooFew(_) => (!holds).then_some(false),
        Reading::Value(_) | Reading::Unknown => Some(holds),
    }
}

/// What changes about a subject's episode, if anything.
pub(super) fn next(
    rule: &Rule,
    settings: &Settings,
    subject: &Subject<'_>,
    alert: &Alert,
    suppressed: Option<String>,
    now: DateTime<Utc>,
) -> Option<AlertTransition> {
    use AlertState::{Firing, Pending, Recovering, Resolved};
    let was_firing = alert.condition_true && alert.state != Pending;
    let truth = truth(rule, subject, was_firing);
    let lasted = now - alert.state_since;
    let state = match (alert.state, truth) {
        (Pending, Some(true)) if lasted >= rule.lasts => Firing,
        // What cannot be seen was not seen to last.
        (Pending, Some(false) | None) => return Some(to(alert, dropped(alert), subject.reading.value())),
        (Firing, Some(false)) if rule.keep_firing.is_zero() => Resolved,
        (Firing, Some(false)) => Recovering,
        (Recovering, Some(true)) => Firing,
        (Recovering, Some(false)) if lasted >= rule.keep_firing => Resolved,
        (Resolved, Some(true)) => return again(rule, settings, subject, alert, suppressed, now),
        // It was resolved by hand while it was true: now it has cleared.
        (Resolved, Some(false)) if alert.condition_true => Resolved,
        (state, _) => return restated(rule, alert, state, suppressed),
    };
    let mut decision = AlertTransition { suppressed_by: suppressed, ..to(alert, Some(state), subject.reading.value()) };
    if state == Firing {
        decision.title = Some(write(rule, subject, &rule.title));
    }
    Some(decision)
}

/// The condition of a resolved episode is true.
fn again(
    rule: &Rule,
    settings: &Settings,
    subject: &Subject<'_>,
    alert: &Alert,
    suppressed: Option<String>,
    now: DateTime<Utc>,
) -> Option<AlertTransition> {
    let state = if alert.condition_true {
        // A person resolved it: it stays so until it has cleared once, or for the renotify time.
        let resolved = alert.resolved_at.unwrap_or(alert.state_since);
        if now - resolved < settings.renotify {
            return None;
        }
        AlertState::Firing
    } else if now - alert.state_since <= settings.reopen_within {
        first_state(rule)
    } else {
        return open(rule, subject, |_| suppressed.clone(), now);
    };
    let title = Some(write(rule, subject, &rule.title));
    Some(AlertTransition { title, suppressed_by: suppressed, ..to(alert, Some(state), subject.reading.value()) })
}

/// The condition is as it was; how it is shown may not be.
fn restated(rule: &Rule, alert: &Alert, state: AlertState, suppressed: Option<String>) -> Option<AlertTransition> {
    let severity = (alert.severity != rule.severity).then_some(rule.severity);
    let changed = severity.is_some() || alert.suppressed_by != suppressed;
    (changed && state.is_active()).then(|| AlertTransition {
        severity,
        suppressed_by: suppressed,
        ..to(alert, Some(state), None)
    })
}

/// A subject without an episode: begins one if the condition is true.
pub(super) fn open(
    rule: &Rule,
    subject: &Subject<'_>,
    suppression: impl Fn(Option<&str>) -> Option<String>,
    now: DateTime<Utc>,
) -> Option<AlertTransition> {
    if truth(rule, subject, false) != Some(true) {
        return None;
    }
    let (kind, value) = (subject.kind, subject.reading.value());
    let labels = kind.labels();
    let fingerprint = fingerprint(&rule.id, &labels);
    let state = first_state(rule);
    let suppressed_by = suppression(labels.get("worker").map(String::as_str));
    let alert = Alert {
        alert_id: alert_id(now, &fingerprint),
        title: write(rule, subject, &rule.title),
        description: write(rule, subject, &rule.description),
        severity: rule.severity,
        timestamp: now,
        component: kind.component(),
        component_id: kind.component_id(),
        metric_name: Some(metric_name(rule, kind).to_owned()),
        metric_value: value,
        threshold: Some(subject.base + rule.threshold),
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
        suppressed_by: suppressed_by.clone(),
        runbook: None,
        timeline: Vec::new(),
    };
    Some(AlertTransition { suppressed_by, opens: Some(alert.clone()), ..to(&alert, Some(state), value) })
}

/// What an alert is about, or its rule, is gone for good: so is the alert. No value comes along.
pub(super) fn forgotten(alert: &Alert) -> Option<AlertTransition> {
    let over = alert.state == AlertState::Resolved && !alert.condition_true;
    (!over).then(|| match alert.state {
        AlertState::Pending => to(alert, dropped(alert), None),
        _ => to(alert, Some(AlertState::Resolved), None),
    })
}

/// An acknowledgement whose time is up.
pub(super) fn expired(alert: &Alert, now: DateTime<Utc>) -> Option<AlertTransition> {
    let open = alert.acknowledged && alert.state != AlertState::Resolved;
    (open && alert.acknowledged_until.is_some_and(|until| until <= now)).then(|| AlertTransition {
        acknowledgement_expired: true,
        suppressed_by: alert.suppressed_by.clone(),
        ..to(alert, Some(alert.state), None)
    })
}

/// Where a condition that was true for too short a time goes: nowhere, or back to being over.
fn dropped(alert: &Alert) -> Option<AlertState> {
    alert.resolved_at.map(|_| AlertState::Resolved)
}

fn first_state(rule: &Rule) -> AlertState {
    if rule.lasts.is_zero() { AlertState::Firing } else { AlertState::Pending }
}

fn metric_name(rule: &Rule, kind: Kind<'_>) -> &'static str {
    rule.watches.metric_name(matches!(kind, Kind::Queue(_)))
}

fn write(rule: &Rule, subject: &Subject<'_>, template: &str) -> String {
    let metric = metric_name(rule, subject.kind);
    let value = subject.reading.value().map_or_else(String::new, |value| write_value(metric, value));
    fill(template, &subject.kind.name(), &value, &write_value(metric, subject.base + rule.threshold))
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
        acknowledgement_expired: false,
    }
}
