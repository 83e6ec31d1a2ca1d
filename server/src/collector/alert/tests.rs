//! What people can do with an alert, and what they are told when they cannot.

use super::{apply_command, apply_raised, check};
use crate::collector::{Changes, Command, CommandError, Fleet};
use chrono::{DateTime, Utc};
use forewatch::alert::{AlertCommand, AlertComponent, ManualAlert};
use forewatch::event::Actor;
use forewatch::{Alert, AlertId, AlertSeverity, AlertState, EventBody};

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a valid time")
}

fn actor(name: &str) -> Actor {
    Actor { name: name.to_owned() }
}

fn manual(title: &str) -> ManualAlert {
    ManualAlert {
        title: title.to_owned(),
        description: String::new(),
        severity: AlertSeverity::Warning,
        component: AlertComponent::System,
        component_id: "rack-3".to_owned(),
        tags: Vec::new(),
    }
}

/// A fleet with one alert, raised by Mara.
fn raised() -> (Fleet, AlertId) {
    let mut fleet = Fleet::empty(at(0));
    let asked = Command::Raise { actor: actor("Mara"), alert: manual("Rack 3 smells of smoke") };
    let Ok((_, EventBody::AlertRaised { alert_id, actor, alert })) = check(&fleet, &asked, at(0)) else {
        panic!("an alert can be raised by hand");
    };
    for _ in 0..2 {
        apply_raised(&mut fleet, &alert_id, &actor, &alert, at(0), &mut Changes::default());
    }
    assert_eq!(fleet.alerts.len(), 1);
    (fleet, alert_id)
}

/// Checks a command and carries it out, twice over as a journal may bring it.
fn act(fleet: &mut Fleet, id: &AlertId, by: &str, command: &AlertCommand, now: DateTime<Utc>) -> Result<Alert, String> {
    let asked = Command::Handle { alert_id: id.clone(), actor: actor(by), command: command.clone() };
    check(fleet, &asked, now).map_err(|error| error.to_string())?;
    apply_command(fleet, id, &actor(by), command, now, &mut Changes::default());
    let once = Alert::clone(&fleet.alerts[id]);
    apply_command(fleet, id, &actor(by), command, now, &mut Changes::default());
    assert_eq!(*fleet.alerts[id], once, "applying twice changes nothing");
    Ok(once)
}

fn acknowledge() -> AlertCommand {
    AlertCommand::Acknowledge { note: None, until: None }
}

fn resolve() -> AlertCommand {
    AlertCommand::Resolve { note: Some("put out".to_owned()) }
}

#[test]
fn who_comes_second_is_told_who_was_first_and_when() {
    let (mut fleet, id) = raised();
    act(&mut fleet, &id, "Mara Lindqvist", &acknowledge(), at(5)).expect("nobody has it");
    let refused = act(&mut fleet, &id, "Jon", &acknowledge(), at(17));
    assert_eq!(refused, Err("Mara Lindqvist acknowledged it 12 s ago".to_owned()));
    act(&mut fleet, &id, "Jon", &resolve(), at(20)).expect("anyone can resolve it");
    let refused = act(&mut fleet, &id, "Mara Lindqvist", &resolve(), at(23));
    assert_eq!(refused, Err("Jon resolved it 3 s ago".to_owned()));
}

#[test]
fn a_conflict_carries_the_alert_as_it_is() {
    let (mut fleet, id) = raised();
    let alert = act(&mut fleet, &id, "Mara", &resolve(), at(1)).expect("it is open");
    let asked = Command::Handle { alert_id: id, actor: actor("Jon"), command: acknowledge() };
    match check(&fleet, &asked, at(2)) {
        Err(CommandError::Conflict { alert: now, .. }) => assert_eq!(*now, alert),
        other => panic!("{other:?}"),
    }
}

#[test]
fn acknowledging_again_changes_nothing_unless_it_says_something_new() {
    let (mut fleet, id) = raised();
    let first = act(&mut fleet, &id, "Mara", &acknowledge(), at(1)).expect("nobody has it");
    assert_eq!(act(&mut fleet, &id, "Mara", &acknowledge(), at(9)), Ok(first));
    let until = AlertCommand::Acknowledge { note: None, until: Some(at(600)) };
    let longer = act(&mut fleet, &id, "Mara", &until, at(10)).expect("it is hers");
    assert_eq!((longer.acknowledged_until, longer.timeline.len()), (Some(at(600)), 3));
}

#[test]
fn a_comment_made_twice_at_different_times_is_two_comments() {
    let (mut fleet, id) = raised();
    let comment = AlertCommand::Comment { text: "still smoking".to_owned() };
    act(&mut fleet, &id, "Mara", &comment, at(1)).expect("anyone can say something");
    let alert = act(&mut fleet, &id, "Mara", &comment, at(2)).expect("anyone can say something");
    assert_eq!((alert.timeline.len(), alert.note.as_deref()), (3, Some("still smoking")));
}

#[test]
fn an_alert_raised_by_hand_can_be_resolved_and_opened_again() {
    let (mut fleet, id) = raised();
    let alert = act(&mut fleet, &id, "Mara", &resolve(), at(1)).expect("it is open");
    assert_eq!(
        (alert.state, alert.resolved_by.as_deref(), alert.is_active),
        (AlertState::Resolved, Some("Mara"), false)
    );
    let alert = act(&mut fleet, &id, "Jon", &AlertCommand::Reopen, at(2)).expect("it is over");
    assert_eq!((alert.state, alert.resolved_at, alert.is_active), (AlertState::Firing, None, true));
    assert_eq!(act(&mut fleet, &id, "Jon", &AlertCommand::Reopen, at(3)), Err("it is open".to_owned()));
}

#[test]
fn what_is_too_long_or_in_the_past_is_refused_with_what_to_change() {
    let (mut fleet, id) = raised();
    let past = AlertCommand::Acknowledge { note: None, until: Some(at(0)) };
    assert!(act(&mut fleet, &id, "Mara", &past, at(1)).is_err_and(|error| error.contains("`until`")));
    let long = AlertCommand::Resolve { note: Some("x".repeat(2_001)) };
    assert!(act(&mut fleet, &id, "Mara", &long, at(1)).is_err_and(|error| error.contains("`note`")));
    let empty = AlertCommand::Comment { text: "  ".to_owned() };
    assert!(act(&mut fleet, &id, "Mara", &empty, at(1)).is_err_and(|error| error.contains("`text`")));
    let untitled = Command::Raise { actor: actor("Mara"), alert: manual(" ") };
    assert!(check(&fleet, &untitled, at(1)).is_err());
}

#[test]
fn an_alert_that_is_not_there_is_not_found() {
    let fleet = Fleet::empty(at(0));
    let alert_id = AlertId::new("01ARZ3NDEKTSV4RRFFQ69G5FAV").expect("valid");
    let asked = Command::Handle { alert_id, actor: actor("Mara"), command: resolve() };
    assert!(matches!(check(&fleet, &asked, at(1)), Err(CommandError::NotFound(_))));
}

#[test]
fn a_restless_alert_keeps_its_beginning_and_its_newest_moments() {
    let (mut fleet, id) = raised();
    for second in 1..400 {
        let comment = AlertCommand::Comment { text: second.to_string() };
        act(&mut fleet, &id, "Mara", &comment, at(second)).expect("anyone can say something");
    }
    let timeline = &fleet.alerts[&id].timeline;
    assert_eq!((timeline.len(), timeline[0].at, timeline[199].at), (200, at(0), at(399)));
}
