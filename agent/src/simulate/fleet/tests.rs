use super::*;
use crate::simulate::Scenario;
use forewatch::EventBody;
use forewatch::ingest::{parse_event, parse_heartbeat};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn plan(workers: u32, gpus: u32, tasks_per_second: f64, scenario: Scenario) -> Plan {
    Plan {
        workers,
        gpus,
        tasks_per_second,
        seed: 7,
        duration: Some(Duration::from_secs(400)),
        interval: Duration::from_secs(10),
        scenario,
    }
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a moment within the calendar")
}

fn played(plan: Plan, step: f64, until: f64) -> Output {
    let mut fleet = Fleet::new(plan, start());
    let mut output = Output::default();
    let mut now = 0.0;
    while now < until {
        now = (now + step).min(until);
        fleet.advance(Duration::from_secs_f64(now), &mut output);
    }
    output
}

fn scenario() -> impl Strategy<Value = Scenario> {
    use clap::ValueEnum;
    proptest::sample::select(Scenario::value_variants())
}

fn metrics_of(output: &Output, worker: usize) -> Vec<&Heartbeat> {
    output.beats.iter().filter(|beat| beat.worker == worker).map(|beat| &beat.heartbeat).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_same_seed_gives_the_same_fleet_however_time_is_cut(
        seed: u64, workers in 1_u32..6, gpus in 0_u32..3, rate in 0.0..5.0, scenario in scenario(), step in 0.05..7.0,
    ) {
        let plan = Plan { seed, ..plan(workers, gpus, rate, scenario) };
        let (one, other) = (played(plan.clone(), step, 200.0), played(plan, 200.0, 200.0));
        prop_assert_eq!(one.events, other.events);
        prop_assert_eq!(one.beats, other.beats);
    }

    #[test]
    fn everything_that_is_made_up_passes_the_checks_of_the_server(
        seed: u64, gpus in 0_u32..3, scenario in scenario(),
    ) {
        let output = played(Plan { seed, ..plan(3, gpus, 3.0, scenario) }, 1.0, 400.0);
        for beat in &output.beats {
            let json = serde_json::to_string(&beat.heartbeat).expect("a heartbeat is JSON");
            let (_, ignored) = parse_heartbeat(&json).expect("a heartbeat is taken");
            prop_assert_eq!(ignored.count, 0);
        }
        for event in &output.events {
            let json = serde_json::to_string(event).expect("an event is JSON");
            let taken = parse_event(&json, event.at).expect("an event is taken");
            prop_assert_eq!(taken.ignored.count, 0, "{}", json);
        }
    }

    #[test]
    fn counters_only_grow(seed: u64, scenario in scenario()) {
        let output = played(Plan { seed, ..plan(2, 2, 4.0, scenario) }, 5.0, 400.0);
        for worker in 0..2 {
            for pair in metrics_of(&output, worker).windows(2) {
                let (a, b) = (pair[0], pair[1]);
                prop_assert!(a.metrics.completed_tasks <= b.metrics.completed_tasks);
                prop_assert!(a.metrics.failed_tasks <= b.metrics.failed_tasks);
                let (host_a, host_b) = (a.host.as_ref().expect("a host"), b.host.as_ref().expect("a host"));
                prop_assert!(host_a.network_rx_bytes <= host_b.network_rx_bytes);
                prop_assert!(host_a.network_tx_bytes <= host_b.network_tx_bytes);
                for gpu in &a.gpus {
                    let later = b.gpus.iter().find(|other| other.index == gpu.index && other.energy_joules.is_some());
                    prop_assert!(later.is_none_or(|later| gpu.energy_joules <= later.energy_joules));
                }
            }
        }
    }
}

#[test]
fn heartbeats_are_spread_evenly_over_the_interval() {
    let output = played(plan(100, 0, 0.0, Scenario::Steady), 0.05, 9.999);
    assert_eq!(output.beats.len(), 100);
    let halves = output.beats.iter().filter(|beat| beat.heartbeat.timestamp < start() + TimeDelta::seconds(5)).count();
    assert_eq!(halves, 50);
}

#[test]
fn a_worker_that_dies_is_silent_from_a_quarter_to_three_quarters() {
    let output = played(plan(2, 1, 1.0, Scenario::WorkerDies), 1.0, 400.0);
    let at = |beat: &&Heartbeat| (beat.timestamp - start()).num_seconds();
    let times: Vec<i64> = metrics_of(&output, 0).iter().map(at).collect();
    assert!(times.iter().all(|t| !(100..300).contains(t)), "{times:?}");
    assert!(times.iter().any(|t| *t >= 300), "it returns");
    assert_eq!(metrics_of(&output, 1).len(), 40, "the other one goes on");
}

#[test]
fn a_storm_fills_one_queue() {
    let deepest = |scenario| {
        let mut deepest = BTreeMap::new();
        for event in played(plan(4, 2, 3.0, scenario), 1.0, 300.0).events {
            if let Body::Queue { queue, pending, .. } = event.body {
                let most = deepest.entry(queue).or_insert(pending);
                *most = pending.max(*most);
            }
        }
        deepest["gpu_priority"]
    };
    assert!(deepest(Scenario::QueueStorm) > 100.max(deepest(Scenario::Steady)));
}

/// How many tasks ended, and how many of them failed, in the five minutes before `until`.
fn ended_by(plan: Plan, until: i64) -> (usize, usize) {
    let window = start() + TimeDelta::seconds(until - 300)..start() + TimeDelta::seconds(until);
    let events = played(plan, 1.0, 400.0).events;
    let failed = |event: &&FleetEvent| matches!(event.body, Body::Failed { .. });
    let ended: Vec<_> = events
        .iter()
        .filter(|event| window.contains(&event.at))
        .filter(|event| matches!(event.body, Body::Failed { .. } | Body::Completed { .. }))
        .collect();
    (ended.len(), ended.iter().filter(|event| failed(event)).count())
}

#[test]
fn an_error_spike_is_over_the_rules_tenth_of_at_least_twenty_tasks() {
    for seed in 0..20 {
        for (workers, gpus, duration) in [(1, 0, 400), (2, 1, 400), (4, 2, 400), (4, 2, 120)] {
            let wanted = Plan { seed, ..plan(workers, gpus, 0.0, Scenario::ErrorSpike) };
            let wanted = Plan { duration: Some(Duration::from_secs(duration)), ..wanted };
            let (ended, failed) = ended_by(wanted.complete().0, i64::try_from(duration * 3 / 4).expect("it is short"));
            assert!(ended >= 20, "{ended} ended of {workers} workers in {duration} s");
            assert!(failed * 10 > ended, "{failed} of {ended} of {workers} workers in {duration} s");
        }
    }
    let (ended, failed) = ended_by(plan(4, 2, 2.0, Scenario::Steady), 300);
    assert!(failed * 10 < ended, "without a spike all is well");
}

#[test]
fn a_scenario_gets_what_it_cannot_do_without_and_says_so() {
    for scenario in [Scenario::GpuOverheats, Scenario::GpuFallsOff] {
        let (completed, added) = plan(2, 0, 0.0, scenario).complete();
        assert_eq!((completed.gpus, added.len()), (2, 1), "{scenario:?}: {added:?}");
    }
    for scenario in [Scenario::QueueStorm, Scenario::ErrorSpike] {
        let (completed, added) = plan(2, 0, 0.0, scenario).complete();
        assert!(completed.tasks_per_second > 0.0 && added.len() == 1, "{scenario:?}: {added:?}");
    }
    for wanted in [plan(2, 0, 0.0, Scenario::Steady), plan(2, 1, 3.0, Scenario::QueueStorm)] {
        assert_eq!(wanted.clone().complete(), (wanted, Vec::new()));
    }
}

#[test]
fn a_second_run_with_the_same_seed_has_tasks_of_its_own() {
    let ids = |seconds: i64| -> Vec<String> {
        let mut fleet = Fleet::new(plan(2, 1, 2.0, Scenario::Steady), start() + TimeDelta::seconds(seconds));
        let mut output = Output::default();
        fleet.advance(Duration::from_mins(1), &mut output);
        let submitted = output.events.into_iter().filter_map(|event| match event.body {
            Body::Submitted { task_id, .. } => Some(task_id),
            _ => None,
        });
        submitted.collect()
    };
    let (first, second) = (ids(0), ids(600));
    assert!(!first.is_empty() && first.len() == second.len());
    assert!(first.iter().all(|id| !second.contains(id)));
}

#[test]
fn a_device_overheats_slows_down_and_recovers() {
    let output = played(plan(1, 2, 1.0, Scenario::GpuOverheats), 1.0, 400.0);
    let beats = metrics_of(&output, 0);
    let is_hot = |beat: &&&Heartbeat| beat.gpus[0].is_hot() && beat.gpus[0].is_throttled();
    assert!(beats.iter().filter(is_hot).count() > 5);
    assert!(beats.iter().all(|beat| !beat.gpus[1].is_hot()));
    assert!(!beats.last().expect("it beats").gpus[0].is_hot());
}

#[test]
fn a_device_that_falls_off_the_bus_reports_xid_79_and_is_gone() {
    let output = played(plan(1, 2, 1.0, Scenario::GpuFallsOff), 1.0, 400.0);
    let beats = metrics_of(&output, 0);
    let dying: Vec<_> = beats.iter().filter(|beat| beat.gpus[0].xid_last.is_some_and(|xid| xid.code == 79)).collect();
    assert!(!dying.is_empty() && dying.iter().all(|beat| beat.gpus[0].temperature_celsius.is_none()));
    assert!(beats.iter().any(|beat| beat.gpus.len() == 1 && beat.gpus[0].index == 1));
    assert_eq!(beats.last().expect("it beats").gpus.len(), 2, "it is back after a restart");
}

#[test]
fn a_wrong_clock_is_hours_off_in_heartbeats_and_nowhere_else() {
    let output = played(plan(8, 0, 2.0, Scenario::ClockSkew), 1.0, 60.0);
    let off = |worker: usize| (metrics_of(&output, worker)[0].timestamp - start()).num_hours();
    assert_eq!([off(0), off(4), off(1)], [2, -1, 0]);
    assert!(output.events.iter().all(|event| (event.at - start()).num_seconds() <= 60));
}

#[test]
fn flapping_workers_come_and_go() {
    let output = played(plan(11, 0, 0.0, Scenario::Flapping), 1.0, 399.0);
    assert_eq!(metrics_of(&output, 0).len(), 20, "half of its heartbeats");
    assert_eq!(metrics_of(&output, 1).len(), 40, "all of them");
}

#[test]
fn a_task_starts_before_it_ends_and_ends_once() {
    let output = played(plan(3, 1, 2.0, Scenario::Steady), 1.0, 400.0);
    let mut ended: BTreeMap<String, u32> = BTreeMap::new();
    let mut started: BTreeMap<String, u32> = BTreeMap::new();
    for event in &output.events {
        let json = serde_json::to_string(event).expect("an event is JSON");
        let taken = parse_event(&json, event.at).expect("an event is taken");
        let EventBody::Task(task) = taken.body else { continue };
        match &event.body {
            Body::Started { .. } => *started.entry(task.task_id.to_string()).or_default() += 1,
            Body::Completed { .. } | Body::Failed { .. } => {
                assert!(started.contains_key(&*task.task_id));
                *ended.entry(task.task_id.to_string()).or_default() += 1;
            }
            _ => {}
        }
    }
    assert!(ended.len() > 100 && ended.values().all(|times| *times == 1));
}
