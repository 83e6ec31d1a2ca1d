//! Causes before symptoms: one alert that says so, with the rest listed under it.

use super::world::World;
use forewatch::alert::{Alert, AlertCommand};
use forewatch::source::SourceState;
use forewatch::{AlertId, AlertSeverity, AlertState, GpuMetrics};
use std::collections::BTreeSet;

/// Those of which people are told.
fn told(world: &World) -> Vec<Alert> {
    let alerts = world.fleet.alerts.values().map(|alert| (**alert).clone());
    alerts.filter(|alert| alert.is_active && alert.suppressed_by.is_none()).collect()
}

/// An alert lists exactly those that it holds back.
fn lists_are_true(world: &World) {
    for cause in world.fleet.alerts.values() {
        let held =
            |alert: &&std::sync::Arc<Alert>| alert.is_active && alert.inhibited_by.as_ref() == Some(&cause.alert_id);
        let mut held: Vec<AlertId> =
            world.fleet.alerts.values().filter(held).map(|alert| alert.alert_id.clone()).collect();
        assert_eq!(cause.held_back, held.len() as u64);
        let mut listed = cause.holds_back.clone();
        held.sort();
        listed.sort();
        assert_eq!(listed, held);
    }
}

/// A host with an agent that reports a hot GPU, and two workers that alone serve a queue.
fn host() -> World {
    let mut world = World::new();
    for n in 1..=3 {
        world.worker(n, |worker| worker.metrics.hostname = Some("rack-1".to_owned()));
        world.cpu(n, Some(0.99));
    }
    world.gpu(1, |gpu| {
        gpu.slowdown_temperature_celsius = Some(90.0);
        gpu.temperature_celsius = Some(95.0);
    });
    for n in 2..=3 {
        world.worker(n, |worker| worker.metrics.queues = vec!["gpu_priority".to_owned()]);
    }
    world.waiting("gpu_priority", 148);
    world.queue("gpu_priority", |queue| queue.stats.worker_count = Some(2));
    world.pass(121);
    assert_eq!(told(&world).len(), 5, "three loads, a hot device, a backlog");
    world
}

fn host_dies(world: &mut World) {
    for n in 1..=3 {
        world.silence(n);
    }
    world.queue("gpu_priority", |queue| queue.stats.worker_count = Some(0));
    world.pass(301);
}

#[test]
fn a_host_that_dies_takes_its_workers_its_devices_and_its_queues_with_it() {
    let mut world = host();
    host_dies(&mut world);
    let told = told(&world);
    assert_eq!(told.len(), 1, "{told:#?}");
    let lead = &told[0];
    assert_eq!((lead.rule_id.as_str(), lead.component_id.as_str()), ("worker-offline", "gpu-1"));
    // Two workers, three loads, a device, a backlog, an unserved queue.
    assert_eq!(lead.held_back, 8);
    lists_are_true(&world);
    for n in 1..=3 {
        world.speak(n);
    }
    world.queue("gpu_priority", |queue| queue.stats.worker_count = Some(2));
    world.pass(1);
    assert_eq!(world.fleet.alerts[&lead.alert_id].held_back, 0);
    assert!(world.alerts("cpu-high").iter().all(|alert| alert.suppressed_by.is_none()));
    lists_are_true(&world);
}

/// Every alert that people are told of within so many seconds.
fn told_within(world: &mut World, seconds: i64) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for _ in 0..seconds {
        world.pass(1);
        all.extend(told(world).into_iter().map(|alert| (alert.rule_id.to_string(), alert.component_id)));
    }
    all
}

/// A host with eight devices and two workers, which alone serve three queues with work.
fn well() -> World {
    let mut world = World::new();
    for n in 1..=3 {
        world.worker(n, |worker| worker.metrics.hostname = Some("rack-1".to_owned()));
    }
    world.worker(1, |worker| {
        worker.metrics.gpus = (0..8).map(|index| GpuMetrics { index, ..GpuMetrics::default() }).collect();
    });
    let queues = ["gpu_priority", "gpu_batch", "gpu_night"];
    for n in 2..=3 {
        world.worker(n, |worker| worker.metrics.queues = queues.map(str::to_owned).to_vec());
    }
    for queue in queues {
        world.waiting(queue, 5);
        world.queue(queue, |queue| queue.stats.worker_count = Some(2));
    }
    assert_eq!(told_within(&mut world, 60), BTreeSet::new());
    world
}

/// All of it falls silent.
fn dies(world: &mut World) {
    for n in 1..=3 {
        world.silence(n);
    }
    for queue in ["gpu_priority", "gpu_batch", "gpu_night"] {
        world.queue(queue, |queue| queue.stats.worker_count = Some(0));
    }
}

#[test]
fn of_a_host_that_dies_nobody_is_told_its_queues_first() {
    let mut world = well();
    dies(&mut world);
    assert_eq!(told_within(&mut world, 60), BTreeSet::new());
    let lead = ("worker-offline".to_owned(), "gpu-1".to_owned());
    assert_eq!(told_within(&mut world, 600), [lead].into(), "the queues are raised after a minute, and explained");
    let alert = self::told(&world).remove(0);
    assert_eq!((alert.held_back, alert.severity), (5, AlertSeverity::Critical), "two workers, three queues");
    lists_are_true(&world);
    for n in 1..=3 {
        world.speak(n);
    }
    for queue in ["gpu_priority", "gpu_batch", "gpu_night"] {
        world.queue(queue, |queue| queue.stats.worker_count = Some(2));
    }
    assert_eq!(told_within(&mut world, 60), BTreeSet::new());
    assert!(world.fleet.alerts.values().all(|alert| alert.state == AlertState::Resolved));
}

#[test]
fn silence_explains_nothing_before_the_server_has_listened_for_its_time() {
    let mut world = well();
    dies(&mut world);
    world.restart();
    let told = told_within(&mut world, 299);
    assert!(told.iter().all(|(rule, _)| rule == "queue-unserved") && told.len() == 3, "{told:?}");
    world.pass(2);
    assert_eq!(self::told(&world).len(), 1, "from then on it is one");
}

#[test]
fn a_queue_of_silent_workers_is_told_of_itself_where_silence_tells_nothing() {
    for rule in ["enabled = false", "inhibits = []", "where = { worker = \"other\" }"] {
        let mut world = World::of(&format!("[[rule]]\nid = \"worker-offline\"\n{rule}\n"));
        world.worker(2, |worker| worker.metrics.queues = vec!["gpu_batch".to_owned()]);
        world.waiting("gpu_batch", 5);
        world.silence(2);
        world.queue("gpu_batch", |queue| queue.stats.worker_count = Some(0));
        let told = told_within(&mut world, 200);
        assert_eq!(told, [("queue-unserved".to_owned(), "gpu_batch".to_owned())].into(), "{rule}");
    }
}

#[test]
fn what_tells_the_cause_of_something_worse_is_as_bad_itself() {
    let mut world = host();
    host_dies(&mut world);
    let lead =
        world.alerts("worker-offline").into_iter().find(|alert| alert.suppressed_by.is_none()).expect("it is told");
    world.pass(1);
    assert_eq!(world.fleet.alerts[&lead.alert_id].severity, AlertSeverity::Critical, "as the queue that nobody serves");
    world.waiting("gpu_priority", 0);
    world.pass(200);
    assert_eq!(world.fleet.alerts[&lead.alert_id].severity, AlertSeverity::Error);
}

#[test]
fn one_worker_that_is_gone_from_a_living_host_tells_so_itself() {
    let mut world = host();
    world.silence(2);
    world.silence(3);
    world.pass(301);
    let offline = world.alerts("worker-offline");
    assert_eq!(offline.len(), 2);
    assert!(offline.iter().all(|alert| alert.suppressed_by.is_none()));
}

#[test]
fn a_queue_that_others_still_serve_has_its_own_alert() {
    let mut world = host();
    world.worker(4, |worker| worker.metrics.queues = vec!["gpu_priority".to_owned()]);
    for n in 1..=3 {
        world.silence(n);
    }
    world.queue("gpu_priority", |queue| queue.stats.worker_count = Some(1));
    world.pass(301);
    assert_eq!(world.alert("queue-backlog").suppressed_by, None);
}

#[test]
fn a_source_that_is_down_keeps_what_comes_from_it_quiet() {
    let mut world = host();
    world.source("http", SourceState::Down);
    world.pass(31);
    let told = told(&world);
    assert_eq!((told.len(), told[0].rule_id.as_str()), (1, "source-down"), "{told:#?}");
    lists_are_true(&world);
}

#[test]
fn the_systems_error_rate_stands_for_those_of_its_queues_and_names() {
    let mut world = World::new();
    world.ended("cpu_batch", 10, 30);
    world.pass(1);
    let told = told(&world);
    assert_eq!((told.len(), told[0].component_id.as_str(), told[0].held_back), (1, "system", 2));
    // Others succeed: the queue and the name are told of by themselves.
    for _ in 0..500 {
        world.ended("gpu_priority", 1, 0);
    }
    world.pass(62);
    let names: Vec<String> = self::told(&world).iter().map(|alert| alert.component_id.clone()).collect();
    assert_eq!(names, ["cpu_batch"], "the other tasks are of the same name");
}

#[test]
fn a_cause_that_a_person_resolved_while_it_is_true_keeps_its_symptoms_quiet() {
    let mut world = host();
    host_dies(&mut world);
    let lead = told(&world).remove(0);
    world.command(&lead.alert_id, "Mara", AlertCommand::Resolve { note: None });
    world.pass(60);
    assert_eq!(told(&world), []);
    assert_eq!(world.fleet.alerts[&lead.alert_id].state, AlertState::Resolved);
}

#[test]
fn a_rule_of_ones_own_keeps_others_about_the_same_thing_quiet() {
    let mut world =
        World::of("[[rule]]\nid = \"load\"\nmetric = \"worker.load_1m\"\nthreshold = 50\ninhibits = [\"cpu-high\"]\n");
    for n in [1, 2] {
        world.cpu(n, Some(0.99));
    }
    world.worker(1, |worker| worker.metrics.load_average = Some([64.0, 60.0, 50.0]));
    world.pass(121);
    let quiet: Vec<_> =
        world.alerts("cpu-high").into_iter().map(|alert| (alert.component_id, alert.suppressed_by)).collect();
    assert_eq!(quiet, [("gpu-1".to_owned(), Some("load: gpu-1".to_owned())), ("gpu-2".to_owned(), None)]);
}
