//! Alert rules: of the configuration, as they are now, and tried on the past.

use crate::server::{Forewatch, forewatch, heartbeat, run, send};
use serde_json::{Value, json};

const BUSY: &str = "[[rule]]\nid = \"any-load\"\nmetric = \"worker.cpu_usage\"\nthreshold = 0.2\nseverity = \"info\"\n\
                    title = \"{subject} at {value}\"\n[[rule]]\nid = \"gpu-busy\"\nenabled = false\n";

fn rule<'a>(rules: &'a Value, id: &str) -> Option<&'a Value> {
    rules["items"].as_array().unwrap().iter().find(|rule| rule["rule_id"] == id)
}

/// A worker beats with this load.
async fn beat(forewatch: &Forewatch, load: f64) {
    let mut beat = heartbeat("w1");
    beat["metrics"]["cpu_usage"] = load.into();
    if let Some(metrics) = beat["metrics"].as_object_mut() {
        metrics.remove("cpu_usage_percent");
    }
    send(forewatch.post("/api/v1/workers/w1/heartbeat", &beat)).await.ok();
}

#[tokio::test]
async fn a_rule_of_the_configuration_raises_alerts_and_tells_how_close_it_is() {
    let forewatch = Forewatch::with(BUSY, &[]);
    forewatch.worker("w1").await;
    beat(&forewatch, 0.05).await;
    let rules =
        forewatch.until("/api/v1/rules", |rules| rule(rules, "any-load").unwrap()["nearest"]["value"] == 0.05).await;
    let own = rule(&rules, "any-load").unwrap();
    assert_eq!(
        (&own["origin"], &own["nearest"]["value"], &own["nearest"]["share"]),
        (&json!("configured"), &json!(0.05), &json!(0.25))
    );
    assert_eq!(rule(&rules, "gpu-busy"), None);
    assert_eq!(rule(&rules, "cpu-high").unwrap()["origin"], "default");
    beat(&forewatch, 0.4).await;
    let alerts = forewatch.until("/api/v1/alerts?rule=any-load", |alerts| alerts["total"] == 1).await;
    assert_eq!(alerts["items"][0]["title"], "w1 at 40 %");
}

#[tokio::test]
async fn rules_are_tried_on_the_history_of_metrics_and_on_the_tasks_in_the_records() {
    let forewatch = Forewatch::start();
    forewatch.worker("w1").await;
    beat(&forewatch, 0.95).await;
    let failures: Vec<Value> = (0..30)
        .flat_map(|n| {
            let id = format!("t{n}");
            [
                json!({ "type": "task.submitted", "at": "now-20m", "task_id": id, "content_type": "audio", "queue": "q" }),
                json!({ "type": "task.failed", "at": "now-15m", "task_id": id, "error_message": "no" }),
            ]
        })
        .collect();
    forewatch.report(&json!(failures)).await;
    forewatch.until("/api/v1/tasks?status=failed", |tasks| tasks["total"] == 30).await;
    let rules = json!({ "rules": [
        { "id": "cpu-high", "for": "0s" },
        { "id": "error-rate", "by": ["queue"], "agg": "error_rate", "threshold": 0.5, "min_samples": 20 },
        { "id": "worker-offline" },
    ], "from": "now-1h" });
    // The records follow the state within moments.
    let mut tried = Value::Null;
    for _ in 0..100 {
        tried = send(forewatch.post("/api/v1/rules/test", &rules)).await.ok();
        if tried["items"].as_array().unwrap().iter().any(|rule| rule["rule_id"] == "error-rate" && rule["firings"] == 1)
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let of = |id: &str| rule(&tried, id).unwrap();
    assert_eq!(of("cpu-high")["firings"], 1, "{tried}");
    assert_eq!(of("cpu-high")["times"][0]["labels"], json!({ "worker": "w1" }));
    let rate = of("error-rate");
    assert_eq!(
        (&rate["firings"], &rate["times"][0]["labels"], &rate["times"][0]["peak"]),
        (&json!(1), &json!({ "queue": "q" }), &json!(1.0))
    );
    assert_eq!((&of("worker-offline")["step"], &of("worker-offline")["firings"]), (&Value::Null, &json!(0)));
    assert!(of("worker-offline")["notes"][0].as_str().unwrap().contains("cannot be tried"));
}

#[tokio::test]
async fn the_settings_page_tries_a_rule_as_it_is_set_and_with_another_threshold_or_time() {
    let forewatch = Forewatch::with(BUSY, &[]);
    forewatch.worker("w1").await;
    beat(&forewatch, 0.1).await;
    forewatch.until("/api/v1/workers/w1", |worker| worker["cpu_usage"] == 0.1).await;
    let page = async |asked: &str| {
        let answer = send(forewatch.get(&format!("/settings?try={asked}"))).await;
        (answer.status.as_u16(), answer.text)
    };
    for (asked, told) in [
        ("any-load", "it would not have fired."),
        ("any-load&threshold=5+%25", "it would have fired once"),
        ("any-load&threshold=0.05&for=1+h", "it would not have fired."),
        ("cpu-high&threshold=5+%25&for=0s", "it would have fired once"),
        ("cpu-high&threshold=5+%25", "it would not have fired."),
        ("worker-offline", "it cannot be tried"),
    ] {
        let (status, text) = page(asked).await;
        assert_eq!((status, text.contains(told)), (200, true), "{asked}");
    }
    for (asked, status, told) in [
        ("any-load&threshold=plenty", 400, "is not a number"),
        ("any-load&threshold=150+%25", 400, "Threshold: can never be reached"),
        ("any-load&for=soon", 400, "is not a duration"),
    ] {
        let answer = page(asked).await;
        assert_eq!((answer.0, answer.1.contains(told)), (status, true), "{asked}");
    }
}

#[tokio::test]
async fn mistakes_of_rules_point_at_their_fields() {
    let forewatch = Forewatch::start();
    let rules = json!({ "rules": [{ "id": "x", "metric": "gpu.temprature", "threshold": 1, "severity": "bad" }] });
    let problem = send(forewatch.post("/api/v1/rules/test", &rules)).await.problem(400);
    assert_eq!(problem["errors"][0]["pointer"], "/rules/0/metric", "{problem}");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("gpu.temperature"), "{problem}");
    send(forewatch.post("/api/v1/rules/test", &json!({ "rules": [] }))).await.problem(400);
}

#[tokio::test]
async fn so_many_rules_are_tried_at_once_and_no_more() {
    let forewatch = Forewatch::start();
    let rules = |count: usize, title: &str| -> Value {
        let rule = |n| json!({ "id": format!("r{n}"), "metric": "gpu.temperature", "threshold": 1, "title": title });
        json!({ "rules": (0..count).map(rule).collect::<Value>() })
    };
    let asked = |body: &Value| forewatch.post("/api/v1/rules/test", body);
    send(asked(&rules(21, "a"))).await.problem(400);
    send(asked(&rules(20, &"a".repeat(20_000)))).await.problem(413);
    // Of many at a time those find room for which there is some; the others are told to come again, and can.
    let many = futures_util::future::join_all((0..40).map(|_| send(asked(&rules(20, "a"))))).await;
    for answer in many {
        match answer.status.as_u16() {
            200 => assert_eq!(answer.json()["total"], 20),
            429 => assert_eq!(answer.headers["retry-after"], "1"),
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert_eq!(send(asked(&rules(20, "a"))).await.ok()["total"], 20);
}

#[test]
fn rules_are_not_tried_on_a_store_in_redis_and_who_does_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.toml");
    std::fs::write(&file, BUSY).unwrap();
    let (code, told) = run(&["rules", "test", file.to_str().unwrap(), "--store", "redis://:secret@127.0.0.1:1/0"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("POST /api/v1/rules/test") && !told.contains("secret"), "{told}");
}

#[test]
fn a_file_of_rules_is_checked_with_every_mistake_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.toml");
    std::fs::write(&file, "[[rule]]\nid = \"a\"\nmetric = \"queue.pending\"\nop = \"=\"\nthreshold = 1\n\n[[rule]]\nid = \"b\"\nmetric = \"no\"\nthreshold = 1\nfor = \"soon\"\n[[silence]]\nname = \"n\"\nfrom = \"x\"\nto = \"y\"\n").unwrap();
    let output = forewatch().arg("check-config").arg(&file).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    for part in [
        ":4: rule[0].op: \"=\" is not known: there are >, >=, <, <=",
        ":9: rule[1].metric: \"no\" is not known",
        ":11: rule[1].for: \"soon\" is not a duration",
        ":14: silence[0].from: ",
        ":15: silence[0].to: ",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[tokio::test]
async fn rules_of_a_file_are_tried_on_a_store_by_the_command() {
    let forewatch = Forewatch::start();
    forewatch.worker("w1").await;
    beat(&forewatch, 0.95).await;
    forewatch.until("/api/v1/workers/w1", |worker| worker["cpu_usage"] == 0.95).await;
    let folder = forewatch.stopped();
    let file = folder.path().join("rules.toml");
    std::fs::write(&file, BUSY).unwrap();
    let store = format!("sqlite:{}", folder.path().join("forewatch.db").display());
    let (code, told) = run(&["rules", "test", file.to_str().unwrap(), "--store", &store, "--from", "now-1h"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("any-load: would have fired once"), "{told}");
}
