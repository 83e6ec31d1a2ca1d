//! What objectives count, whatever comes in, in whatever order, and over restarts.

use super::*;
use crate::collector::driven::Driven;
use crate::collector::objective::{Verdicts, settle};
use std::sync::Arc;

const BOTH: &str = "[[objective]]\nid = \"succeed\"\nwhere = { queue = \"gpu_*\" }\ntarget = 0.99\n\
                    [[objective]]\nid = \"start\"\nwhere = { name = \"transcribe\" }\ntarget = 0.9\nstart_within = \"30s\"\n";

fn settings_of(config: &str) -> Settings {
    Settings::of(&toml::from_str(config).expect("the configuration can be read"))
}

fn counting() -> Fleet {
    let mut fleet = Fleet::empty(start());
    settle(&mut fleet, &settings_of(BOTH).objectives, start());
    fleet
}

/// What both objectives counted in the last hour.
fn told(fleet: &Fleet) -> [(u64, u64); 2] {
    [0, 1].map(|place| {
        let Verdicts { good, bad } = fleet.objectives[place].last(fleet.now, 3_600);
        (good, bad)
    })
}

proptest! {
    #[test]
    fn the_counts_are_those_of_the_records(
        events in prop::collection::vec(any_event(), 1..100),
        cut in any::<prop::sample::Index>(),
    ) {
        let cut = cut.index(events.len());
        let mut fleet = counting();
        feed(&mut fleet, &events[..cut], 1);
        let bytes = rmp_serde::to_vec_named(&fleet).expect("a state can be serialised");
        let mut fleet: Fleet = rmp_serde::from_slice(&bytes).expect("and read again");
        feed(&mut fleet, &events[cut..], cut as u64 + 1);
        let mut afresh = Fleet { objectives: counting().objectives, ..fleet.clone() };
        for task in fleet.tasks.values() {
            crate::collector::objective::add(&mut afresh, task);
        }
        prop_assert_eq!(told(&fleet), told(&afresh));
        let count = |status| fleet.tasks.values().filter(|task| task.status == status).count() as u64;
        prop_assert_eq!(told(&fleet)[0], (count(TaskStatus::Completed), count(TaskStatus::Failed)));
    }
}

#[test]
fn a_task_that_waits_counts_as_late_once_its_time_is_up_and_not_before() {
    let mut fleet = counting();
    feed(&mut fleet, &[task(0.0, 1, TaskEventKind::Submitted)], 1);
    let mut at_time = |seconds: f64| {
        apply::tick(&mut fleet, &settings(), at(seconds), &mut Changes::default());
        let counted = &fleet.objectives[1];
        (counted.last(fleet.now, 300).bad, counted.of_period(fleet.now).bad)
    };
    assert_eq!((at_time(29.0), at_time(61.0)), ((0, 0), (1, 1)));
    let mut started = counting();
    feed(&mut started, &[task(0.0, 1, TaskEventKind::Submitted), task(20.0, 1, TaskEventKind::Started)], 1);
    apply::tick(&mut started, &settings(), at(600.0), &mut Changes::default());
    assert_eq!(told(&started)[1], (1, 0));
}

#[test]
fn what_is_too_old_for_the_windows_leaves_them_and_what_is_too_old_for_the_period_leaves_it() {
    let mut fleet = counting();
    let day = settings_of(&BOTH.replace("target", "period = \"1d\"\ntarget")).objectives;
    settle(&mut fleet, &day, start());
    let hour = |n: u32| f64::from(n) * 3_600.0;
    for n in 0..60 {
        feed(&mut fleet, &[task(hour(n), u8::try_from(n).expect("small"), TaskEventKind::Failed)], u64::from(n) + 1);
        apply::tick(&mut fleet, &settings(), at(hour(n) + 1.0), &mut Changes::default());
    }
    let counted = &fleet.objectives[0];
    assert_eq!((counted.last(fleet.now, 6 * 3_600).bad, counted.of_period(fleet.now).bad), (7, 25));
    let bytes = rmp_serde::to_vec_named(&**counted).expect("it can be serialised").len();
    assert!(bytes < 1_500, "{bytes} bytes: what is over is forgotten");
    // The record of a task that has left the counts changes: nothing is taken from what is there.
    feed(&mut fleet, &[task(hour(1), 1, TaskEventKind::Completed)], 100);
    assert_eq!(fleet.objectives[0].of_period(fleet.now).bad, 25);
}

#[test]
fn counts_survive_a_stop_and_a_crash_and_an_objective_that_is_new_begins_with_what_is_open() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let end = |seconds: f64, n: u8| task(seconds, n, TaskEventKind::Failed);
    let bad = |driven: &Driven, place: usize| {
        let fleet = driven.state.fleet.load();
        Arc::clone(&fleet.objectives[place]).of_period(fleet.now).bad
    };
    let begin = |config: &str, seconds: f64| Driven::start(&folder, config, at(seconds));

    let mut first = begin("", 0.0);
    first.step(&[end(1.0, 1), task(2.0, 9, TaskEventKind::Submitted)], at(5.0));
    drop(first.settle());

    let mut second = begin(BOTH, 10.0);
    assert_eq!(bad(&second, 0), 0, "what was before it is not counted");
    second.step(&[end(11.0, 2)], at(100.0));
    assert_eq!((bad(&second, 0), bad(&second, 1)), (1, 1), "the task that was open waits");
    drop(second.settle());

    let mut third = begin(BOTH, 200.0);
    assert_eq!((bad(&third, 0), bad(&third, 1)), (1, 1));
    third.step(&[end(201.0, 3), end(202.0, 9)], at(210.0));
    // Nothing is written but the log.
    drop(third);

    let fourth = begin(BOTH, 300.0);
    assert_eq!(bad(&fourth, 0), 3);
    assert_eq!(bad(&fourth, 1), 0, "a task that ended is known, and nobody saw it start");
}
