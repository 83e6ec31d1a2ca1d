//! The rules on queues, tasks and what workers make of them: each fires, does not fire just below, and clears.

use super::world::World;
use forewatch::alert::AlertComponent;
use forewatch::source::SourceState;
use forewatch::{AlertSeverity, AlertState, QueueName};

/// A queue with work, from which so many online workers take.
fn waiting(world: &mut World, pending: u64, workers: Option<u64>) {
    let now = world.now;
    world.queue("gpu_priority", |queue| {
        queue.stats.pending_tasks = pending;
        queue.stats.worker_count = workers;
        queue.waiting_since = (pending > 0).then(|| queue.waiting_since.unwrap_or(now));
    });
}

fn finished(world: &mut World) {
    let now = world.now;
    world.queue("gpu_priority", |queue| queue.ended_at = Some(now));
}

#[test]
fn work_that_waits_while_nothing_finishes_for_five_minutes_is_stalled_until_something_does() {
    let mut world = World::new();
    waiting(&mut world, 3, Some(2));
    finished(&mut world);
    world.pass(299);
    assert!(world.alerts("queue-stalled").is_empty());
    world.pass(1);
    let alert = world.alert("queue-stalled");
    assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Error));
    assert_eq!((alert.component, alert.component_id.as_str()), (AlertComponent::Queue, "gpu_priority"));
    finished(&mut world);
    world.pass(1);
    assert_eq!(world.alert("queue-stalled").state, AlertState::Resolved);
}

#[test]
fn a_queue_that_was_empty_is_not_stalled_before_its_work_has_waited() {
    let mut world = World::new();
    finished(&mut world);
    world.pass(3_600);
    waiting(&mut world, 1, Some(2));
    world.pass(299);
    assert!(world.alerts("queue-stalled").is_empty());
    world.pass(1);
    assert_eq!(world.alert("queue-stalled").state, AlertState::Firing);
    waiting(&mut world, 0, Some(2));
    world.pass(1);
    assert_eq!(world.alert("queue-stalled").state, AlertState::Resolved);
}

#[test]
fn what_finishes_in_an_unknown_queue_of_the_same_source_may_be_of_this_one() {
    let mut world = World::new();
    waiting(&mut world, 3, Some(2));
    finished(&mut world);
    for _ in 0..10 {
        world.pass(200);
        world.fleet.ended_without_queue.insert("http".parse().expect("valid"), world.now);
    }
    assert!(world.alerts("queue-stalled").is_empty());
}

#[test]
fn a_queue_of_which_nobody_tells_any_task_is_never_stalled() {
    let mut world = World::new();
    waiting(&mut world, 3, Some(2));
    world.pass(1_000);
    assert!(world.alerts("queue-stalled").is_empty());
}

#[test]
fn a_restart_calls_no_queue_stalled_or_unserved_before_their_own_time_and_resolves_none() {
    let mut world = World::new();
    waiting(&mut world, 3, Some(2));
    finished(&mut world);
    world.pass(299);
    world.restart();
    world.pass(299);
    assert!(world.alerts("queue-stalled").is_empty());
    world.pass(1);
    world.restart();
    world.pass(1);
    assert_eq!(world.alert("queue-stalled").state, AlertState::Firing);
    let mut world = World::new();
    waiting(&mut world, 3, Some(0));
    world.pass(59);
    world.restart();
    world.pass(59);
    assert_eq!(world.alert("queue-unserved").state, AlertState::Pending);
    world.pass(1);
    assert_eq!(world.alert("queue-unserved").state, AlertState::Firing);
}

#[test]
fn work_that_no_online_worker_takes_for_a_minute_is_unserved_until_one_does() {
    let mut world = World::new();
    waiting(&mut world, 3, Some(1));
    world.pass(120);
    waiting(&mut world, 3, None);
    world.pass(120);
    assert!(world.alerts("queue-unserved").is_empty(), "who takes from it is not known");
    waiting(&mut world, 3, Some(0));
    world.pass(60);
    assert_eq!(world.alert("queue-unserved").state, AlertState::Pending);
    world.pass(1);
    let alert = world.alert("queue-unserved");
    assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Critical));
    assert_eq!(alert.title, "gpu_priority has 3 tasks waiting and no worker");
    waiting(&mut world, 3, Some(1));
    world.pass(1);
    assert_eq!(world.alert("queue-unserved").state, AlertState::Resolved);
}

#[test]
fn tasks_that_wait_for_their_time_need_no_worker_yet_and_a_source_that_is_down_tells_nothing() {
    let mut world = World::new();
    waiting(&mut world, 3, Some(0));
    world.queue("gpu_priority", |queue| queue.stats.delayed_tasks = 3);
    world.pass(120);
    assert!(world.alerts("queue-unserved").is_empty());
    world.queue("gpu_priority", |queue| queue.stats.delayed_tasks = 0);
    world.source("http", SourceState::Down);
    world.pass(120);
    assert!(world.alerts("queue-unserved").is_empty());
}

#[test]
fn time_outs_and_retries_have_rates_of_their_own() {
    for (rule, how, exactly, title) in [
        ("timeout-rate", "timed out", (19, 1), "of the tasks of cpu_batch ran out of time"),
        ("retry-rate", "retried", (12, 4), "of the attempts of cpu_batch were retries"),
    ] {
        let mut world = World::new();
        world.ended_as("cpu_batch", "completed", exactly.0);
        world.ended_as("cpu_batch", how, exactly.1);
        world.pass(1);
        assert!(world.alerts(rule).is_empty(), "{rule}: exactly at the threshold");
        world.ended_as("cpu_batch", how, 1);
        world.pass(1);
        let alerts = world.alerts(rule);
        assert_eq!(alerts.len(), 3, "{rule}: of the system, the queue and the name");
        assert!(
            alerts.iter().all(|alert| (alert.state, alert.severity) == (AlertState::Firing, AlertSeverity::Warning))
        );
        assert!(alerts.iter().any(|alert| alert.title.contains(title)), "{alerts:#?}");
        world.ended_as("cpu_batch", "completed", 100);
        world.pass(62);
        assert!(world.alerts(rule).iter().all(|alert| alert.state == AlertState::Resolved), "{rule}");
    }
}

#[test]
fn a_worker_that_fails_five_times_in_a_row_while_others_succeed_is_reported_until_it_succeeds() {
    let mut world = World::new();
    let now = world.now;
    let failures = |world: &mut World, count: u64| {
        world.worker(1, |worker| {
            worker.metrics.consecutive_failures = count;
            worker.failing_since = (count > 0).then_some(now);
        });
    };
    world.worker(2, |worker| worker.completed_at = Some(now - chrono::TimeDelta::seconds(1)));
    failures(&mut world, 9);
    world.pass(5);
    assert!(world.alerts("failing-worker").is_empty(), "others may fail just as well");
    world.worker(2, |worker| worker.completed_at = Some(now));
    failures(&mut world, 4);
    world.pass(5);
    assert!(world.alerts("failing-worker").is_empty());
    failures(&mut world, 5);
    world.pass(1);
    let alert = world.alert("failing-worker");
    assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Error));
    assert_eq!(alert.title, "gpu-1 failed 5 times in a row");
    failures(&mut world, 0);
    world.worker(1, |worker| worker.completed_at = Some(now));
    world.pass(1);
    assert_eq!(world.alert("failing-worker").state, AlertState::Resolved);
}

#[test]
fn a_task_that_runs_over_three_times_what_is_usual_is_stuck_until_it_says_something_or_ends() {
    let mut world = World::new();
    world.ran("encode", 200.0, 19);
    world.running("t1", "encode", None);
    world.pass(3_000);
    assert!(world.alerts("task-stuck").is_empty(), "of nineteen tasks nobody knows what is usual");
    world.ran("encode", 200.0, 1);
    world.running("t2", "encode", None);
    world.pass(590);
    assert_eq!(world.alerts("task-stuck").len(), 1, "t1 alone has been running for so long");
    world.pass(20);
    let alerts = world.alerts("task-stuck");
    assert_eq!(alerts.len(), 2);
    assert_eq!((alerts[1].component, alerts[1].component_id.as_str()), (AlertComponent::Task, "t2"));
    assert!(alerts[1].title.starts_with("encode has been running for "), "{}", alerts[1].title);
    // It tells of its progress.
    let id = "t2".parse().expect("valid");
    let before = world.fleet.running.iter().find(|(_, task)| *task == id).cloned().expect("it runs");
    world.fleet.running.remove(&before);
    world.running("t2", "encode", None);
    world.pass(1);
    assert_eq!(world.alerts("task-stuck")[1].state, AlertState::Resolved);
    // It ends.
    let id = "t1".parse::<forewatch::TaskId>().expect("valid");
    world.fleet.tasks.remove(&id);
    world.pass(1);
    assert_eq!(world.alerts("task-stuck")[0].state, AlertState::Resolved);
}

#[test]
fn a_short_task_is_not_stuck_before_five_minutes() {
    let mut world = World::new();
    world.ran("thumbnail", 0.5, 50);
    world.running("t1", "thumbnail", None);
    world.pass(299);
    assert!(world.alerts("task-stuck").is_empty());
    world.pass(2);
    assert_eq!(world.alert("task-stuck").state, AlertState::Firing);
}

#[test]
fn a_queue_that_is_gone_takes_its_alerts_with_it() {
    let mut world = World::new();
    waiting(&mut world, 3, Some(0));
    world.pass(62);
    world.fleet.queues.remove(&QueueName::new("gpu_priority").expect("valid"));
    world.pass(1);
    assert_eq!(world.alert("queue-unserved").state, AlertState::Resolved);
}
