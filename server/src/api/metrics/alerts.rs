//! Alerts: how many there are, how many each rule raised, and how fast they were handled.

use super::text::{Kind, Text};
use crate::collector::Fleet;
use crate::state::AppState;
use crate::telemetry::{CLASSES, Times};
use forewatch::alert::{AlertSeverity, AlertState};
use std::collections::BTreeMap;

/// Writes all of it. A rule that has raised nothing yet is told with 0, so that its first alert is seen as one.
pub(super) fn write(text: &mut Text, fleet: &Fleet, state: &AppState) {
    open(text, fleet);
    let figures = state.counters.alerts.figures();
    let mut raised: BTreeMap<&str, u64> = state.rules.iter().map(|rule| (rule.id.as_str(), 0)).collect();
    raised.extend(figures.raised.iter().map(|(rule, count)| (rule.as_str(), *count)));
    let mut family =
        text.family("forewatch_alert_episodes_total", Kind::Counter, "Episodes of alerts that a rule raised.");
    for (rule, count) in raised {
        family.sample(&[("rule", rule)], Some(count as f64));
    }
    times(
        text,
        "forewatch_alert_time_to_acknowledge_seconds",
        "From when an alert was raised to its first acknowledgement.",
        &figures.to_acknowledge,
    );
    times(
        text,
        "forewatch_alert_time_to_resolve_seconds",
        "From when an alert was raised to its first end.",
        &figures.to_resolve,
    );
}

fn times(text: &mut Text, name: &str, help: &str, times: &Times) {
    let classes = CLASSES.into_iter().zip(times.within);
    text.family(name, Kind::Histogram, help).histogram(classes, times.count, times.sum);
}

fn open(text: &mut Text, fleet: &Fleet) {
    let mut family =
        text.family("forewatch_alerts", Kind::Gauge, "Alerts that are not resolved, by state and severity.");
    for state in [AlertState::Pending, AlertState::Firing, AlertState::Recovering] {
        for severity in AlertSeverity::ALL {
            let count =
                fleet.alerts.values().filter(|alert| alert.state == state && alert.severity == *severity).count();
            family.sample(&[("state", state.as_str()), ("severity", severity.as_str())], Some(count as f64));
        }
    }
}
