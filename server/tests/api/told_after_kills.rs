//! Kills between the steps from an alarm to its message and the note that it was sent: each alarm and each end is told, at
//! most twice, with one key; and no episode is there twice.

use crate::alertmanager::Body;
use crate::receiver::Receiver;
use crate::server::{Forewatch, heartbeat, send};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// When the server is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// The alert is as it should be; who is told is decided at some other time.
    Raised,
    /// What is to be sent is kept.
    Kept,
    /// The receiver has it, and has not answered.
    Asked,
    /// The receiver has answered; whether that was noted is open.
    Answered,
    /// It is noted as sent.
    Noted,
}

const MOMENTS: [Moment; 5] = [Moment::Raised, Moment::Kept, Moment::Asked, Moment::Answered, Moment::Noted];

fn config(receiver: &Receiver) -> String {
    format!(
        "[[rule]]\nid = \"any-load\"\nmetric = \"worker.cpu_usage\"\nthreshold = 0.2\nseverity = \"info\"\n\
         [[notify]]\nname = \"oncall\"\ntype = \"webhook\"\nurl = \"{}\"\nallow_private = true\n\
         min_severity = \"info\"\ngroup_wait = \"1ms\"\ngroup_interval = \"1ms\"\n",
        receiver.url()
    )
}

async fn beat(forewatch: &Forewatch, load: f64) {
    let mut beat = heartbeat("w1");
    beat["metrics"] = json!({ "cpu_usage": load });
    send(forewatch.post("/api/v1/workers/w1/heartbeat", &beat)).await.ok();
}

/// Waits until it is so, far longer than it takes.
async fn until(mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while !is_so() {
        assert!(Instant::now() < deadline, "it never is so");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Lets the load rise or fall, kills the server at the moment, and starts it again. The receiver takes its time meanwhile.
async fn killed_at(forewatch: Forewatch, receiver: &Receiver, moment: Moment, load: f64) -> TempDir {
    let before = receiver.requests().len();
    if moment == Moment::Kept || moment == Moment::Asked {
        receiver.answer_after(Duration::from_secs(2), 200, &[], "");
    }
    let path = "/api/v1/notifications?alert=";
    let id = |alerts: &Value| alerts["items"][0]["alert_id"].as_str().unwrap_or_default().to_owned();
    beat(&forewatch, load).await;
    let state = if load > 0.5 { "firing" } else { "resolved" };
    let is_so = |alerts: &Value| alerts["items"][0]["state"] == state;
    let alerts = forewatch.until("/api/v1/alerts?rule=any-load&state=all", is_so).await;
    let deliveries = if load > 0.5 { 1 } else { 2 };
    let log = format!("{path}{}", id(&alerts));
    match moment {
        Moment::Raised => {}
        Moment::Kept => drop(forewatch.until(&log, |log| log["total"] == deliveries).await),
        Moment::Asked | Moment::Answered => until(|| receiver.requests().len() > before).await,
        Moment::Noted => drop(forewatch.until(&format!("{log}&status=sent"), |log| log["total"] == deliveries).await),
    }
    forewatch.killed()
}

#[tokio::test]
async fn whenever_the_server_is_killed_each_alarm_and_its_end_are_told_and_at_most_twice() {
    for moment in MOMENTS {
        let receiver = Receiver::start(|request| Body::read(&request.body).map(drop)).await;
        let config = config(&receiver);
        let mut forewatch = Forewatch::with(&config, &[]);
        forewatch.worker("w1").await;
        for load in [0.9, 0.1] {
            let folder = killed_at(forewatch, &receiver, moment, load).await;
            forewatch = Forewatch::in_folder(folder, &config, &[]);
            let sent = if load > 0.5 { 1 } else { 2 };
            forewatch.until("/api/v1/notifications?status=sent", |page| page["total"] == sent).await;
            beat(&forewatch, load).await;
        }
        // Another look or two tell nothing more.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        let episodes = forewatch.json("/api/v1/alerts?rule=any-load&state=all").await;
        assert_eq!(episodes["total"], 1, "{moment:?}: {episodes}");
        assert_eq!(forewatch.json("/api/v1/notifications").await["total"], 2, "{moment:?}");
        let mut keys: BTreeMap<(String, String), usize> = BTreeMap::new();
        for request in receiver.requests() {
            let body = Body::read(&request.body).unwrap();
            let key = request.headers["idempotency-key"].to_str().unwrap().to_owned();
            *keys.entry((body.status, key)).or_default() += 1;
        }
        let statuses: Vec<_> = keys.keys().map(|(status, _)| status.as_str()).collect();
        assert_eq!(statuses, ["firing", "resolved"], "one key each, {moment:?}: {keys:?}");
        assert!(keys.values().all(|told| *told <= 2), "{moment:?}: {keys:?}");
    }
}
