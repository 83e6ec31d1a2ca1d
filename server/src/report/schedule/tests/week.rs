//! The report of a simulated week against a computation of its own, from what the simulator said ([`log`]).

mod log;

use super::*;
use app::query::SeriesQuery;
use chrono::Duration as Span;
use forewatch::TaskGroup;
use forewatch::ingest::parse_heartbeat;
use forewatch::report::Ranking;
use forewatch::series::{Aggregation, quantile};
use forewatch_agent::simulate::{Fleet, Output, Plan, Scenario};
use log::{Log, Told};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Seconds between two beats, and between two ticks of the server.
const STEP: u64 = 3_600;
const WORKERS: u32 = 2;
const WEEKLY: &str = "[server]\ntick = \"3600s\"\n[thresholds]\nworker_offline = \"5h\"\n[[report]]\nname = \"w\"\nevery = \"week\"\nformats = [\"json\", \"pdf\"]\n";

fn from() -> DateTime<Utc> {
    at("2025-06-02T00:00:00Z")
}

fn to() -> DateTime<Utc> {
    at("2025-06-09T00:00:00Z")
}

/// Made once for all that look at it.
static SIMULATED: LazyLock<(Report, Log)> = LazyLock::new(simulated);

/// Runs a fleet from an hour before the week to an hour after it through the server; answers with what the server's schedule
/// made of it, and what the simulator said.
fn simulated() -> (Report, Log) {
    let start = from() - Span::hours(1);
    let duration = Duration::from_hours(7 * 24 + 2);
    let plan = Plan {
        workers: WORKERS,
        gpus: 1,
        tasks_per_second: 0.01,
        seed: 20_250_602,
        duration: Some(duration),
        interval: Duration::from_secs(STEP),
        scenario: Scenario::QueueStorm,
    };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut driven = Driven::start(&folder, &format!("{WEEKLY}{KEPT}"), start);
    let mut fleet = Fleet::new(plan, start);
    let mut log = Log::default();
    let source = || SourceName::new("http").expect("a name");
    let own = |body, at| Event { event_id: None, source: source(), at, received_at: at, body };
    let registrations: Vec<Event> =
        fleet.registrations().map(|worker| own(EventBody::WorkerRegistered(Box::new(worker)), start)).collect();
    driven.step(&registrations, start);
    for step in 1..=duration.as_secs() / STEP {
        let elapsed = Duration::from_secs(step * STEP);
        let now = start + elapsed;
        let mut output = Output::default();
        fleet.advance(elapsed, &mut output);
        let mut events = Vec::new();
        for event in &output.events {
            let json = serde_json::to_string(event).expect("it is JSON");
            // A measurement of a queue every five seconds tells the report nothing.
            if !json.contains("queue.sampled") {
                log.hear(&json);
                let parsed = parse_event(&json, now).expect("the simulator says what is allowed");
                events.push(parsed.into_event(source(), now));
            }
        }
        for beat in &output.beats {
            let json = serde_json::to_string(&beat.heartbeat).expect("it is JSON");
            log.beat(&json);
            let (heartbeat, _) = parse_heartbeat(&json).expect("the simulator says what is allowed");
            let at = heartbeat.timestamp;
            events.push(own(EventBody::WorkerHeartbeat(Box::new(heartbeat)), at));
        }
        driven.step(&events, now);
        log.tick(now);
    }
    driven.flush();
    until_history_has(&driven.state, log.ticks(from(), to()));
    let state = driven.settle();
    schedule(&state).look(to() + Span::hours(1));
    let all = state.reports.all();
    let kept = all.iter().find(|kept| kept.from == from()).expect("the week is over");
    let (path, _) = state.reports.file(&kept.files[0].name).expect("it is there");
    let report = serde_json::from_slice(&std::fs::read(path).expect("it can be read")).expect("it is a report");
    (report, log)
}

/// Waits until history's keeper has made the hours of the week: it does so by itself, after what is written.
fn until_history_has(state: &AppState, samples: usize) {
    let query = SeriesQuery {
        metric: "system.gpus".to_owned(),
        labels: BTreeMap::new(),
        from: from(),
        to: to(),
        step: Some(3_600.0),
        over: Some(Aggregation::Count),
        agg: None,
        by: None,
        offset: None,
    };
    // However slow the machine is: it is given up only when nothing more comes for a minute.
    let (mut had, mut looks) = (0.0, 0);
    while looks < 600 {
        let answer = state.history.answer(&query).expect("history answers");
        let points = answer.series.iter().flat_map(|series| &series.points).filter_map(|(_, count)| *count);
        let has = points.sum::<f64>();
        if has >= samples as f64 {
            return;
        }
        looks = if has > had { 0 } else { looks + 1 };
        had = has;
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("history has {had} of {samples} samples by the hour, and no more come");
}

#[track_caller]
fn near(told: f64, expected: f64, share: f64, what: &str) {
    let room = expected.abs() * share + 1e-6;
    assert!((told - expected).abs() <= room, "{what}: {told} beside {expected}");
}

/// A group's figures against the sums over its tasks.
#[track_caller]
fn same(group: &TaskGroup, tasks: &[&Told], what: &str) {
    let count = |fits: fn(&Told) -> bool| tasks.iter().filter(|task| fits(task)).count() as u64;
    let (completed, failed) = (count(|t| t.completed), count(|t| !t.completed));
    assert_eq!((group.total, group.completed, group.failed), (tasks.len() as u64, completed, failed), "{what}");
    assert_eq!(group.timed_out, count(|t| t.timed_out), "{what}");
    let retries: u64 = tasks.iter().map(|task| task.retries).sum();
    assert_eq!((group.retries, group.attempts), (retries, retries + group.total), "{what}");
    let rate = |rate: Option<Ratio>| rate.map_or(f64::NAN, Ratio::get);
    near(rate(group.error_rate), failed as f64 / tasks.len() as f64, 1e-9, what);
    near(rate(group.retry_rate), retries as f64 / (retries as f64 + tasks.len() as f64), 1e-9, what);
    near(group.gpu_time.unwrap_or(0.0), tasks.iter().filter_map(|task| task.gpu).sum(), 1e-6, what);
    let waits: Vec<f64> = tasks.iter().map(|task| log::seconds(task.submitted, task.first_start)).collect();
    let done = tasks.iter().filter(|task| task.completed);
    let runs: Vec<f64> = done.map(|task| log::seconds(task.last_start, task.ended)).collect();
    for (told, mean, times) in [
        (group.queue_wait_time, group.average_queue_wait_time, waits),
        (group.processing_time, group.average_task_duration, runs),
    ] {
        if times.is_empty() {
            assert!(told.is_none() && mean.is_none(), "{what}");
            continue;
        }
        near(mean.expect("there are some"), times.iter().sum::<f64>() / times.len() as f64, 1e-6, what);
        let told = told.expect("there are some");
        for (q, told) in [(0.50, told.p50), (0.95, told.p95), (0.99, told.p99)] {
            near(told, quantile(&times, q).expect("there are some"), 0.010_1, what);
        }
    }
}

fn each(ranking: &Ranking, log: &Log, key: fn(&Told) -> &str, what: &str) {
    let mut groups: BTreeMap<&str, Vec<&Told>> = BTreeMap::new();
    log.ended(from(), to()).for_each(|task| groups.entry(key(task)).or_default().push(task));
    assert_eq!((ranking.total, ranking.rows.len()), (groups.len() as u64, groups.len().min(20)), "{what}");
    for row in &ranking.rows {
        let key = row.now.key.as_deref().expect("all are told");
        same(&row.now, &groups[key], &format!("{what} {key}"));
    }
}

#[test]
fn the_report_of_a_simulated_week_is_what_its_log_adds_up_to() {
    let (report, log) = &*SIMULATED;
    let tasks: Vec<&Told> = log.ended(from(), to()).collect();
    assert!(tasks.len() > 5_000, "there is something to count: {}", tasks.len());
    same(&report.work.now, &tasks, "all");
    // The hour before the week is all that is known of the week before.
    let before: Vec<&Told> = log.ended(from() - Span::days(7), from()).collect();
    same(report.work.before.as_ref().expect("an hour of it is known"), &before, "before");
    each(&report.names, log, |task| &task.name, "name");
    each(&report.queues, log, |task| &task.queue, "queue");
    each(&report.workers, log, |task| &task.worker, "worker");
    each(&report.users, log, |task| &task.user, "user");

    let errors = report.errors.as_ref().expect("single tasks are kept");
    let mut failed: Vec<u64> = log.failures(from(), to());
    let mut told: Vec<u64> = errors.rows.iter().map(|row| row.now.failed).collect();
    failed.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, failed, "failures by cause");

    let mut hours: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for task in &tasks {
        let hour = hours.entry(task.ended.timestamp().div_euclid(3_600) * 3_600).or_default();
        *if task.completed { &mut hour.0 } else { &mut hour.1 } += 1;
    }
    assert_eq!(report.course.len(), 7 * 24);
    for hour in &report.course {
        let expected = hours.get(&hour.timestamp.timestamp()).copied().unwrap_or_default();
        assert_eq!((hour.completed_tasks, hour.failed_tasks), expected, "{}", hour.timestamp);
    }

    let gpus = &report.gpus.now;
    let seconds = log.device_seconds(from(), to(), STEP);
    near(gpus.available_seconds.expect("it was measured"), seconds.available, 1e-9, "devices");
    near(gpus.used_seconds.expect("it was measured"), seconds.used, 1e-4, "devices in use");
    near(gpus.energy_joules.expect("it was measured"), seconds.joules, 1e-4, "energy");
    near(gpus.task_seconds.expect("tasks told"), tasks.iter().filter_map(|task| task.gpu).sum(), 1e-6, "told by tasks");
    let observed = report.completeness.now.observed.map_or(0.0, Ratio::get);
    assert!(observed > 0.99, "{observed}");
    assert_eq!(report.completeness.now.lost_events, 0);
}

#[test]
fn who_waited_for_whom_in_a_simulated_week_is_what_its_log_says_moment_by_moment() {
    let (report, log) = &*SIMULATED;
    let waits = report.waits.as_ref().expect("single tasks are kept");
    let expected = log.waits(from(), to());
    assert_eq!((waits.total, waits.users.len()), (20, 20));
    let mut parts = 0;
    for user in &waits.users {
        let key = user.key.as_deref().expect("all are told");
        let mine: Vec<f64> = log
            .ended(from(), to())
            .filter(|task| task.user == key)
            .map(|task| log::seconds(task.submitted, task.first_start))
            .collect();
        assert_eq!(user.tasks, mine.len() as u64);
        near(user.seconds, mine.iter().sum(), 1e-6, key);
        let wait = user.wait.expect("there are some");
        near(wait.p50, quantile(&mine, 0.50).expect("there are some"), 1e-6, key);
        near(wait.p95, quantile(&mine, 0.95).expect("there are some"), 1e-6, key);
        let of = |whom: &str| expected.get(&(key.to_owned(), whom.to_owned())).copied().unwrap_or(0.0);
        near(user.idle_seconds, of(""), 1e-4, key);
        for part in &user.waited_for {
            let whom = part.key.as_deref().expect("all are told");
            near(part.seconds, of(whom), 1e-4, &format!("{key} for {whom}"));
        }
        parts += user.waited_for.iter().filter(|part| part.seconds > 0.001).count();
        let shared: f64 = user.waited_for.iter().map(|part| part.seconds).sum::<f64>() + user.idle_seconds;
        near(shared, user.seconds, 1e-4, key);
    }
    let pairs = expected.iter().filter(|((_, whom), seconds)| !whom.is_empty() && **seconds > 0.001).count();
    assert!(pairs > 100 && parts == pairs, "{parts} of {pairs} pairs are told");
}
