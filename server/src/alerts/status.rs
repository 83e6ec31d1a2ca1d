//! Rules as they are shown: how close each is to firing now.

use super::decide::truth;
use super::hosts::Hosts;
use super::reading::{self, Sight};
use super::rule::Rule;
use super::subject::{Reading, Subject};
use super::trial::can_be_tried;
use super::words;
use crate::collector::Fleet;
use chrono::{DateTime, Utc};
use forewatch::AlertState;
use forewatch::rule::{Nearest, RuleStatus, SeverityStep};
use std::collections::BTreeSet;

/// Every rule as of now. `since` is since when the server has been there.
pub(crate) fn statuses(rules: &[Rule], fleet: &Fleet, since: DateTime<Utc>, now: DateTime<Utc>) -> Vec<RuleStatus> {
    let hosts = Hosts::of(fleet);
    let sight = Sight { fleet, hosts: &hosts, since, now, early: &BTreeSet::new() };
    rules.iter().map(|rule| status(rule, sight)).collect()
}

fn status(rule: &Rule, sight: Sight<'_>) -> RuleStatus {
    let (mut subjects, mut unknown) = (0, 0);
    let mut nearest: Option<(f64, Subject<'_>, f64)> = None;
    reading::each(rule, sight, None, |subject| {
        if !rule.filter.fits(subject.kind) {
            return;
        }
        subjects += 1;
        let value = match subject.reading {
            Reading::Unknown => {
                unknown += 1;
                return;
            }
            // It is not what would fire, whatever it is.
            Reading::Clear(_) => return,
            reading => reading.value(),
        };
        let Some(value) = value else { return };
        let bound = subject.bound(rule.threshold);
        let beyond = if rule.op.is_upward() { value - bound } else { bound - value };
        let closeness = if bound == 0.0 { beyond } else { beyond / bound.abs() };
        if nearest.as_ref().is_none_or(|(before, ..)| closeness > *before) {
            nearest = Some((closeness, subject, value));
        }
    });
    let in_state = |fits: fn(AlertState) -> bool| {
        let of_rule = sight.fleet.alerts.values().filter(|alert| alert.rule_id == rule.id);
        of_rule.filter(|alert| fits(alert.state)).count() as u64
    };
    RuleStatus {
        rule_id: rule.id.clone(),
        origin: rule.origin,
        components: rule.watches.components(),
        watches: rule.watches.word(),
        condition: words::condition(rule),
        can_be_tried: can_be_tried(&rule.watches),
        unit: rule.watches.unit(),
        filter: rule.filter.written(),
        op: rule.op.as_str().to_owned(),
        threshold: rule.threshold,
        clear: rule.clear,
        for_seconds: rule.lasts.as_seconds_f64(),
        keep_firing_seconds: rule.keep_firing.as_seconds_f64(),
        severity: rule.severities.first,
        severities: rule
            .severities
            .steps
            .iter()
            .map(|step| SeverityStep { at: step.at, severity: step.severity })
            .collect(),
        subjects,
        unknown,
        active: in_state(AlertState::is_active),
        pending: in_state(|state| state == AlertState::Pending),
        nearest: nearest.map(|(_, subject, value)| of_subject(rule, &subject, value)),
    }
}

fn of_subject(rule: &Rule, subject: &Subject<'_>, value: f64) -> Nearest {
    let threshold = subject.bound(rule.threshold);
    let share = if rule.op.is_upward() { (value, threshold) } else { (threshold, value) };
    Nearest {
        component: subject.kind.component(),
        component_id: subject.kind.component_id(),
        name: subject.kind.name(),
        value,
        threshold,
        is_true: truth(rule, subject, false),
        share: (share.1 != 0.0).then(|| share.0 / share.1).filter(|share| share.is_finite()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world::{World, ratio, start};
    use super::*;

    fn of(world: &World, rule: &str) -> RuleStatus {
        let all = statuses(world.rules(), &world.fleet, start(), world.now);
        all.into_iter().find(|status| status.rule_id.as_str() == rule).expect("there is such a rule")
    }

    #[test]
    fn a_rule_tells_who_is_closest_to_its_threshold_and_how_close() {
        let mut world = World::new();
        world.cpu(1, Some(0.45));
        world.cpu(2, Some(0.72));
        world.cpu(3, None);
        let status = of(&world, "cpu-high");
        let nearest = status.nearest.expect("two loads are known");
        assert_eq!((nearest.component_id.as_str(), nearest.value, nearest.is_true), ("gpu-2", 0.72, Some(false)));
        assert!((nearest.share.expect("the threshold is not zero") - 0.8).abs() < 1e-9);
        assert_eq!((status.subjects, status.unknown, status.active), (3, 1, 0));
        world.cpu(1, Some(0.99));
        world.pass(121);
        let status = of(&world, "cpu-high");
        assert_eq!((status.active, status.nearest.and_then(|nearest| nearest.is_true)), (1, Some(true)));
    }

    #[test]
    fn a_threshold_of_its_own_and_a_small_value_count_their_own_way() {
        let mut world = World::new();
        world.gpu(1, |gpu| {
            gpu.slowdown_temperature_celsius = Some(80.0);
            gpu.temperature_celsius = Some(72.0);
            gpu.utilization = Some(ratio(0.1));
        });
        let hot = of(&world, "gpu-hot").nearest.expect("its temperature is known");
        assert_eq!((hot.threshold, hot.share), (80.0, Some(0.9)));
        assert_eq!(of(&world, "gpu-idle-with-backlog").nearest, None, "there is no work");
        world.waiting("gpu_priority", 3);
        world.worker(1, |worker| worker.metrics.queues = vec!["gpu_priority".to_owned()]);
        let idle = of(&world, "gpu-idle-with-backlog").nearest.expect("there is work");
        assert_eq!((idle.value, idle.threshold, idle.share), (0.1, 0.05, Some(0.5)));
    }
}
