//! Faults of devices, told by an agent that may start again.

use super::{at, beat, event, feed, run, worker_id};
use crate::collector::Fleet;
use forewatch::gpu::{RemappedRows, Xid};
use forewatch::heartbeat::{HeartbeatMetrics, HostReading};
use forewatch::{Event, EventBody, GpuMetrics};

const HOUR: f64 = 3_600.0;

/// A beat with one device, of a host that has been up for so long.
fn tells(seconds: f64, uptime: Option<f64>, device: GpuMetrics) -> Event {
    let mut event = beat(seconds, 1, HeartbeatMetrics::default());
    if let EventBody::WorkerHeartbeat(beat) = &mut event.body {
        beat.host = Some(HostReading { uptime, ..HostReading::default() });
        beat.gpus = vec![device];
    }
    event
}

fn xid(code: u64, seconds: f64) -> GpuMetrics {
    GpuMetrics { xid_last: Some(Xid { code, at: at(seconds) }), ..healthy() }
}

fn healthy() -> GpuMetrics {
    GpuMetrics { uuid: Some("GPU-1".to_owned()), ecc_uncorrected_errors: Some(0), ..GpuMetrics::default() }
}

/// Whether the device is faulty, and the code of its last XID.
fn found(fleet: &Fleet) -> (Option<bool>, Option<u64>) {
    let gpu = &fleet.workers[&worker_id(1)].metrics.gpus[0];
    (gpu.fault(), gpu.xid_last.map(|xid| xid.code))
}

#[test]
fn an_xid_outlives_the_agent_that_saw_it_and_is_a_fault_for_a_day() {
    let mut fleet = run(&[tells(0.0, Some(100.0), xid(79, 0.0)), tells(10.0, Some(110.0), healthy())]);
    assert_eq!(found(&fleet), (Some(true), Some(79)));
    feed(&mut fleet, &[tells(24.0 * HOUR + 1.0, None, healthy())], 3);
    assert_eq!(found(&fleet), (Some(false), Some(79)), "it is still shown");
    feed(&mut fleet, &[tells(25.0 * HOUR, None, xid(48, 25.0 * HOUR))], 4);
    assert_eq!(found(&fleet), (Some(true), Some(48)));
}

#[test]
fn a_host_that_starts_anew_and_a_worker_that_says_good_bye_are_without_fault() {
    let broken = [tells(0.0, Some(9_000.0), xid(79, 0.0)), tells(10.0, None, healthy())];
    let mut fleet = run(&broken);
    feed(&mut fleet, &[tells(20.0, Some(15.0), healthy())], 3);
    assert_eq!(found(&fleet), (Some(false), None));
    let mut fleet = run(&broken);
    let good_bye = event(20.0, EventBody::WorkerDeregistered { worker_id: worker_id(1) });
    feed(&mut fleet, &[good_bye, tells(30.0, Some(9_030.0), healthy())], 3);
    assert_eq!(found(&fleet), (Some(false), None));
}

#[test]
fn of_a_device_that_tells_of_no_fault_and_never_did_nothing_is_known() {
    let silent = GpuMetrics { faulty: Some(true), ..GpuMetrics::default() };
    assert_eq!(found(&run(&[tells(0.0, None, silent)])), (None, None), "what a sender makes of it is not used");
    let failed = RemappedRows { failed: true, ..RemappedRows::default() };
    let rows = GpuMetrics { remapped_rows: Some(failed), ..GpuMetrics::default() };
    assert_eq!(found(&run(&[tells(0.0, None, rows)])), (Some(true), None));
}
