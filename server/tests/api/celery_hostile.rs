//! A broken or wicked Celery application: what it publishes is shown as text or refused and counted, takes a bounded amount
//! of memory, and keeps nothing else from coming through.

use crate::celery::application::Application;
use crate::server::{Forewatch, send};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Duration;

const MARKUP: &str = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}\u{202e}";
/// Names of tasks, each another. `bench/hostile.mjs` has a million.
const NAMES: usize = 5_000;
/// Tasks whose events are published at once.
const PIECE: usize = 500;
/// How long a busy machine may take for what follows at once.
const PATIENCE: Duration = Duration::from_mins(2);
/// More than all of this takes, with what a program takes that is not optimised.
const MOST_BYTES: u64 = 700_000_000;

struct Broker(redis::Connection);

impl Broker {
    fn publish(&mut self, messages: &[Vec<u8>]) {
        let mut pipe = redis::pipe();
        for message in messages {
            pipe.cmd("PUBLISH").arg("/0.celeryev/task.multi").arg(message).ignore();
        }
        pipe.exec(&mut self.0).unwrap();
    }
}

/// A message as kombu writes it, with these bytes within.
fn message(body: &[u8]) -> Vec<u8> {
    let properties = json!({ "body_encoding": "base64" });
    let envelope =
        json!({ "body": STANDARD.encode(body), "content-type": "application/json", "properties": properties });
    envelope.to_string().into_bytes()
}

fn event(kind: &str, id: &str, mut fields: Value) -> Vec<u8> {
    let now = chrono::Utc::now().timestamp_micros() as f64 / 1e6;
    (fields["type"], fields["hostname"], fields["timestamp"]) = (json!(kind), json!("wicked@host"), json!(now));
    fields["uuid"] = json!(id);
    message(fields.to_string().as_bytes())
}

/// The broker among the sources; nothing until it is there.
fn broker_of(page: &Value) -> Value {
    page["items"].as_array().unwrap().iter().find(|source| source["name"] == "celery").cloned().unwrap_or_default()
}

/// The most memory that a process has held, in bytes.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
}

#[tokio::test]
async fn what_a_wicked_application_publishes_is_text_or_refused_and_everything_still_answers() {
    let application = Application::without_workers("");
    let forewatch = Forewatch::with(&format!("[[celery]]\nurl = \"{}\"\n", application.url()), &[]);
    forewatch.until_within(PATIENCE, "/api/v1/sources", |page| broker_of(page)["state"] == "up").await;
    let mut broker = Broker(redis::Client::open(application.url()).unwrap().get_connection().unwrap());

    let deep = "[".repeat(100_000);
    let error = format!("ValueError('{MARKUP}')");
    broker.publish(&[
        event("task-received", "markup", json!({ "name": MARKUP, "args": MARKUP, "kwargs": MARKUP })),
        event("task-failed", "markup", json!({ "exception": error, "traceback": format!("{error}\n{error}") })),
        event("task-received", "deep", json!({ "name": "deep", "args": deep, "kwargs": deep })),
        event("task-received", "long", json!({ "name": "n".repeat(500_000) })),
        event("task-received", MARKUP, json!({ "name": "odd id" })),
    ]);
    // None of these can be read.
    let nested = format!("{{\"type\":\"task-received\",\"uuid\":\"nested\",\"args\":{deep}{}}}", "]".repeat(100_000));
    let bytes = b"{\"type\":\"task-received\",\"uuid\":\"bytes\",\"name\":\"\xff\xfe\x80\"}";
    let refused = [
        event("task-received", "big", json!({ "name": "big", "args": "x".repeat(10_000_000) })),
        message(nested.as_bytes()),
        message(bytes),
        b"{\"\xff\x00\xc3\x28".to_vec(),
        deep.clone().into_bytes(),
    ];
    broker.publish(&refused);
    forewatch.until_within(PATIENCE, "/api/v1/sources", |page| broker_of(page)["rejected"] == refused.len()).await;

    let task = forewatch.until_within(PATIENCE, "/api/v1/tasks/markup", |task| task["status"] == "failed").await;
    assert_eq!((&task["name"], &task["error_message"]), (&json!(MARKUP), &json!(error)));
    let long = forewatch.json("/api/v1/tasks/long").await;
    assert!(long["name"].as_str().unwrap().len() <= 255, "{long}");
    for path in
        ["/", "/tasks", "/tasks/markup", "/tasks?by=name", "/tasks?by=error", "/workers", "/alerts", "/settings"]
    {
        let page = send(forewatch.get(path)).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text.contains("<script>alert(1)") && !page.text.contains("<img src=x"), "{path}");
    }

    for first in (0..NAMES).step_by(PIECE) {
        let lives = (first..first + PIECE).flat_map(|n| {
            let id = format!("n-{n}");
            let name = format!("tasks.n{n}.{}", "abcdefghij".repeat(n % 20));
            [
                event("task-received", &id, json!({ "name": name })),
                event("task-succeeded", &id, json!({ "runtime": 0.1 })),
            ]
        });
        broker.publish(&lives.collect::<Vec<_>>());
        let done = first + PIECE;
        forewatch.until_within(PATIENCE, "/api/v1/tasks?limit=1&status=completed", |page| page["total"] == done).await;
    }
    for path in
        ["/api/v1/tasks/groups?by=name", "/api/v1/tasks/groups?by=error", "/api/v1/stats/hourly", "/readyz", "/"]
    {
        assert_eq!(send(forewatch.get(path)).await.status, 200, "{path}");
    }
    let sources = forewatch.json("/api/v1/sources").await;
    assert_eq!(broker_of(&sources)["lost_events"], refused.len(), "nothing else is lost: {sources}");
    let peak = peak(forewatch.process());
    assert!(peak < MOST_BYTES, "{peak} bytes");
}
