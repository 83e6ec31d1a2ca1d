//! Whole days of what comes and goes, on a clock of the test's own: the rules decide, what they decide is applied, and
//! what people would be told is kept in an outbox. As many messages as README and rules promise, and no others.

use super::no_reports;
use crate::alerts::tests::world::World;
use crate::notify::look::Look;
use crate::notify::{Notifier, Wanted};
use crate::store::sqlite::{self, Place};
use chrono::TimeDelta;
use std::sync::Arc;

const DAY: i64 = 24 * 3_600;
/// Seconds between two evaluations.
const STEP: i64 = 5;
/// The times that channels have unless told otherwise: 10 s, 5 min, 4 h.
const CHANNEL: &str =
    "[[notify]]\nname = \"a\"\ntype = \"webhook\"\nurl = \"https://hooks.example/a\"\nmin_severity = \"info\"\n";

/// What is told in a day in which a worker's load is `load(second)`: A for an alarm, S for one that is still open, R for
/// its end.
fn told(rules: &str, load: impl Fn(i64) -> f64) -> String {
    let mut world = World::of(rules);
    let place = Place::temporary().expect("a folder");
    let outbox = Arc::new(sqlite::open_outbox(&place).expect("a file"));
    let config = toml::from_str(CHANNEL).expect("it can be read");
    let notifier = Notifier::open(&config, outbox.clone(), no_reports(), Arc::default(), vec![7; 64]);
    let notifier = notifier.expect("the channel is right");
    let mut look = Look::open(&notifier).expect("it can be read");
    let begin = world.now;
    for second in (0..DAY / STEP).map(|step| step * STEP) {
        world.now = begin + TimeDelta::seconds(second);
        world.cpu(1, Some(load(second)));
        world.tick();
        look.look(&notifier, &world.fleet, world.now).expect("it can be kept");
    }
    let wanted = Wanted { limit: 10_000, ..Wanted::default() };
    let page = outbox.deliveries(&wanted).expect("it can be read");
    assert_eq!(page.total, page.items.len() as u64);
    let word = |title: &str| match title.split(':').next() {
        Some("Resolved") => 'R',
        Some("Still open, warning") => 'S',
        Some("Warning") => 'A',
        _ => '?',
    };
    page.items.iter().rev().map(|delivery| word(&delivery.title)).collect()
}

/// High for `high` seconds, low for `low`, and so on.
fn turns(second: i64, high: i64, low: i64) -> f64 {
    if second % (high + low) < high { 0.99 } else { 0.1 }
}

/// The rule `cpu-high` wants two minutes; raised five times within an hour is flapping. The four times before are told,
/// each with its end.
#[test]
fn a_load_that_is_high_in_five_of_eight_minutes_is_told_four_times() {
    assert_eq!(told("", |second| turns(second, 300, 180)), "ARARARAR");
}

/// The first alarm and its end; when the five minutes are over that a group is told of at most once, it is flapping.
#[test]
fn a_load_that_is_high_in_every_other_half_minute_is_told_once() {
    assert_eq!(told("[[rule]]\nid = \"cpu-high\"\nfor = \"0s\"\n", |second| turns(second, 30, 30)), "AR");
}

/// Calm for over half an hour in between, and over longer than an episode is reopened within: 36 alarms, 36 ends.
#[test]
fn a_load_that_is_high_in_every_other_twenty_minutes_is_told_each_time() {
    assert_eq!(told("", |second| turns(second, 1_200, 1_200)), "AR".repeat(36));
}

/// Between the bound from which on it fires and that from which on it is over; told again every four hours.
#[test]
fn a_load_that_flutters_between_the_two_bounds_is_one_alarm_and_its_reminders() {
    assert_eq!(told("", |second| if second % 60 < 30 || second < 300 { 0.95 } else { 0.85 }), "ASSSSS");
}

/// It flaps for half of the day and then stays: news once it has not been raised anew for half an hour.
#[test]
fn what_flapped_and_stays_is_told_again_and_reminded_of() {
    let load = |second| if second < DAY / 2 { turns(second, 300, 180) } else { 0.99 };
    assert_eq!(told("", load), "ARARARARASS");
}
