//! The alerts of a period: how many of which rule, and how fast they were handled.

use crate::stats::StatsError;
use crate::store::Records;
use app::query::AlertFilter;
use chrono::{DateTime, Utc};
use forewatch::RuleId;
use forewatch::alert::{Alert, AlertSeverity};
use forewatch::report::{AlertFigures, Compared, RuleFigures, Spread};
use std::collections::BTreeMap;

type Span = (DateTime<Utc>, DateTime<Utc>);

/// Alerts that are read for one period at most; a report says no more of a storm of more than these.
const MAX_ALERTS: usize = 100_000;
/// Alerts that are read at once.
const PAGE: usize = 1_000;

/// Alerts that are counted together.
#[derive(Default)]
struct Handled {
    worst: Option<AlertSeverity>,
    raised: u64,
    resolved: u64,
    to_acknowledge: Vec<f64>,
    to_resolve: Vec<f64>,
}

/// All alerts of a period, and those of each rule, the noisiest first. The period before counts only where it is `known`.
pub(super) fn of(
    records: &dyn Records,
    span: Span,
    before: Span,
    known: bool,
) -> Result<(Compared<AlertFigures>, Vec<RuleFigures>), StatsError> {
    let (mut all, by_rule) = read(records, span)?;
    let (mut all_before, mut by_rule_before) = if known { read(records, before)? } else { Default::default() };
    let mut rules: Vec<RuleFigures> = by_rule
        .into_iter()
        .map(|(rule_id, mut now)| RuleFigures {
            severity: now.worst.unwrap_or(AlertSeverity::Info),
            alerts: Compared {
                now: now.figures(),
                before: known.then(|| by_rule_before.remove(&rule_id).unwrap_or_default().figures()),
            },
            rule_id,
        })
        .collect();
    rules.sort_by(|a, b| b.alerts.now.raised.cmp(&a.alerts.now.raised).then_with(|| a.rule_id.cmp(&b.rule_id)));
    Ok((Compared { now: all.figures(), before: known.then(|| all_before.figures()) }, rules))
}

fn read(records: &dyn Records, (from, to): Span) -> Result<(Handled, BTreeMap<RuleId, Handled>), StatsError> {
    let mut filter = AlertFilter {
        state: Some("all".to_owned()),
        from: Some(from),
        to: Some(to),
        limit: PAGE,
        ..AlertFilter::default()
    };
    let (mut all, mut by_rule) = (Handled::default(), BTreeMap::<RuleId, Handled>::new());
    for _ in 0..MAX_ALERTS / PAGE {
        let page = records.alerts(&filter)?;
        // What never was true for long enough was no alert.
        for alert in page.items.iter().filter(|alert| alert.was_raised()) {
            all.add(alert);
            by_rule.entry(alert.rule_id.clone()).or_default().add(alert);
        }
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            break;
        }
    }
    Ok((all, by_rule))
}

impl Handled {
    fn add(&mut self, alert: &Alert) {
        self.raised += 1;
        self.worst = self.worst.max(Some(alert.severity));
        self.to_acknowledge.extend(alert.acknowledged_after());
        self.to_resolve.extend(alert.resolved_after());
        self.resolved += u64::from(alert.resolved_at.is_some());
    }

    fn figures(&mut self) -> AlertFigures {
        AlertFigures {
            raised: self.raised,
            acknowledged: self.to_acknowledge.len() as u64,
            resolved: self.resolved,
            time_to_acknowledge: Spread::of(std::mem::take(&mut self.to_acknowledge)),
            time_to_resolve: Spread::of(std::mem::take(&mut self.to_resolve)),
        }
    }
}
