//! Statistics by hour and day, and groups of what ended, beside figures that the test works out from the events it sent.

mod figures;

use crate::server::{Forewatch, ago, send};
use chrono::{DateTime, TimeDelta, Utc};
use figures::{End, Task, assert_same, figures, tasks, text, told};
use forewatch::series::quantile;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Compares each period with the tasks that ended in it. `period` is seconds, `shift` how far its borders lie behind UTC's.
async fn compare_periods(forewatch: &Forewatch, path: &str, tasks: &[Task], period: i64, shift: i64) {
    let mut periods: BTreeMap<i64, Vec<&Task>> = BTreeMap::new();
    for task in tasks {
        let second = task.at().div_euclid(1_000);
        periods.entry((second + shift).div_euclid(period) * period - shift).or_default().push(task);
    }
    let page = forewatch.json(path).await;
    let mut records: BTreeMap<i64, Value> = BTreeMap::new();
    for record in page["items"].as_array().unwrap() {
        let start: DateTime<Utc> = record["timestamp"].as_str().unwrap().parse().unwrap();
        records.insert(start.timestamp(), record.clone());
    }
    for (start, tasks) in &periods {
        let record = records.get(start).unwrap_or_else(|| panic!("{path}: nothing at {}", text(start * 1_000)));
        assert_same(&told(record), &figures(tasks.iter().copied()), &format!("{path} at {}", text(start * 1_000)));
        assert_eq!(record["unknown_tasks"], 0, "{record}");
    }
    let total: u64 = records.values().map(|record| told(record)["completed"].as_u64().unwrap()).sum();
    assert_eq!(json!(total), figures(tasks)["completed"], "no other period has any");
}

async fn compare_groups(forewatch: &Forewatch, query: &str, tasks: &[&Task], key: fn(&Task) -> &str) {
    let path = format!("/api/v1/tasks/groups?limit=1000&{query}");
    let page = forewatch.json(&path).await;
    let mut groups: BTreeMap<&str, Vec<&Task>> = BTreeMap::new();
    for task in tasks {
        groups.entry(key(task)).or_default().push(task);
    }
    assert_eq!(page["total"], groups.len(), "{path}");
    for group in page["items"].as_array().unwrap() {
        let tasks = &groups[group["key"].as_str().unwrap()];
        assert_same(&told(group), &figures(tasks.iter().copied()), &format!("{path}: {}", group["key"]));
        let waits: Vec<f64> = tasks.iter().map(|task| task.wait()).collect();
        let (p50, exact) = (group["queue_wait_time"]["p50"].as_f64().unwrap(), quantile(&waits, 0.5).unwrap());
        assert!((p50 - exact).abs() <= exact * 0.010_001, "{path}: {p50} for {exact}");
    }
}

/// Sends events in batches.
async fn report(forewatch: &Forewatch, events: &[Value]) {
    for batch in events.chunks(500) {
        let answer = forewatch.report(&Value::Array(batch.to_vec())).await;
        assert_eq!(answer["accepted"], batch.len(), "{answer}");
    }
}

#[tokio::test]
async fn figures_are_exact_over_corrections_repetitions_and_a_crash() {
    let tasks = tasks(600);
    // So few may be open that most end as unknown before their end is told.
    let config = "[limits]\nopen_tasks = 50\n";
    let forewatch = Forewatch::with(config, &[]);
    let (first, second) = tasks.split_at(300);
    // Ends before their starts, then the same again.
    report(&forewatch, &first.iter().map(Task::ended).collect::<Vec<_>>()).await;
    report(&forewatch, &first.iter().flat_map(Task::started).collect::<Vec<_>>()).await;
    report(&forewatch, &first.iter().map(Task::ended).collect::<Vec<_>>()).await;
    // Starts only, until after the crash.
    report(&forewatch, &second.iter().flat_map(Task::started).collect::<Vec<_>>()).await;
    forewatch.until("/api/v1/tasks?status=unknown", |page| page["total"].as_u64().unwrap() >= 200).await;
    let forewatch = Forewatch::in_folder(forewatch.killed(), config, &[]);
    report(&forewatch, &second.iter().map(Task::ended).collect::<Vec<_>>()).await;
    let forewatch = Forewatch::in_folder(forewatch.killed(), config, &[]);
    report(&forewatch, &tasks.iter().map(Task::submitted).collect::<Vec<_>>()).await;
    report(&forewatch, &first.iter().flat_map(Task::started).collect::<Vec<_>>()).await;
    let all = |page: &Value| {
        page["items"].as_array().unwrap().iter().map(|group| group["total"].as_u64().unwrap()).sum::<u64>() == 600
    };
    forewatch.until("/api/v1/tasks/groups?by=queue", |page| all(page) && page["total"] == 4).await;

    let day = text((Utc::now() - TimeDelta::hours(23)).timestamp_millis());
    compare_periods(&forewatch, &format!("/api/v1/stats/hourly?from={day}"), &tasks, 3_600, 0).await;
    compare_periods(&forewatch, "/api/v1/stats/daily", &tasks, 86_400, 0).await;
    compare_periods(&forewatch, "/api/v1/stats/daily?tz=Asia/Kathmandu", &tasks, 86_400, 20_700).await;
    compare_periods(&forewatch, &format!("/api/v1/stats/hourly?from={day}&tz=Asia/Kathmandu"), &tasks, 3_600, 20_700)
        .await;

    let everyone: Vec<&Task> = tasks.iter().collect();
    compare_groups(&forewatch, "by=queue", &everyone, |task| &task.queue).await;
    compare_groups(&forewatch, "by=name", &everyone, |task| &task.name).await;
    compare_groups(&forewatch, "by=worker", &everyone, |task| &task.worker).await;
    let middle = (tasks[0].at() - 3 * 3_600_000, tasks[0].at());
    let range = format!("from={}&to={}", text(middle.0), text(middle.1));
    let within: Vec<&Task> = tasks.iter().filter(|task| (middle.0..middle.1).contains(&task.at())).collect();
    compare_groups(&forewatch, &format!("by=worker&{range}"), &within, |task| &task.worker).await;
    let of_one: Vec<&Task> = within.iter().copied().filter(|task| task.queue == "queue-1").collect();
    compare_groups(&forewatch, &format!("by=name&queue=queue-1&{range}"), &of_one, |task| &task.name).await;

    let errors = forewatch.json("/api/v1/tasks/groups?by=error").await;
    let failed = tasks.iter().filter(|task| matches!(task.end, End::Failed | End::TimedOut)).count();
    assert_eq!(
        (&errors["items"][0]["key"], &errors["items"][0]["failed"]),
        (&json!("cannot read <path>: code <n>"), &json!(failed))
    );
    assert_eq!(errors["total"], 1);
}

#[tokio::test]
async fn the_hour_that_is_lived_now_tells_of_the_fleet_and_the_dashboard_has_it() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    forewatch.report(&json!([{ "type": "queue.sampled", "queue": "gpu_priority", "pending": 6, "at": ago(0) }])).await;
    let fits =
        |record: &Value| record["pending_tasks"] == 6 && record["observed"].as_f64().is_some_and(|share| share > 0.0);
    let hours = forewatch
        .until("/api/v1/stats/hourly", |page| page["items"].as_array().unwrap().last().is_some_and(fits))
        .await;
    let hour = hours["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&hour["error_rate"], &hour["average_task_duration"]), (&Value::Null, &Value::Null), "nothing ended");
    assert!(hours["total"].as_u64().unwrap() <= 2, "hours of which nothing is known are not told: {hours}");
    let dashboard = forewatch.json("/api/v1/dashboard").await;
    for list in ["hourly_stats", "daily_stats"] {
        assert!(dashboard[list].as_array().unwrap().last().is_some_and(fits), "{list}: {dashboard}");
    }
}

#[tokio::test]
async fn groups_are_paged() {
    let forewatch = Forewatch::start();
    let events: Vec<Value> = (0..7)
        .map(|n| json!({ "type": "task.completed", "task_id": format!("t-{n}"), "worker_id": format!("w-{n}"), "at": ago(60) }))
        .collect();
    forewatch.report(&Value::Array(events)).await;
    forewatch.until("/api/v1/tasks/groups?by=worker", |page| page["total"] == 7).await;
    let (mut seen, mut path) = (Vec::new(), "/api/v1/tasks/groups?by=worker&limit=3".to_owned());
    loop {
        let page = forewatch.json(&path).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|group| group["key"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/tasks/groups?by=worker&limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, ["w-0", "w-1", "w-2", "w-3", "w-4", "w-5", "w-6"]);
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_with_the_reason() {
    let forewatch = Forewatch::start();
    for (path, pointer) in [
        ("/api/v1/stats/hourly?tz=Mars/Olympus", "tz"),
        ("/api/v1/stats/daily?from=now&to=now-1d", "from"),
        ("/api/v1/stats/daily?limit=10", "limit"),
        ("/api/v1/stats/hourly?from=yesterday", "from"),
        ("/api/v1/tasks/groups", "by"),
        ("/api/v1/tasks/groups?by=colour", "by"),
        ("/api/v1/tasks/groups?by=name&sort=newest", "sort"),
        ("/api/v1/tasks/groups?by=name&from=now&to=now-1h", "from"),
        ("/api/v1/tasks/groups?by=name&cursor=nonsense", "cursor"),
    ] {
        let problem = send(forewatch.get(path)).await.problem(400);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{path}: {problem}");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{path}: {problem}");
    }
    for (path, reason) in [
        ("/api/v1/stats/hourly?from=now-1y", "2232"),
        ("/api/v1/stats/daily?from=now-10y", "2232"),
        ("/api/v1/stats/daily?from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z", "kept"),
        ("/api/v1/tasks/groups?by=error&from=now-30d", "7 days"),
        ("/api/v1/tasks/groups?by=name&queue=x&from=now-30d", "7 days"),
    ] {
        let problem = send(forewatch.get(path)).await.problem(422);
        assert!(problem["detail"].as_str().unwrap().contains(reason), "{path}: {problem}");
    }
    // The server's own minutes may already be in it.
    send(forewatch.get("/api/v1/stats/daily?from=now-2y")).await.ok();
    for path in ["/api/v1/stats/hourly?from=now%2B1d", "/api/v1/tasks/groups?by=name&from=now-2y"] {
        assert_eq!(send(forewatch.get(path)).await.ok()["total"], 0, "{path}");
    }
}
