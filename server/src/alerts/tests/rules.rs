//! Every rule that comes with Forewatch: it fires, it does not fire just below, it clears.

use super::world::{World, ratio};
use forewatch::alert::{AlertComponent, AlertStep};
use forewatch::gpu::{RemappedRows, Xid};
use forewatch::source::SourceState;
use forewatch::store::{StoreOutage, StorePart};
use forewatch::{AlertSeverity, AlertState, WorkerStatus};

#[test]
fn a_worker_silent_for_five_minutes_is_reported_offline_until_it_speaks() {
    let mut world = World::new();
    world.silence(7);
    world.pass(299);
    assert!(world.alerts("worker-offline").is_empty());
    world.pass(1);
    let alert = world.alert("worker-offline");
    assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Error));
    assert_eq!(alert.title, "gpu-7 sends no sign of life");
    assert_eq!((alert.component, alert.component_id.as_str()), (AlertComponent::Worker, "gpu-7"));
    assert_eq!(alert.metadata["worker"], "gpu-7");
    world.speak(7);
    world.pass(1);
    let alert = world.alert("worker-offline");
    assert_eq!((alert.state, alert.resolved_by.clone()), (AlertState::Resolved, None));
}

#[test]
fn a_worker_that_returns_in_maintenance_is_not_offline() {
    let mut world = World::new();
    world.silence(7);
    world.pass(301);
    world.speak(7);
    world.worker(7, |worker| {
        worker.metrics.status = WorkerStatus::Maintenance;
        worker.metrics.is_online = false;
    });
    world.pass(1);
    assert_eq!(world.alert("worker-offline").state, AlertState::Resolved);
}

#[test]
fn a_worker_that_says_that_it_is_in_error_is_believed() {
    let mut world = World::new();
    world.worker(7, |worker| worker.metrics.status = WorkerStatus::Error);
    world.pass(1);
    assert_eq!(world.alert("worker-error").state, AlertState::Firing);
    world.speak(7);
    world.pass(1);
    assert_eq!(world.alert("worker-error").state, AlertState::Resolved);
}

#[test]
fn a_queue_over_its_threshold_for_a_minute_is_reported_and_clears_at_eighty() {
    let mut world = World::new();
    world.waiting("gpu_priority", 100);
    world.pass(120);
    assert!(world.alerts("queue-backlog").is_empty());
    world.waiting("gpu_priority", 148);
    world.pass(60);
    assert_eq!(world.alert("queue-backlog").state, AlertState::Pending);
    world.pass(1);
    let alert = world.alert("queue-backlog");
    assert_eq!((alert.state, alert.title.as_str()), (AlertState::Firing, "gpu_priority has 148 tasks waiting"));
    world.waiting("gpu_priority", 81);
    world.pass(300);
    assert_eq!(world.alert("queue-backlog").state, AlertState::Firing);
    world.waiting("gpu_priority", 80);
    world.pass(1);
    assert_eq!(world.alert("queue-backlog").state, AlertState::Recovering);
    // Between the two bounds it goes on recovering.
    world.waiting("gpu_priority", 95);
    world.pass(120);
    assert_eq!(world.alert("queue-backlog").state, AlertState::Resolved);
}

#[test]
fn failures_are_reported_of_the_system_and_of_the_queue_once_there_are_enough_tasks() {
    let mut world = World::new();
    world.ended("cpu_batch", 0, 19);
    world.pass(1);
    assert!(world.alerts("error-rate").is_empty());
    world.ended("cpu_batch", 0, 1);
    world.pass(1);
    let alerts = world.alerts("error-rate");
    let mut of: Vec<_> = alerts.iter().map(|alert| (alert.component, alert.component_id.as_str())).collect();
    of.sort_unstable();
    let expected =
        [(AlertComponent::Queue, "cpu_batch"), (AlertComponent::Task, "x"), (AlertComponent::System, "system")];
    assert_eq!(of, expected);
    assert!(alerts.iter().all(|alert| alert.title.starts_with("100 % of the tasks of")));
    world.pass(360);
    assert!(world.alerts("error-rate").iter().all(|a| a.state == AlertState::Firing), "no task is no recovery");
    world.ended("cpu_batch", 5, 0);
    world.pass(62);
    assert!(world.alerts("error-rate").iter().all(|alert| alert.state == AlertState::Resolved));
}

#[test]
fn exactly_a_tenth_of_failures_is_not_over_a_tenth() {
    let mut world = World::new();
    world.ended("cpu_batch", 18, 2);
    world.pass(1);
    assert!(world.alerts("error-rate").is_empty());
    world.ended("cpu_batch", 0, 1);
    world.pass(1);
    assert_eq!(world.alerts("error-rate").len(), 3);
}

#[test]
fn a_host_at_its_limit_for_two_minutes_is_reported_and_clears_at_eighty_percent() {
    for (rule, memory) in [("cpu-high", false), ("memory-high", true)] {
        let mut world = World::new();
        let set = |world: &mut World, load: f64| {
            world.worker(3, |worker| {
                let slot = if memory { &mut worker.metrics.memory_usage } else { &mut worker.metrics.cpu_usage };
                *slot = Some(ratio(load));
            });
        };
        set(&mut world, 0.90);
        world.pass(180);
        assert!(world.alerts(rule).is_empty(), "{rule}");
        set(&mut world, 0.92);
        world.pass(121);
        let alert = world.alert(rule);
        assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Warning), "{rule}");
        assert!(alert.title.contains("of gpu-3 at 92 %"), "{}", alert.title);
        set(&mut world, 0.81);
        world.pass(10);
        assert_eq!(world.alert(rule).state, AlertState::Firing, "{rule}");
        set(&mut world, 0.80);
        world.pass(1);
        assert_eq!(world.alert(rule).state, AlertState::Resolved, "{rule}");
    }
}

#[test]
fn a_busy_gpu_is_told_of_after_ten_minutes() {
    let mut world = World::new();
    world.gpu(1, |gpu| gpu.utilization = Some(ratio(0.95)));
    world.pass(700);
    assert!(world.alerts("gpu-busy").is_empty());
    world.gpu(1, |gpu| gpu.utilization = Some(ratio(0.99)));
    world.pass(600);
    assert_eq!(world.alert("gpu-busy").state, AlertState::Pending);
    world.pass(1);
    let alert = world.alert("gpu-busy");
    assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Info));
    assert_eq!((alert.component, alert.component_id.as_str()), (AlertComponent::Gpu, "gpu-1/0"));
    world.gpu(1, |gpu| gpu.utilization = Some(ratio(0.2)));
    world.pass(122);
    assert_eq!(world.alert("gpu-busy").state, AlertState::Resolved);
}

#[test]
fn a_gpu_is_hot_at_its_own_slowdown_temperature() {
    let mut world = World::new();
    let heat = |world: &mut World, degrees| {
        world.gpu(1, |gpu| {
            gpu.slowdown_temperature_celsius = Some(90.0);
            gpu.temperature_celsius = Some(degrees);
        });
        world.pass(1);
    };
    heat(&mut world, 89.9);
    assert!(world.alerts("gpu-hot").is_empty());
    heat(&mut world, 90.0);
    let alert = world.alert("gpu-hot");
    assert_eq!((alert.threshold, alert.metric_value), (Some(90.0), Some(90.0)));
    assert_eq!(alert.timeline[0].detail.as_deref(), Some("90 °C"));
    heat(&mut world, 87.0);
    assert_eq!(world.alert("gpu-hot").state, AlertState::Firing);
    heat(&mut world, 86.9);
    world.pass(60);
    assert_eq!(world.alert("gpu-hot").state, AlertState::Resolved);
}

#[test]
fn a_faulty_gpu_is_critical_until_it_is_mended() {
    let mut world = World::new();
    world.gpu(1, |gpu| gpu.xid_last = Some(Xid { code: 13, at: super::world::start() }));
    world.pass(1);
    assert!(world.alerts("gpu-fault").is_empty(), "13 is an application's own mistake");
    world.gpu(1, |gpu| gpu.remapped_rows = Some(RemappedRows { failed: true, ..RemappedRows::default() }));
    world.pass(1);
    assert_eq!(world.alert("gpu-fault").severity, AlertSeverity::Critical);
    world.gpu(1, |gpu| gpu.remapped_rows = Some(RemappedRows::default()));
    world.pass(1);
    assert_eq!(world.alert("gpu-fault").state, AlertState::Resolved);
}

#[test]
fn a_source_that_is_down_is_reported_and_its_workers_are_not_called_offline() {
    let mut world = World::new();
    world.source("http", SourceState::Down);
    world.silence(7);
    world.pass(29);
    assert!(world.fleet.alerts.is_empty());
    world.pass(1);
    assert_eq!(world.alert("source-down").severity, AlertSeverity::Critical);
    world.pass(600);
    assert!(world.alerts("worker-offline").is_empty());
    world.source("http", SourceState::Up);
    world.pass(299);
    assert_eq!(world.alert("source-down").state, AlertState::Resolved);
    assert!(world.alerts("worker-offline").is_empty(), "the source has not been back for five minutes");
    world.pass(1);
    assert_eq!(world.alert("worker-offline").timeline[0].what, AlertStep::Firing);
}

#[test]
fn a_store_that_cannot_be_written_for_30_s_is_critical_until_it_could_be_for_10_s() {
    let mut world = World::new();
    world.pass(1);
    assert!(world.alerts("store-failing").is_empty());
    let outage = StoreOutage {
        part: StorePart::Log,
        reason: "the disk is full".to_owned(),
        since: world.now,
        until: None,
        events_refused: 0,
        samples_missed: 0,
    };
    world.fleet.outage = Some(outage.clone());
    world.pass(29);
    assert!(world.alerts("store-failing").is_empty());
    world.pass(1);
    let alert = world.alert("store-failing");
    assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Critical));
    assert_eq!((alert.component, alert.component_id.as_str()), (AlertComponent::Source, "store"));
    assert_eq!(alert.title, "The store cannot be written: the disk is full");
    world.fleet.outage = Some(StoreOutage { until: Some(world.now), ..outage });
    world.pass(1);
    assert_eq!(world.alert("store-failing").state, AlertState::Recovering);
    world.pass(10);
    assert_eq!(world.alert("store-failing").state, AlertState::Resolved);
}
