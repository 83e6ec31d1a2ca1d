//! Generated histories: whatever happens to the alerts, and whenever it is looked.

use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

const IDS: [&str; 4] = ["01A", "01B", "01C", "01D"];

#[derive(Debug, Clone)]
enum Step {
    Raise(usize),
    Resolve(usize),
    Remove(usize),
    Suppress(usize, bool),
    Acknowledge(usize, bool),
    Severity(usize, AlertSeverity),
    /// Seconds without anybody looking, and then seconds with a look in each.
    Pass(i64, i64),
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0..IDS.len();
    let severity = prop::sample::select(AlertSeverity::ALL);
    prop_oneof![
        3 => id.clone().prop_map(Step::Raise),
        2 => id.clone().prop_map(Step::Resolve),
        1 => id.clone().prop_map(Step::Remove),
        1 => (id.clone(), any::<bool>()).prop_map(|(id, on)| Step::Suppress(id, on)),
        1 => (id.clone(), any::<bool>()).prop_map(|(id, on)| Step::Acknowledge(id, on)),
        1 => (id, severity).prop_map(|(id, severity)| Step::Severity(id, severity)),
        4 => (0..400_i64, 0..400_i64).prop_map(|(blind, looking)| Step::Pass(blind, looking)),
    ]
}

fn take(world: &mut World, step: &Step) {
    let is_there = |id: usize| world.alerts.contains_key(IDS[id]);
    match *step {
        Step::Raise(id) if !world.alerts.get(IDS[id]).is_some_and(|alert| alert.state.is_active()) => {
            world.raise(IDS[id]);
        }
        Step::Resolve(id) if is_there(id) => world.resolve(IDS[id]),
        Step::Remove(id) => drop(world.alerts.remove(IDS[id])),
        Step::Suppress(id, on) if is_there(id) => {
            world.change(IDS[id], |alert| alert.suppressed_by = on.then(|| "silence".to_owned()));
        }
        Step::Acknowledge(id, on) if is_there(id) => world.change(IDS[id], |alert| alert.acknowledged = on),
        Step::Severity(id, severity) if is_there(id) => world.change(IDS[id], |alert| alert.severity = severity),
        _ => {}
    }
}

/// Routes of every kind.
fn world() -> World {
    let (mut incidents, mut next) = (route("incidents"), route("next"));
    incidents.takes = Takes::Incidents;
    next.escalated_by = vec![("a".to_owned(), TimeDelta::minutes(3))];
    World::of(vec![route("a"), incidents, next])
}

#[test]
fn a_day_of_flapping_is_told_at_most_twice_in_an_interval() {
    let mut world = one();
    world.raise("01A");
    let mut told = 0;
    for minute in 0..24 * 60 {
        told += world.pass(60).len();
        if minute % 2 == 0 {
            world.resolve("01A");
        } else {
            world.raise("01A");
        }
    }
    // An alarm, its end within a minute or so, and five minutes of quiet.
    assert!((200..=480).contains(&told), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn every_alarm_that_was_told_gets_its_recovery_told_and_nothing_is_told_while_suppressed(
        steps in prop::collection::vec(step(), 1..24),
    ) {
        let mut world = world();
        // By channel and alert: whether the receiver thinks that it is open.
        let mut open: HashMap<(String, String), bool> = HashMap::new();
        let end = (0..IDS.len()).map(Step::Resolve).chain([Step::Pass(0, 700)]);
        for step in steps.into_iter().chain(end) {
            take(&mut world, &step);
            let Step::Pass(blind, looking) = step else { continue };
            world.now += TimeDelta::seconds(blind);
            for (channel, notices) in world.pass(looking) {
                for (what, id) in notices {
                    let is_open = open.entry((channel.clone(), id.clone())).or_default();
                    let suppressed = world.alerts.get(&id).is_some_and(|alert| alert.suppressed_by.is_some());
                    match what {
                        What::Recovered => prop_assert!(std::mem::take(is_open), "{channel} {id}: over twice"),
                        What::New | What::Escalated => {
                            prop_assert!(!std::mem::replace(is_open, true), "{channel} {id}: new twice");
                            prop_assert!(!suppressed);
                        }
                        _ => prop_assert!(*is_open && !suppressed, "{channel} {id}: {what:?} of what was not told"),
                    }
                }
            }
        }
        prop_assert!(open.values().all(|open| !open), "{open:?}");
        prop_assert!(world.told.values().all(|channel| channel.groups.is_empty()));
    }

    #[test]
    fn what_has_been_open_and_nobodys_for_long_enough_was_told(
        steps in prop::collection::vec(step(), 1..24),
    ) {
        let mut world = world();
        let mut open: HashMap<String, bool> = HashMap::new();
        for step in steps.into_iter().chain([Step::Pass(0, 320)]) {
            take(&mut world, &step);
            let Step::Pass(blind, looking) = step else { continue };
            world.now += TimeDelta::seconds(blind);
            for (_, notices) in world.pass(looking).into_iter().filter(|(channel, _)| channel == "a") {
                open.extend(notices.into_iter().map(|(what, id)| (id, what != What::Recovered)));
            }
        }
        let due = |alert: &&Arc<Alert>| {
            alert.state.is_active() && !alert.acknowledged && alert.suppressed_by.is_none()
        };
        for alert in world.alerts.values().filter(due) {
            prop_assert_eq!(open.get(alert.alert_id.as_str()), Some(&true), "{}", alert.alert_id);
        }
    }

    #[test]
    fn what_was_not_kept_is_decided_again_as_it_was(steps in prop::collection::vec(step(), 1..24)) {
        let mut world = world();
        for step in steps {
            take(&mut world, &step);
            let Step::Pass(blind, looking) = step else { continue };
            world.now += TimeDelta::seconds(blind);
            for _ in 0..looking.min(40) {
                world.now += TimeDelta::seconds(1);
                let before = world.told.clone();
                let planned = world.look();
                let after = std::mem::replace(&mut world.told, before);
                prop_assert_eq!(world.look(), planned);
                prop_assert!(!world.told.iter().any(|(name, told)| told.differs(&after[name])));
            }
        }
    }
}
