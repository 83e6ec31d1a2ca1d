//! One condition is one episode: over thousands of evaluations, restarts, returns, and what people do with it.

use super::world::World;
use forewatch::alert::{AlertCommand, AlertStep};
use forewatch::{AlertSeverity, AlertState, WorkerId};

fn resolve() -> AlertCommand {
    AlertCommand::Resolve { note: None }
}

fn firing_cpu() -> World {
    let mut world = World::new();
    world.cpu(7, Some(0.95));
    world.pass(121);
    assert_eq!(world.alert("cpu-high").state, AlertState::Firing);
    world
}

#[test]
fn a_condition_that_lasts_thousands_of_evaluations_and_restarts_is_one_alert() {
    let mut world = firing_cpu();
    let id = world.alert("cpu-high").alert_id;
    for _ in 0..10 {
        world.pass(500);
        world.restart();
    }
    let alert = world.alert("cpu-high");
    assert_eq!((alert.alert_id, alert.occurrences, alert.state), (id, 1, AlertState::Firing));
    assert_eq!(world.journal.len(), 2, "pending and firing, and nothing more was decided");
}

#[test]
fn two_alerts_of_the_same_moment_have_different_ids() {
    let mut world = World::new();
    for n in 0..100 {
        world.cpu(n, Some(0.99));
    }
    world.pass(1);
    assert_eq!(world.alerts("cpu-high").len(), 100);
}

#[test]
fn a_restart_raises_no_alert_of_absence_before_the_rules_own_time_and_resolves_none() {
    let mut world = World::new();
    world.silence(1);
    world.pass(301);
    world.silence(2);
    world.pass(200);
    world.restart();
    world.pass(299);
    assert_eq!(world.alert("worker-offline").state, AlertState::Firing);
    world.pass(1);
    assert_eq!(world.alerts("worker-offline").len(), 2);
}

#[test]
fn an_offline_worker_keeps_its_other_alerts_quiet_and_listed() {
    let mut world = firing_cpu();
    world.silence(7);
    world.pass(301);
    let alert = world.alert("cpu-high");
    assert_eq!(alert.suppressed_by.as_deref(), Some("worker-offline: gpu-7"));
    assert_eq!(alert.state, AlertState::Firing, "a reading that vanished resolves nothing");
    assert_eq!(world.alert("worker-offline").suppressed_by, None);
    world.speak(7);
    world.pass(1);
    assert_eq!(world.alert("cpu-high").suppressed_by, None);
}

#[test]
fn true_again_within_ten_minutes_is_the_same_episode_and_later_a_new_one() {
    let mut world = firing_cpu();
    let first = world.alert("cpu-high");
    world.cpu(7, Some(0.5));
    world.pass(300);
    world.cpu(7, Some(0.95));
    world.pass(122);
    let again = world.alert("cpu-high");
    assert_eq!((again.alert_id, again.occurrences, again.state), (first.alert_id, 2, AlertState::Firing));
    assert_eq!(again.timeline.last().map(|moment| moment.what), Some(AlertStep::Reopened));
    assert_eq!(again.resolved_at, None);
    world.cpu(7, Some(0.5));
    world.pass(660);
    world.cpu(7, Some(0.95));
    world.pass(122);
    assert_eq!(world.alerts("cpu-high").len(), 2);
}

#[test]
fn a_short_return_leaves_a_resolved_alert_as_it_was_told() {
    let mut world = firing_cpu();
    world.cpu(7, Some(0.5));
    world.pass(10);
    let before = world.alert("cpu-high");
    world.cpu(7, Some(0.95));
    world.pass(30);
    assert_eq!(world.alert("cpu-high").state, AlertState::Pending);
    world.cpu(7, Some(0.5));
    world.pass(1);
    let after = world.alert("cpu-high");
    assert_eq!((after.state, after.resolved_at, after.occurrences), (before.state, before.resolved_at, 1));
    assert_eq!(after.timeline, before.timeline);
}

#[test]
fn a_condition_that_did_not_last_leaves_nothing_and_unseen_time_does_not_count_as_lasting() {
    let mut world = World::new();
    world.cpu(7, Some(0.95));
    world.pass(100);
    assert_eq!(world.alert("cpu-high").state, AlertState::Pending);
    world.cpu(7, None);
    world.pass(600);
    assert!(world.fleet.alerts.is_empty());
    world.cpu(7, Some(0.95));
    world.pass(100);
    assert_eq!(world.alert("cpu-high").state, AlertState::Pending);
}

#[test]
fn resolved_by_hand_while_true_stays_resolved_until_it_has_cleared_once() {
    let mut world = firing_cpu();
    let id = world.alert("cpu-high").alert_id;
    world.command(&id, "Mara", resolve());
    world.pass(3 * 3600);
    let alert = world.alert("cpu-high");
    assert_eq!((alert.state, alert.resolved_by.as_deref()), (AlertState::Resolved, Some("Mara")));
    world.cpu(7, Some(0.85));
    world.pass(5);
    assert!(world.alert("cpu-high").condition_true, "it has not cleared above 80 %");
    world.cpu(7, Some(0.5));
    world.pass(5);
    world.cpu(7, Some(0.95));
    world.pass(122);
    let alert = world.alert("cpu-high");
    assert_eq!((alert.alert_id, alert.state, alert.occurrences), (id, AlertState::Firing, 2));
}

#[test]
fn resolved_by_hand_and_still_true_after_four_hours_is_open_again_as_the_same_episode() {
    let mut world = firing_cpu();
    let id = world.alert("cpu-high").alert_id;
    world.command(&id, "Mara", resolve());
    world.pass(4 * 3600 - 1);
    assert_eq!(world.alert("cpu-high").state, AlertState::Resolved);
    world.pass(1);
    let alert = world.alert("cpu-high");
    assert_eq!((alert.alert_id, alert.state, alert.resolved_by), (id, AlertState::Firing, None));
}

#[test]
fn a_worker_that_is_gone_takes_its_alerts_with_it_and_the_timeline_says_so() {
    for by_hand in [false, true] {
        let mut world = firing_cpu();
        let id = world.alert("cpu-high").alert_id;
        if by_hand {
            world.command(&id, "Mara", resolve());
        }
        world.fleet.workers.remove(&WorkerId::new("gpu-7").expect("valid"));
        world.pass(1);
        let alert = world.alert("cpu-high");
        assert_eq!((alert.state, alert.condition_true), (AlertState::Resolved, false));
        if !by_hand {
            let last = alert.timeline.last().and_then(|moment| moment.detail.as_deref());
            assert_eq!(last, Some("what it watched is no longer there"));
        }
        world.pass(3601);
        assert!(world.fleet.alerts.is_empty());
    }
}

#[test]
fn an_acknowledgement_ends_when_its_time_is_up() {
    let mut world = firing_cpu();
    let id = world.alert("cpu-high").alert_id;
    let until = Some(world.now + chrono::TimeDelta::seconds(60));
    world.command(&id, "Mara", AlertCommand::Acknowledge { note: Some("looking".into()), until });
    world.pass(59);
    assert_eq!(world.alert("cpu-high").acknowledged_by.as_deref(), Some("Mara"));
    world.pass(1);
    let alert = world.alert("cpu-high");
    assert_eq!((alert.acknowledged, alert.acknowledged_until), (false, None));
    assert_eq!(alert.timeline.last().map(|moment| moment.what), Some(AlertStep::AcknowledgementExpired));
}

#[test]
fn what_has_become_worse_is_nobodys_again() {
    let mut world = firing_cpu();
    let alert = world.alert("cpu-high");
    let mut milder = alert.clone();
    milder.severity = AlertSeverity::Info;
    milder.acknowledged = true;
    milder.acknowledged_by = Some("Mara".into());
    world.fleet.alerts.insert(alert.alert_id.clone(), std::sync::Arc::new(milder));
    world.pass(1);
    let alert = world.alert("cpu-high");
    assert_eq!((alert.severity, alert.acknowledged), (AlertSeverity::Warning, false));
}
