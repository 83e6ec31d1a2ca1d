//! What happened to a worker, as it is kept with it.

use super::silence::from_celery;
use super::{at, beat, event, feed, registered, run, settings, worker_id};
use crate::collector::{Changes, Fleet, apply};
use forewatch::gpu::Xid;
use forewatch::heartbeat::{HeartbeatMetrics, HostReading};
use forewatch::worker::WorkerStep;
use forewatch::{Event, EventBody, GpuMetrics, WorkerStatus};

/// A beat, changed.
fn tells(seconds: f64, change: impl FnOnce(&mut forewatch::Heartbeat)) -> Event {
    let mut event = beat(seconds, 1, HeartbeatMetrics::default());
    if let EventBody::WorkerHeartbeat(beat) = &mut event.body {
        change(beat);
    }
    event
}

/// What happened: the seconds, and what.
fn told(fleet: &Fleet) -> Vec<(f64, WorkerStep)> {
    let seconds = |moment: &forewatch::worker::WorkerMoment| (moment.at - super::start()).num_milliseconds();
    let moments = fleet.workers[&worker_id(1)].moments.iter();
    moments.map(|moment| (seconds(moment) as f64 / 1e3, moment.what.clone())).collect()
}

fn tick(fleet: &mut Fleet, seconds: f64) {
    apply::tick(fleet, &settings(), at(seconds), &mut Changes::default());
}

#[test]
fn a_worker_that_falls_silent_and_comes_back_is_noted_with_the_times_of_that() {
    let mut fleet = run(&[registered(0.0, 1), tells(1.0, |_| {})]);
    assert_eq!(told(&fleet), [], "that it is new is in its record");
    // Its beat every 10 s makes a limit of 30 s; the tick comes when it comes.
    tick(&mut fleet, 47.0);
    tick(&mut fleet, 48.0);
    feed(&mut fleet, &[tells(60.0, |_| {}), tells(70.0, |_| {})], 3);
    assert_eq!(told(&fleet), [(31.0, WorkerStep::Lost), (60.0, WorkerStep::Online)]);
}

#[test]
fn farewells_and_what_a_worker_says_of_itself_are_noted_once_however_often_they_are_told() {
    let good_bye = event(20.0, EventBody::WorkerWentOffline { worker_id: worker_id(1) });
    let said = |seconds, status| tells(seconds, |beat| beat.status = status);
    let events = [
        said(1.0, WorkerStatus::Busy),
        good_bye,
        said(30.0, WorkerStatus::Error),
        said(40.0, WorkerStatus::Error),
        said(50.0, WorkerStatus::Maintenance),
        said(60.0, WorkerStatus::Busy),
        said(70.0, WorkerStatus::Online),
    ];
    let fleet = run(&events.iter().flat_map(|event| [event.clone(), event.clone()]).collect::<Vec<_>>());
    let expected = [
        (20.0, WorkerStep::Left),
        (30.0, WorkerStep::Failing),
        (50.0, WorkerStep::Maintenance),
        (60.0, WorkerStep::Online),
    ];
    assert_eq!(told(&fleet), expected);
}

#[test]
fn another_version_a_host_that_started_anew_and_an_xid_are_noted() {
    let host = |uptime| Some(HostReading { uptime: Some(uptime), ..HostReading::default() });
    let version = |text: &str| Some(text.to_owned());
    let xid =
        |seconds| GpuMetrics { index: 3, xid_last: Some(Xid { code: 79, at: at(seconds) }), ..Default::default() };
    let fleet = run(&[
        tells(1.0, |beat| (beat.version, beat.host) = (version("1.0"), host(900.0))),
        tells(11.0, |beat| beat.gpus = vec![xid(9.0)]),
        tells(21.0, |beat| beat.gpus = vec![xid(9.0)]),
        // Who tells no version has not lost it.
        registered(22.0, 1),
        tells(31.0, |beat| (beat.version, beat.host) = (version("1.1"), host(4.0))),
    ]);
    let expected = [
        (9.0, WorkerStep::Xid { gpu: 3, code: 79 }),
        (22.0, WorkerStep::Registered),
        (31.0, WorkerStep::Version { from: "1.0".to_owned(), to: "1.1".to_owned() }),
        (27.0, WorkerStep::Restarted),
    ];
    assert_eq!(told(&fleet), expected);
}

#[test]
fn what_is_kept_is_bounded_and_comes_through_a_restart() {
    let mut fleet = run(&[registered(0.0, 1)]);
    for n in 0..40 {
        let seconds = 10.0 + f64::from(n) * 20.0;
        let good_bye = event(seconds, EventBody::WorkerWentOffline { worker_id: worker_id(1) });
        feed(&mut fleet, &[good_bye, tells(seconds + 10.0, |_| {})], 2);
    }
    let kept = told(&fleet);
    assert_eq!((kept.len(), kept.last().cloned()), (30, Some((800.0, WorkerStep::Online))));
    // Registering over and over pushes nothing out.
    let again: Vec<Event> = (0..50).map(|n| registered(900.0 + f64::from(n), 1)).collect();
    feed(&mut fleet, &again, 100);
    assert_eq!((told(&fleet).len(), told(&fleet)[1].clone()), (30, kept[2].clone()));
    let bytes = rmp_serde::to_vec_named(&fleet).expect("it can be written");
    let restored: Fleet = rmp_serde::from_slice(&bytes).expect("it can be read");
    assert_eq!(told(&restored), told(&fleet));
}

#[test]
fn the_workers_of_a_celery_application_are_not_said_to_register_with_each_connection() {
    let registered = [from_celery(registered(0.0, 1)), from_celery(registered(100.0, 1))];
    assert_eq!(told(&run(&registered)), []);
}
