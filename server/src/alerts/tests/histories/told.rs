//! Properties of who is told: by a teller that tells of what is active and not suppressed, and of its end.

use super::{Step, cases, step, take};
use crate::alerts::tests::world::World;
use crate::collector::Fleet;
use forewatch::{AlertId, AlertState};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Tells as a channel without filters would.
#[derive(Default)]
struct Teller {
    told: BTreeSet<AlertId>,
}

impl Teller {
    /// Looks at the alerts after an evaluation; an error says which promise was broken.
    fn look(&mut self, fleet: &Fleet) -> Result<(), String> {
        for alert in fleet.alerts.values() {
            if alert.is_active && alert.suppressed_by.is_none() && !alert.acknowledged {
                self.told.insert(alert.alert_id.clone());
            }
            if alert.state == AlertState::Resolved {
                self.told.remove(&alert.alert_id);
            }
        }
        match self.told.iter().find(|id| !fleet.alerts.contains_key(*id)) {
            Some(lost) => Err(format!("{lost} was told and has gone without its end")),
            None => Ok(()),
        }
    }
}

/// Everything is well again, and everybody speaks.
fn heal(world: &mut World) {
    for n in 0..2 {
        take(world, &Step::Speaks(n));
        take(world, &Step::Load(n, Some(0.1)));
        take(world, &Step::Heat(n, 40.0));
    }
    take(world, &Step::Waiting(0));
    take(world, &Step::Source(true));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_alarm_that_was_told_has_its_end_told_once_all_is_well(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        let mut teller = Teller::default();
        for step in &steps {
            take(&mut world, step);
            prop_assert_eq!(teller.look(&world.fleet), Ok(()));
        }
        heal(&mut world);
        for _ in 0..100 {
            world.pass_by(10, 10);
            prop_assert_eq!(teller.look(&world.fleet), Ok(()));
        }
        prop_assert!(teller.told.is_empty(), "still told: {:?}", teller.told);
        let open = world.fleet.alerts.values().filter(|alert| alert.state != AlertState::Resolved).count();
        prop_assert_eq!(open, 0);
    }

    /// What is suppressed says why, and only an active alert is held back by another.
    #[test]
    fn an_alert_lists_those_that_it_holds_back_and_those_alone(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in &steps {
            take(&mut world, step);
            for cause in world.fleet.alerts.values() {
                let held = world.fleet.alerts.values().filter(|alert| alert.is_active && alert.inhibited_by.as_ref() == Some(&cause.alert_id));
                let held: BTreeSet<&AlertId> = held.map(|alert| &alert.alert_id).collect();
                prop_assert_eq!(cause.holds_back.iter().collect::<BTreeSet<_>>(), held);
                prop_assert_eq!(cause.held_back, cause.holds_back.len() as u64);
                prop_assert_ne!(cause.inhibited_by.as_ref(), Some(&cause.alert_id));
            }
        }
    }

    /// No two alerts keep one another quiet: somebody is told of everything that is active, or of its cause.
    #[test]
    fn what_is_held_back_is_held_back_by_something_that_is_true(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in &steps {
            take(&mut world, step);
            world.tick();
            for alert in world.fleet.alerts.values().filter(|alert| alert.is_active) {
                let mut at = alert;
                for _ in 0..10 {
                    let Some(cause) = at.inhibited_by.as_ref() else { break };
                    at = world.fleet.alerts.get(cause).expect("a cause is there as long as it holds something back");
                    prop_assert!(at.is_active || at.condition_true, "{} is held back by what is over", alert.alert_id);
                }
                prop_assert_eq!(at.inhibited_by.as_ref(), None, "the chain of causes has an end");
            }
        }
    }

    /// Of what is not about silence, of which nothing is known after a restart: a restart after every step changes no alert.
    #[test]
    fn a_restart_between_any_two_steps_changes_nothing(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let (mut through, mut again) = (World::new(), World::new());
        for step in steps.iter().filter(|step| !step.is_of_absence()) {
            take(&mut through, step);
            take(&mut again, step);
            again.restart();
        }
        prop_assert_eq!(&through.fleet.alerts, &again.fleet.alerts);
    }
}
