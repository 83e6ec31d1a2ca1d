//! The rule `objective`: budgets that burn fast or slowly, and what is not known.

use super::parts::task;
use super::world::{World, book, start};
use crate::alerts::{objective_status, objectives};
use crate::collector::{judged, settle_objectives};
use crate::config::Config;
use chrono::{TimeDelta, Timelike as _};
use forewatch::objective::ObjectiveStatus;
use forewatch::{AlertSeverity, AlertState};

const SUCCEED: &str = "[[objective]]\nid = \"gpu\"\nwhere = { queue = \"gpu_*\" }\ntarget = 0.99\n";

fn settle(world: &mut World, config: &str) {
    let config: Config = toml::from_str(config).expect("the configuration can be read");
    settle_objectives(&mut world.fleet, &objectives(&config), start());
}

/// A fleet with the objectives of a configuration, at the begin of a minute.
fn world(config: &str) -> World {
    let mut world = World::of(config);
    settle(&mut world, config);
    assert_eq!(world.now.second(), 0);
    world
}

/// Each minute so many tasks end well and so many do not, for so many minutes.
fn minutes(world: &mut World, count: u32, good: u32, bad: u32) {
    for _ in 0..count {
        for (status, count) in [("completed", good), ("failed", bad)] {
            let mut task = task(status, world.now);
            task.queue = Some("gpu_a".to_owned());
            for _ in 0..count {
                judged(&mut world.fleet, &task);
            }
        }
        world.tick();
        world.now += TimeDelta::minutes(1);
    }
    world.tick();
}

fn status(world: &World) -> ObjectiveStatus {
    objective_status(&world.fleet.objectives[0], world.now)
}

#[test]
fn a_slow_burn_is_an_error_from_six_times_on_and_is_over_once_little_goes_wrong() {
    let mut below = world(SUCCEED);
    minutes(&mut below, 600, 95, 6);
    assert!(below.alerts("objective").is_empty(), "6 of 101 are not six times the budget");
    let mut world = world(SUCCEED);
    minutes(&mut world, 10, 94, 6);
    let alert = world.alert("objective");
    assert_eq!(
        (alert.state, alert.severity, alert.metric_value),
        (AlertState::Firing, AlertSeverity::Error, Some(6.0))
    );
    assert_eq!(alert.title, "Tasks of queue gpu_* succeed: the budget burns 6 times as fast as it may");
    assert_eq!((alert.component_id.as_str(), alert.metadata["objective"].as_str()), ("gpu", "gpu"));
    minutes(&mut world, 1, 100, 0);
    assert_eq!(world.alert("objective").state, AlertState::Firing, "that is five times and more");
    minutes(&mut world, 10, 100, 0);
    let alert = world.alert("objective");
    assert_eq!((alert.state, alert.occurrences), (AlertState::Resolved, 1));
}

#[test]
fn a_fast_burn_is_critical_although_it_is_little_in_six_hours() {
    let mut below = world(SUCCEED);
    minutes(&mut below, 360, 100, 0);
    minutes(&mut below, 100, 86, 14);
    assert!(below.alerts("objective").is_empty(), "{:?}", status(&below));
    let mut world = world(SUCCEED);
    minutes(&mut world, 360, 100, 0);
    minutes(&mut world, 30, 80, 20);
    assert!(world.alerts("objective").is_empty(), "an hour of it is not yet enough");
    minutes(&mut world, 20, 80, 20);
    let alert = world.alert("objective");
    assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Critical));
    let burnt = alert.metric_value.expect("it has one");
    assert!((14.4..16.0).contains(&burnt), "{burnt}");
    minutes(&mut world, 1, 100, 0);
    assert_eq!(world.alert("objective").state, AlertState::Firing);
    minutes(&mut world, 4, 100, 0);
    assert_eq!(world.alert("objective").state, AlertState::Resolved, "five minutes show that it is over");
}

#[test]
fn what_burns_for_hours_is_worse_only_while_it_burns_now() {
    let mut world = world(SUCCEED);
    minutes(&mut world, 350, 80, 20);
    assert_eq!(world.alert("objective").severity, AlertSeverity::Critical);
    minutes(&mut world, 12, 100, 0);
    let alert = world.alert("objective");
    assert_eq!(
        (alert.state, alert.severity),
        (AlertState::Firing, AlertSeverity::Error),
        "half an hour still shows it"
    );
}

#[test]
fn a_restart_in_the_middle_forgets_no_count_and_raises_nothing_anew() {
    let mut world = world(SUCCEED);
    minutes(&mut world, 360, 100, 0);
    minutes(&mut world, 30, 80, 20);
    let before = status(&world);
    world.restart();
    settle(&mut world, SUCCEED);
    assert_eq!(status(&world), before);
    minutes(&mut world, 20, 80, 20);
    let raised = world.alert("objective");
    assert_eq!(raised.severity, AlertSeverity::Critical, "the hour before the restart counts");
    world.restart();
    minutes(&mut world, 2, 80, 20);
    assert_eq!(world.alert("objective").alert_id, raised.alert_id);
}

#[test]
fn where_nothing_ends_nothing_is_known_and_that_is_no_recovery() {
    let mut world = world(SUCCEED);
    minutes(&mut world, 60, 0, 0);
    let unknown = status(&world);
    assert_eq!((unknown.budget_left, unknown.burn_rate, unknown.achieved), (None, None, None));
    assert!(world.alerts("objective").is_empty());
    minutes(&mut world, 10, 50, 50);
    assert_eq!(world.alert("objective").state, AlertState::Firing);
    minutes(&mut world, 600, 0, 0);
    assert_eq!(world.alert("objective").state, AlertState::Firing, "that work has stopped is no recovery");
    let silent = status(&world);
    assert_eq!((silent.burn_rate, silent.bad, silent.windows[3].burn_rate), (None, 500, None));
    minutes(&mut world, 10, 100, 0);
    assert_eq!(world.alert("objective").state, AlertState::Resolved);
}

#[test]
fn of_a_handful_of_tasks_no_alert_is_raised() {
    let mut world = world(SUCCEED);
    minutes(&mut world, 19, 0, 1);
    assert!(world.alerts("objective").is_empty());
    minutes(&mut world, 1, 0, 1);
    assert_eq!(world.alert("objective").severity, AlertSeverity::Critical);
}

#[test]
fn a_large_budget_can_burn_fast_too() {
    let config = SUCCEED.replace("0.99", "0.75");
    let mut below = world(&config);
    minutes(&mut below, 400, 70, 30);
    assert!(below.alerts("objective").is_empty(), "1.2 times");
    let mut world = world(&config);
    minutes(&mut world, 10, 0, 100);
    let alert = world.alert("objective");
    assert_eq!((alert.severity, alert.threshold), (AlertSeverity::Critical, Some(1.25)));
}

#[test]
fn what_is_left_of_a_budget_is_told_over_its_period() {
    let mut world = world(&(SUCCEED.to_owned() + "period = \"2d\"\n"));
    minutes(&mut world, 60, 198, 1);
    let told = status(&world);
    assert_eq!((told.good, told.bad, told.since), (60 * 198, 60, start()));
    let left = told.budget_left.expect("there are tasks");
    assert!((left - (1.0 - 100.0 / 199.0)).abs() < 1e-9, "{left}");
    let rate = told.burn_rate.expect("there are tasks");
    assert!((rate - 100.0 / 199.0).abs() < 1e-9, "{rate}");
    let exhausted = told.exhausted_in.expect("within the period");
    assert!((exhausted - left / rate * 2.0 * 86_400.0).abs() < 1e-3, "{exhausted}");
    world.now += TimeDelta::hours(49);
    assert_eq!((status(&world).good, status(&world).budget_left), (0, None), "the period is over");
}

#[test]
fn an_objective_that_is_taken_away_takes_its_alert_along() {
    let mut world = world(SUCCEED);
    minutes(&mut world, 10, 0, 10);
    settle(&mut world, &SUCCEED.replace("target = 0.99", "target = 0.9"));
    assert_eq!(status(&world).bad, 100, "another target counts the same");
    settle(&mut world, &SUCCEED.replace("gpu_*", "cpu_*"));
    assert_eq!(status(&world).bad, 0, "other tasks are counted anew");
    settle(&mut world, "");
    world.pass(1);
    assert_eq!(world.alert("objective").state, AlertState::Resolved);
}

#[test]
fn every_mistake_of_an_objective_is_told_at_once_with_its_key() {
    let mistakes = book(
        "[[objective]]\ntarget = 99\n\
         [[objective]]\nid = \"a b\"\nwhere = { worker = \"x\" }\nstart_within = \"0s\"\nperiod = \"1h\"\ntitle = \"\"\n\
         [[objective]]\nid = \"a\"\ntarget = 1.0\n[[objective]]\nid = \"a\"\ntarget = 0.9\nstart_within = \"2d\"\n",
    )
    .expect_err("it is refused");
    let told = [
        "objective[0].id: is missing",
        "objective[0].target: 99 must be a share from 0.75 to 0.999999",
        "objective[1].id: must be up to 64 letters",
        "objective[1].target: is missing",
        "objective[1].where.worker: \"worker\" is not known: there are queue, name, source",
        "objective[1].start_within: must lie between",
        "objective[1].period: must lie between 1d and 92d",
        "objective[1].title: ",
        "objective[2].target: 1 must be",
        "objective[3].id: \"a\" is the id of objective[2] already",
        "objective[3].start_within: ",
    ];
    assert_eq!(mistakes.len(), told.len(), "{mistakes:#?}");
    for part in told {
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(part)), "{part}: {mistakes:#?}");
    }
}

#[test]
fn the_example_of_the_read_me_is_one_that_works() {
    let read_me = include_str!("../../../../README.md");
    let of_objectives = read_me.split("### Objectives").nth(1).expect("there is such a part");
    let example =
        of_objectives.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("there is an example");
    book(example).expect("it can be read");
    assert_eq!(objectives(&toml::from_str(example).expect("it can be read")).len(), 2);
}

#[test]
fn an_objective_of_few_words_has_a_title_and_a_rule_of_ones_own_can_pick_it() {
    let config = "[[objective]]\nid = \"quick\"\nwhere = { name = \"resize\" }\nstart_within = \"30s\"\ntarget = 0.9\n\
                  [[rule]]\nid = \"quick-burns\"\nkind = \"burn-rate\"\nwhere = { objective = \"quick\" }\nthreshold = 2\n\
                  min_samples = 5\nseverity = \"info\"\n";
    let config: Config = toml::from_str(config).expect("the configuration can be read");
    let read = objectives(&config);
    assert_eq!(read[0].title, "Tasks of name resize start within 30 s");
    assert!((read[0].period - 28.0 * 86_400.0).abs() < f64::EPSILON);
    let rules = crate::alerts::rule_book(&config).expect("they can be read").rules;
    assert!(rules.iter().any(|rule| rule.id.as_str() == "quick-burns"));
}
