//! Properties over generated histories: loads that come, go and vanish, workers that fall silent,
//! people who handle alerts, and restarts, in any order.

mod told;

use super::world::{Entry, World, apply, start};
use crate::collector::Fleet;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::alert::AlertCommand;
use forewatch::source::SourceState;
use forewatch::{AlertId, AlertState};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

#[derive(Debug, Clone)]
enum Step {
    Load(u8, Option<f64>),
    Waiting(u64),
    Silent(u8),
    Speaks(u8),
    Heat(u8, f64),
    /// Whether the source is up.
    Source(bool),
    Hush(&'static str, &'static str, i64),
    Pass(i64),
    Restart,
    Command(usize, u8, AlertCommand),
}

fn step() -> impl Strategy<Value = Step> {
    let until = prop::option::of((1_i64..200).prop_map(|minutes| start() + TimeDelta::minutes(60 + minutes)));
    let command = prop_oneof![
        until.prop_map(|until| AlertCommand::Acknowledge { note: None, until }),
        Just(AlertCommand::Unacknowledge),
        Just(AlertCommand::Resolve { note: Some("done".into()) }),
        Just(AlertCommand::Reopen),
        Just(AlertCommand::Comment { text: "seen".into() }),
    ];
    let load = prop_oneof![1 => Just(None), 2 => Just(Some(0.3)), 2 => Just(Some(0.85)), 3 => Just(Some(0.97))];
    prop_oneof![
        4 => (0_u8..2, load).prop_map(|(n, load)| Step::Load(n, load)),
        3 => prop::sample::select(vec![0, 90, 130]).prop_map(Step::Waiting),
        1 => (0_u8..2).prop_map(Step::Silent),
        2 => (0_u8..2, prop::sample::select(vec![40.0, 95.0])).prop_map(|(n, degrees)| Step::Heat(n, degrees)),
        1 => any::<bool>().prop_map(Step::Source),
        1 => hush(),
        2 => (0_u8..2).prop_map(Step::Speaks),
        6 => prop::sample::select(vec![1, 7, 61, 130, 400]).prop_map(Step::Pass),
        1 => Just(Step::Restart),
        3 => (0_usize..8, 0_u8..2, command).prop_map(|(which, who, command)| Step::Command(which, who, command)),
    ]
}

fn hush() -> impl Strategy<Value = Step> {
    let what = [("worker", "gpu-0"), ("rule", "cpu-*"), ("severity", "error"), ("queue", "gpu_*")];
    let seconds = prop::sample::select(vec![30, 600]);
    (prop::sample::select(what.to_vec()), seconds)
        .prop_map(|((label, value), seconds)| Step::Hush(label, value, seconds))
}

impl Step {
    fn is_of_absence(&self) -> bool {
        matches!(self, Self::Silent(_) | Self::Source(_) | Self::Speaks(_))
    }
}

/// Histories a property: few in the usual tests, many where `FOREWATCH_HISTORIES` asks for them.
fn cases() -> u32 {
    std::env::var("FOREWATCH_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(64)
}

fn take(world: &mut World, step: &Step) {
    match step {
        Step::Load(n, load) => world.cpu(*n, *load),
        Step::Waiting(pending) => world.waiting("gpu_priority", *pending),
        Step::Silent(n) => world.silence(*n),
        Step::Speaks(n) => world.speak(*n),
        Step::Heat(n, degrees) => world.gpu(*n, |gpu| {
            gpu.slowdown_temperature_celsius = Some(90.0);
            gpu.temperature_celsius = Some(*degrees);
        }),
        Step::Source(is_up) => world.source("http", if *is_up { SourceState::Up } else { SourceState::Down }),
        Step::Hush(label, value, seconds) => world.hush(label, value, *seconds),
        Step::Pass(seconds) => world.pass_by(*seconds, 10),
        Step::Restart => world.restart(),
        Step::Command(which, who, command) => {
            let Some(id) = world.fleet.alerts.keys().nth(*which).cloned() else { return };
            let by = super::world::actor(if *who == 0 { "Mara" } else { "Jon" });
            let asked =
                crate::collector::Command::Handle { alert_id: id.clone(), actor: by.clone(), command: command.clone() };
            // As live: what cannot be done now is not journalled.
            if crate::collector::alert::check(&world.fleet, &asked, world.now).is_ok() {
                world.command(&id, &by.name, command.clone());
            }
        }
    }
}

fn open_ones(fleet: &Fleet) -> Vec<String> {
    let open = fleet.alerts.values().filter(|alert| alert.state != AlertState::Resolved);
    open.map(|alert| alert.fingerprint.clone()).collect()
}

/// Applies a journal to an empty state, each entry `times` over.
fn replay(journal: &[(DateTime<Utc>, Entry)], times: usize) -> Fleet {
    let mut fleet = Fleet::empty(start());
    for (at, entry) in journal {
        for _ in 0..times {
            apply(&mut fleet, entry, *at);
        }
    }
    fleet
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_condition_never_has_two_open_episodes(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in &steps {
            take(&mut world, step);
            let open = open_ones(&world.fleet);
            prop_assert_eq!(open.iter().collect::<HashSet<_>>().len(), open.len());
        }
    }

    #[test]
    fn replaying_the_journal_gives_the_same_alerts_and_applying_twice_changes_nothing(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new();
        for step in &steps {
            take(&mut world, step);
        }
        for times in [1, 2] {
            let mut again = replay(&world.journal, times);
            crate::collector::alert::expire(&mut again, world.now, &mut crate::collector::Changes::default());
            prop_assert_eq!(&again.alerts, &world.fleet.alerts);
        }
    }

    #[test]
    fn the_same_question_has_the_same_answer_and_what_was_decided_is_not_decided_again(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new();
        for step in &steps {
            take(&mut world, step);
            prop_assert_eq!(world.engine.evaluate(&world.fleet, world.now), world.engine.evaluate(&world.fleet, world.now));
            world.tick();
            world.tick();
            prop_assert_eq!(world.tick(), vec![]);
        }
    }

    /// Only the queue's rule keeps firing for two minutes; it must have been at or below 80 for all of them.
    #[test]
    fn nothing_resolves_before_it_was_false_for_long_enough_but_by_a_person(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new();
        let mut states: HashMap<AlertId, AlertState> = HashMap::new();
        let mut low_since: Option<DateTime<Utc>> = Some(world.now);
        let mut waiting = 0;
        for step in steps.iter().flat_map(by_the_second) {
            take(&mut world, &step);
            if let Step::Waiting(pending) = step {
                waiting = pending;
            }
            for alert in world.alerts("queue-backlog") {
                let before = states.insert(alert.alert_id.clone(), alert.state);
                let told = matches!(before, Some(AlertState::Firing | AlertState::Recovering));
                if told && alert.state == AlertState::Resolved && alert.resolved_by.is_none() {
                    let low = low_since.map(|since| world.now - since);
                    prop_assert!(low >= Some(TimeDelta::minutes(2)), "resolved after {low:?}");
                }
            }
            // What rises and falls again between two evaluations is seen by none.
            if matches!(step, Step::Pass(_)) {
                low_since = if waiting > 100 { None } else { low_since.or(Some(world.now)) };
            }
        }
    }
}

/// Time that passes, second by second, so that every change is seen.
fn by_the_second(step: &Step) -> Vec<Step> {
    match step {
        Step::Pass(seconds) => (0..*seconds).map(|_| Step::Pass(1)).collect(),
        other => vec![other.clone()],
    }
}
