//! The rules on hosts and their devices: each fires, does not fire just below, and clears.

use super::world::{World, ratio};
use forewatch::{AlertSeverity, AlertState, GpuMetrics, WorkerStatus};

#[test]
fn a_clock_that_is_off_by_more_than_half_a_minute_is_told_of_either_way() {
    for sign in [1.0, -1.0] {
        let mut world = World::new();
        let skew = |world: &mut World, seconds: Option<f64>| {
            world.worker(1, |worker| worker.metrics.clock_skew = seconds.map(|seconds| seconds * sign));
        };
        skew(&mut world, Some(30.0));
        world.pass(120);
        assert!(world.alerts("worker-clock-skew").is_empty());
        skew(&mut world, Some(31.0));
        world.pass(61);
        let alert = world.alert("worker-clock-skew");
        assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Info));
        skew(&mut world, None);
        world.pass(61);
        assert_eq!(
            world.alert("worker-clock-skew").state,
            AlertState::Resolved,
            "a clock that is right is not told of"
        );
    }
}

#[test]
fn a_disk_that_fills_up_becomes_worse_in_steps_and_is_nobodys_again_then() {
    let mut world = World::new();
    let disk = |world: &mut World, used: f64| {
        world.worker(1, |worker| worker.metrics.disk_usage = Some(ratio(used)));
        world.pass(1);
    };
    disk(&mut world, 0.90);
    assert!(world.alerts("disk-high").is_empty());
    disk(&mut world, 0.91);
    let id = world.alert("disk-high").alert_id;
    assert_eq!(world.alert("disk-high").severity, AlertSeverity::Warning);
    world.command(&id, "Mara", forewatch::alert::AlertCommand::Acknowledge { note: None, until: None });
    disk(&mut world, 0.96);
    assert!(world.alert("disk-high").acknowledged);
    disk(&mut world, 0.98);
    let alert = world.alert("disk-high");
    assert_eq!((alert.severity, alert.acknowledged, alert.alert_id), (AlertSeverity::Critical, false, id));
    disk(&mut world, 0.96);
    assert_eq!(world.alert("disk-high").severity, AlertSeverity::Critical);
    disk(&mut world, 0.94);
    assert_eq!(world.alert("disk-high").severity, AlertSeverity::Warning);
    disk(&mut world, 0.89);
    assert_eq!(world.alert("disk-high").state, AlertState::Firing);
    disk(&mut world, 0.88);
    assert_eq!(world.alert("disk-high").state, AlertState::Resolved);
}

#[test]
fn a_device_whose_memory_is_full_for_five_minutes_is_reported() {
    let mut world = World::new();
    let memory = |world: &mut World, used: u64| {
        world.gpu(1, |gpu| (gpu.memory_used_bytes, gpu.memory_total_bytes) = (Some(used), Some(100)));
    };
    memory(&mut world, 95);
    world.pass(400);
    assert!(world.alerts("gpu-memory-high").is_empty());
    memory(&mut world, 96);
    world.pass(300);
    assert_eq!(world.alert("gpu-memory-high").state, AlertState::Pending);
    world.pass(1);
    assert_eq!(world.alert("gpu-memory-high").state, AlertState::Firing);
    memory(&mut world, 90);
    world.pass(1);
    assert_eq!(world.alert("gpu-memory-high").state, AlertState::Resolved);
}

#[test]
fn a_device_that_heat_holds_down_for_a_minute_is_reported_and_an_ordinary_power_cap_is_not() {
    let mut world = World::new();
    let held = |world: &mut World, reason: &str| {
        world.gpu(1, |gpu| gpu.throttle_reasons = Some(vec![reason.to_owned()]));
    };
    held(&mut world, "sw_power_cap");
    world.pass(120);
    assert!(world.alerts("gpu-throttled").is_empty());
    held(&mut world, "hw_power_brake_slowdown");
    world.pass(60);
    assert_eq!(world.alert("gpu-throttled").state, AlertState::Pending);
    world.pass(1);
    let alert = world.alert("gpu-throttled");
    assert_eq!((alert.state, alert.severity), (AlertState::Firing, AlertSeverity::Error));
    held(&mut world, "gpu_idle");
    world.pass(62);
    assert_eq!(world.alert("gpu-throttled").state, AlertState::Resolved);
}

/// A worker reports devices, as a heartbeat would.
fn report(world: &mut World, indexes: &[u32], uptime: f64) {
    let now = world.now;
    let gpus = indexes.iter().map(|index| GpuMetrics {
        index: *index,
        uuid: Some(format!("GPU-{index}")),
        ecc_uncorrected_errors: Some(0),
        ..GpuMetrics::default()
    });
    let gpus: Vec<GpuMetrics> = gpus.collect();
    world.worker(1, |worker| {
        worker.metrics.gpus = gpus;
        worker.faults.judge(&mut worker.metrics.gpus, Some(uptime), now);
    });
    world.pass(1);
}

#[test]
fn a_device_that_disappears_is_a_fault_until_it_is_back_or_the_host_starts_anew() {
    let mut world = World::new();
    report(&mut world, &[0, 1], 100.0);
    report(&mut world, &[0], 110.0);
    assert!(world.alerts("gpu-fault").is_empty(), "missing once may be an accident");
    report(&mut world, &[0], 120.0);
    let alert = world.alert("gpu-fault");
    assert_eq!(
        (alert.state, alert.severity, alert.component_id.as_str()),
        (AlertState::Firing, AlertSeverity::Critical, "gpu-1/1")
    );
    report(&mut world, &[0, 1], 130.0);
    assert_eq!(world.alert("gpu-fault").state, AlertState::Resolved);
    report(&mut world, &[0], 140.0);
    report(&mut world, &[0], 150.0);
    assert_eq!((world.alert("gpu-fault").state, world.alert("gpu-fault").occurrences), (AlertState::Firing, 2));
    report(&mut world, &[0], 5.0);
    assert_eq!(world.alert("gpu-fault").state, AlertState::Resolved);
}

#[test]
fn an_idle_device_is_told_of_when_its_host_serves_a_queue_with_work() {
    let mut world = World::new();
    world.gpu(1, |gpu| gpu.utilization = Some(ratio(0.04)));
    world.waiting("gpu_priority", 5);
    world.pass(700);
    assert!(world.alerts("gpu-idle-with-backlog").is_empty(), "nobody on its host takes from the queue");
    // The agent reports the device, and a worker beside it takes tasks.
    for n in [1, 2] {
        world.worker(n, |worker| worker.metrics.hostname = Some("rack-1".to_owned()));
    }
    world.worker(2, |worker| worker.metrics.queues = vec!["gpu_priority".to_owned()]);
    world.pass(600);
    assert_eq!(world.alert("gpu-idle-with-backlog").state, AlertState::Pending);
    world.pass(1);
    let alert = world.alert("gpu-idle-with-backlog");
    assert_eq!((alert.state, alert.component_id.as_str()), (AlertState::Firing, "gpu-1/0"));
    world.waiting("gpu_priority", 0);
    world.pass(62);
    assert_eq!(world.alert("gpu-idle-with-backlog").state, AlertState::Resolved);
}

#[test]
fn a_device_with_some_work_or_with_a_fault_is_not_idle() {
    let mut world = World::new();
    world.waiting("gpu_priority", 5);
    world.worker(1, |worker| worker.metrics.queues = vec!["gpu_priority".to_owned()]);
    world.gpu(1, |gpu| gpu.utilization = Some(ratio(0.05)));
    world.pass(700);
    world.gpu(1, |gpu| (gpu.utilization, gpu.faulty) = (Some(ratio(0.0)), Some(true)));
    world.pass(700);
    assert!(world.alerts("gpu-idle-with-backlog").is_empty());
    world.worker(1, |worker| worker.metrics.status = WorkerStatus::Offline);
    world.pass(700);
    assert!(world.alerts("gpu-idle-with-backlog").is_empty());
}
