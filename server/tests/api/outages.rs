//! A store that cannot be written for a while: what people see, what they are told, what is kept, and what is counted.

use crate::alertmanager::Body;
use crate::full_disk::{metric, set_room, with_full_disk};
use crate::receiver::Receiver;
use crate::redis::Redis;
use crate::server::{Forewatch, ago, program, send};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const RULE: &str = "store-failing";

/// People are told soon, and the rest of the rule is as it comes.
fn config(receiver: &Receiver) -> String {
    format!(
        "[[rule]]\nid = \"{RULE}\"\nthreshold = \"1s\"\n\
         [[notify]]\nname = \"oncall\"\ntype = \"webhook\"\nurl = \"{}\"\nallow_private = true\n\
         group_wait = \"1ms\"\ngroup_interval = \"1ms\"\n",
        receiver.url()
    )
}

fn submitted(id: &str) -> Value {
    json!([{ "type": "task.submitted", "task_id": id, "content_type": "c", "at": ago(1) }])
}

async fn receiver() -> Receiver {
    Receiver::start(|request| Body::read(&request.body).map(drop)).await
}

/// What came to the receiver: the state of the alert and its title.
fn told(receiver: &Receiver) -> Vec<String> {
    let bodies = receiver.requests().into_iter().map(|request| Body::read(&request.body).unwrap());
    bodies.map(|body| format!("{} {}", body.status, body.alerts[0].annotations["title"])).collect()
}

async fn until_told(receiver: &Receiver, expected: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while told(receiver) != expected {
        assert!(Instant::now() < deadline, "told: {:?}", told(receiver));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// That it was told is written down: killed before, the server would have to tell it again.
async fn is_written_down(forewatch: &Forewatch) {
    let is_sent = |page: &Value| {
        let items = page["items"].as_array().unwrap();
        !items.is_empty() && items.iter().all(|item| item["status"] == "sent")
    };
    forewatch.until("/api/v1/notifications", is_sent).await;
}

/// What everybody sees while it lasts; `reason` is why.
async fn is_seen(forewatch: &Forewatch, reason: &str) {
    let refused = send(forewatch.post("/api/v1/events", &submitted("during"))).await;
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    refused.problem(503);
    let notice = format!("UTC: {reason}. New events are refused");
    forewatch.until("/api/v1/system", |system| system["notice"].as_str().is_some_and(|it| it.contains(&notice))).await;
    for page in ["/", "/tasks", "/workers", "/settings"] {
        let page = send(forewatch.get(page)).await;
        assert!(page.status == 200 && page.text.contains(&notice), "{}", page.text);
    }
    let problem = send(forewatch.get("/readyz")).await.problem(503);
    assert!(problem["detail"].as_str().unwrap().contains(reason), "{problem}");
    assert!(metric(forewatch, "forewatch_store_writable{part=\"log\"}").await < 0.5);
    let is_raised = |board: &Value| board["active_alerts"].as_array().unwrap().iter().any(|it| it["rule_id"] == RULE);
    let board = forewatch.until("/api/v1/dashboard", is_raised).await;
    let alert = &board["active_alerts"][0];
    assert_eq!((&alert["severity"], &alert["component_id"]), (&json!("critical"), &json!("store")));
}

/// What is there afterwards: nothing to see, all that was acknowledged, and a mark.
async fn is_over(forewatch: &Forewatch, reason: &str) {
    forewatch.until_ready().await;
    forewatch.until("/api/v1/system", |system| system["notice"].is_null()).await;
    assert!(!send(forewatch.get("/")).await.text.contains("cannot be written since"));
    forewatch.report(&submitted("after")).await;
    forewatch.until("/api/v1/tasks", |page| page["total"] == 2).await;
    for (name, least) in [
        ("forewatch_store_outages_total", 1.0),
        ("forewatch_store_outage_seconds_total", 1.0),
        ("forewatch_store_events_refused_total", 1.0),
        ("forewatch_samples_missed_total", 1.0),
    ] {
        assert!(metric(forewatch, name).await >= least, "{name}");
    }
    let marked = |notes: &Value| notes["total"] == 1;
    let note = forewatch.until("/api/v1/annotations", marked).await["items"][0].clone();
    let title = note["title"].as_str().unwrap();
    assert!(title.starts_with("The store was not written for") && title.contains(reason), "{note}");
    assert!(title.contains("events refused") && title.contains("samples missed"), "{note}");
}

/// The same after a crash: the episode is one, and over.
async fn is_kept(forewatch: &Forewatch) {
    for id in ["before", "after"] {
        assert_eq!(forewatch.json(&format!("/api/v1/tasks/{id}")).await["task_id"], *id);
    }
    send(forewatch.get("/api/v1/tasks/during")).await.problem(404);
    let alerts = forewatch.json(&format!("/api/v1/alerts?rule={RULE}&state=resolved")).await;
    assert_eq!(alerts["total"], 1, "{alerts}");
    let steps: Vec<_> =
        alerts["items"][0]["timeline"].as_array().unwrap().iter().map(|it| it["what"].clone()).collect();
    assert_eq!(steps, ["firing", "recovering", "resolved"]);
    assert_eq!(forewatch.json("/api/v1/annotations").await["total"], 1);
}

#[tokio::test]
async fn redis_that_is_killed_and_comes_back_is_seen_told_and_marked_and_nothing_acknowledged_is_lost() {
    let (mut redis, receiver) = (Redis::start(), receiver().await);
    let url = redis.url(1);
    let started = |folder: TempDir| {
        let data = folder.path().display().to_string();
        let environment = [("FOREWATCH_STORE", url.as_str()), ("FOREWATCH_DATA", &data)];
        Forewatch::in_folder(folder, &config(&receiver), &environment)
    };
    let forewatch = started(tempfile::tempdir().unwrap());
    forewatch.report(&submitted("before")).await;
    redis.kill();
    is_seen(&forewatch, "Redis does not answer").await;
    let raised = "firing The store cannot be written: Redis does not answer";
    until_told(&receiver, &[raised]).await;
    redis.again();
    is_over(&forewatch, "Redis does not answer").await;
    let resolved = "resolved The store cannot be written: Redis does not answer";
    until_told(&receiver, &[raised, resolved]).await;
    is_written_down(&forewatch).await;
    let forewatch = started(forewatch.killed());
    is_kept(&forewatch).await;
    until_told(&receiver, &[raised, resolved]).await;
}

#[tokio::test]
async fn a_disk_that_takes_nothing_is_told_although_that_cannot_be_kept_once_and_so_is_its_end() {
    let (folder, receiver) = (tempfile::tempdir().unwrap(), receiver().await);
    let file = folder.path().join("forewatch.toml");
    std::fs::write(&file, config(&receiver)).unwrap();
    let mut command = program(folder.path());
    command.args(["--listen", "127.0.0.1:0"]).arg("--config").arg(file);
    let forewatch = Forewatch::run(with_full_disk(&command), folder).expect("the server starts");
    forewatch.report(&submitted("before")).await;
    forewatch.until("/api/v1/tasks/before", |task| task["task_id"] == "before").await;
    set_room(&forewatch, "0");
    let reason = "the disk does not take what is written";
    is_seen(&forewatch, reason).await;
    let title = format!("The store cannot be written: {reason}");
    let (raised, resolved) = (format!("firing {title}"), format!("resolved {title}"));
    until_told(&receiver, &[&raised]).await;
    assert!(metric(&forewatch, "forewatch_store_writable{part=\"outbox\"}").await < 0.5);
    assert_eq!(forewatch.json("/api/v1/notifications").await["total"], 0, "none could be kept");
    set_room(&forewatch, "unlimited");
    is_over(&forewatch, reason).await;
    until_told(&receiver, &[&raised, &resolved]).await;
    is_written_down(&forewatch).await;
    let config = config(&receiver);
    let forewatch = Forewatch::in_folder(forewatch.killed(), &config, &[]);
    is_kept(&forewatch).await;
    until_told(&receiver, &[&raised, &resolved]).await;
}

#[tokio::test]
async fn an_alarm_of_a_server_that_crashed_while_redis_was_away_ends_with_its_next_start() {
    let (mut redis, receiver) = (Redis::start(), receiver().await);
    let folder = tempfile::tempdir().unwrap();
    let (url, data) = (redis.url(1), folder.path().display().to_string());
    let environment = [("FOREWATCH_STORE", url.as_str()), ("FOREWATCH_DATA", data.as_str())];
    let forewatch = Forewatch::in_folder(folder, &config(&receiver), &environment);
    redis.kill();
    is_seen(&forewatch, "Redis does not answer").await;
    forewatch.until(&format!("/api/v1/alerts?rule={RULE}"), |alerts| alerts["total"] == 1).await;
    let raised = "firing The store cannot be written: Redis does not answer";
    until_told(&receiver, &[raised]).await;
    is_written_down(&forewatch).await;
    let folder = forewatch.killed();
    redis.again();
    let forewatch = Forewatch::in_folder(folder, &config(&receiver), &environment);
    forewatch.until(&format!("/api/v1/alerts?rule={RULE}&state=resolved"), |alerts| alerts["total"] == 1).await;
    assert_eq!(forewatch.json(&format!("/api/v1/alerts?rule={RULE}&state=all")).await["total"], 1);
    until_told(&receiver, &[raised, "resolved The store cannot be written: Redis does not answer"]).await;
}
