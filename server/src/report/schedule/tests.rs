//! The schedule over a real store, with a clock that the test sets.

mod week;

use super::*;
use crate::collector::driven::Driven;
use forewatch::event::EventBody;
use forewatch::ingest::parse_event;
use forewatch::report::Every;
use forewatch::{Event, SourceName};
use serde_json::json;
use tempfile::TempDir;

/// Whatever the date is, all of it is kept.
const KEPT: &str =
    "[retention]\nlog = \"200y\"\nsamples = \"200y\"\nhours = \"200y\"\ndays = \"200y\"\ntasks = \"200y\"\n";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// Tasks that ended at these times.
fn ended(times: &[&str]) -> Vec<Event> {
    let event = |time: &&str| {
        let json = json!({ "type": "task.completed", "task_id": time, "content_type": "x", "at": time });
        let parsed = parse_event(&json.to_string(), at(time)).expect("it is an event");
        parsed.into_event(SourceName::new("http").expect("a name"), at(time))
    };
    times.iter().map(event).collect()
}

/// The server over this store, after it took in tasks that ended at these times, not later than `now`.
fn server(folder: &TempDir, reports: &str, tasks: &[&str], now: &str) -> AppState {
    let mut driven = Driven::start(folder, &format!("{KEPT}{reports}"), at(now));
    let events = ended(tasks);
    assert!(events.iter().all(|event| matches!(event.body, EventBody::Task(_))));
    driven.step(&events, at(now));
    driven.settle()
}

fn schedule(state: &AppState) -> Schedule {
    Schedule::new(state.clone(), CancellationToken::new())
}

fn ids(state: &AppState) -> Vec<String> {
    state.reports.all().into_iter().map(|kept| kept.id).collect()
}

const DAILY: &str = "[[report]]\nname = \"d\"\nevery = \"day\"\nformats = [\"json\", \"csv\"]\nkeep = 3\n";

#[test]
fn a_report_is_made_once_its_period_is_over_and_settled() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let weekly = "[[report]]\nname = \"farm\"\nevery = \"week\"\nzone = \"Europe/Berlin\"\ntitle = \"The farm\"\nformats = [\"json\"]\n";
    // In Berlin, two ended on Monday, one on Sunday before.
    let tasks = ["2025-06-01T21:59:00Z", "2025-06-01T22:01:00Z", "2025-06-02T08:00:00Z"];
    let state = server(&folder, weekly, &tasks, "2025-06-02T09:00:00Z");
    let mut schedule = schedule(&state);
    schedule.look(at("2025-06-08T22:01:00Z"));
    assert_eq!(ids(&state), ["farm-20250526-20250601"], "the week before is over, this one is not settled");
    schedule.look(at("2025-06-08T22:02:00Z"));
    schedule.look(at("2025-06-08T22:02:30Z"));
    assert_eq!(ids(&state), ["farm-20250602-20250608", "farm-20250526-20250601"]);
    let kept = &state.reports.all()[0];
    assert_eq!((kept.from, kept.to), (at("2025-06-01T22:00:00Z"), at("2025-06-08T22:00:00Z")));
    assert_eq!((kept.title.as_deref(), kept.zone.as_str()), (Some("The farm"), "Europe/Berlin"));
    let (path, _) = state.reports.file(&kept.files[0].name).expect("it is there");
    let report: Report = serde_json::from_slice(&std::fs::read(path).expect("it can be read")).expect("a report");
    assert_eq!((report.from, report.to, report.work.now.total), (kept.from, kept.to, 2));
    assert_eq!(state.counters.reports_made.load(Ordering::Relaxed), 2);
}

#[test]
fn what_was_missed_is_made_after_a_start_and_no_more_are_kept_than_are_wanted() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let noon = |day: u32| format!("2025-06-{day:02}T12:00:00Z");
    let days: Vec<String> = (2..=8).map(noon).collect();
    let times: Vec<&str> = days.iter().map(String::as_str).collect();
    let state = server(&folder, DAILY, &times[..2], "2025-06-03T13:00:00Z");
    schedule(&state).look(at("2025-06-04T01:00:00Z"));
    assert_eq!(ids(&state), ["d-20250603-20250603"], "a new schedule makes the newest alone");
    drop(state);
    // It was off for days, in which only two tasks ended that are told later.
    let state = server(&folder, DAILY, &[times[3], times[4]], "2025-06-08T00:30:00Z");
    schedule(&state).look(at("2025-06-08T01:00:00Z"));
    let expected = ["d-20250606-20250606", "d-20250605-20250605", "d-20250603-20250603"];
    assert_eq!(ids(&state), expected, "of days of which nothing is known there is none");
    drop(state);
    let state = server(&folder, DAILY, &[times[5], times[6]], "2025-06-09T00:30:00Z");
    schedule(&state).look(at("2025-06-09T01:00:00Z"));
    assert_eq!(ids(&state), ["d-20250608-20250608", "d-20250607-20250607", "d-20250606-20250606"]);
    assert_eq!(state.counters.reports_failed.load(Ordering::Relaxed), 0);
}

#[test]
fn a_report_that_cannot_be_written_is_counted_and_tried_again_later() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let state = server(&folder, DAILY, &["2025-06-02T12:00:00Z"], "2025-06-02T13:00:00Z");
    let blocked = folder.path().join("forewatch.reports");
    std::fs::write(&blocked, "a file where the folder should be").expect("it can be written");
    let mut schedule = schedule(&state);
    let failed = || state.counters.reports_failed.load(Ordering::Relaxed);
    schedule.look(at("2025-06-03T00:05:00Z"));
    schedule.look(at("2025-06-03T00:06:00Z"));
    assert_eq!((failed(), ids(&state).len()), (1, 0), "it waits before it tries again");
    std::fs::remove_file(&blocked).expect("it can be removed");
    schedule.look(at("2025-06-03T00:15:00Z"));
    assert_eq!((failed(), ids(&state)), (1, vec!["d-20250602-20250602".to_owned()]));
}

#[test]
fn a_stop_ends_it_between_two_reports() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let state = server(&folder, DAILY, &["2025-06-02T12:00:00Z"], "2025-06-02T13:00:00Z");
    let stop = CancellationToken::new();
    stop.cancel();
    Schedule::new(state.clone(), stop).look(at("2025-06-03T00:05:00Z"));
    assert!(ids(&state).is_empty());
}

/// A server whose daily report is kept, and that crashed before anybody was told of it.
fn kept_and_not_told(folder: &TempDir, made_at: DateTime<Utc>) -> AppState {
    let channel = "[[notify]]\nname = \"team\"\ntype = \"webhook\"\nurl = \"https://hooks.example/a\"\n";
    let reports = format!("{DAILY}notify = [\"team\"]\n{channel}");
    let state = server(folder, &reports, &["2025-06-02T12:00:00Z"], "2025-06-02T13:00:00Z");
    let period = period::over(Every::Day, chrono_tz::UTC, None, 3, made_at).remove(0);
    keep_one(&state, &state.config.report[0], &period, made_at).expect("it is kept").expect("there was a task");
    state
}

/// The titles of what channels are told.
async fn told(state: &AppState) -> Vec<String> {
    let wanted = crate::notify::Wanted { limit: 10, ..Default::default() };
    let page = state.notifier.ask(move |outbox| outbox.deliveries(&wanted)).await.expect("it can be read");
    page.items.into_iter().map(|delivery| delivery.title).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_a_crash_kept_from_being_told_is_told_once_after_the_restart() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let made_at = at("2025-06-03T01:00:00Z");
    let state = kept_and_not_told(&folder, made_at);
    assert!(told(&state).await.is_empty());
    for _ in 0..2 {
        let mut schedule = schedule(&state);
        schedule.look(made_at + TimeDelta::minutes(1));
        schedule.look(made_at + TimeDelta::minutes(2));
        assert_eq!(told(&state).await, ["Report: d, 2025-06-02"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_days_ago_is_no_news() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let made_at = at("2025-06-03T01:00:00Z");
    let state = kept_and_not_told(&folder, made_at);
    schedule(&state).look(made_at + TimeDelta::days(2));
    assert!(told(&state).await.is_empty());
}
