//! Objectives: what is left of their budgets, the alert when one burns, and what is told of a wrong one.

use crate::server::{Forewatch, ago, run, send};
use serde_json::{Value, json};

const CONFIG: &str = "[[objective]]\nid = \"gpu\"\ntitle = \"GPU <tasks> succeed\"\nwhere = { queue = \"gpu_*\" }\ntarget = 0.99\n\
                      [[objective]]\nid = \"soon\"\nwhere = { name = \"preview\" }\ntarget = 0.9\nstart_within = \"30s\"\n";

/// Tasks of a queue that have just ended, so many well and so many not.
fn ended(good: u32, bad: u32) -> Value {
    let events: Vec<Value> = (0..good + bad)
        .flat_map(|n| {
            let id = format!("t{n}");
            let submitted =
                json!({ "type": "task.submitted", "at": ago(0), "task_id": id, "content_type": "audio", "queue": "gpu_a" });
            let end = if n < good {
                json!({ "type": "task.completed", "at": ago(0), "task_id": id })
            } else {
                json!({ "type": "task.failed", "at": ago(0), "task_id": id, "error_message": "no" })
            };
            [submitted, end]
        })
        .collect();
    json!(events)
}

#[tokio::test]
async fn a_budget_that_burns_raises_an_alert_and_what_is_left_of_it_is_told_everywhere() {
    let forewatch = Forewatch::with(CONFIG, &[]);
    let unknown = forewatch.json("/api/v1/objectives").await;
    assert_eq!(
        (&unknown["total"], &unknown["items"][1]["title"]),
        (&json!(2), &json!("Tasks of name preview start within 30 s"))
    );
    assert_eq!(
        (&unknown["items"][0]["budget_left"], &unknown["items"][0]["burn_rate"], &unknown["items"][0]["bad"]),
        (&Value::Null, &Value::Null, &json!(0)),
        "nothing has ended: that is no zero"
    );
    let page = send(forewatch.get("/")).await.text;
    assert!(page.contains("no task of it yet") && page.contains("GPU &lt;tasks&gt; succeed"), "{page}");

    forewatch.report(&ended(75, 25)).await;
    let told = forewatch.until("/api/v1/objectives", |told| told["items"][0]["bad"] == 25).await;
    let gpu = &told["items"][0];
    assert_eq!(
        (&gpu["objective_id"], &gpu["where"], &gpu["target"], &gpu["period"]),
        (&json!("gpu"), &json!({ "queue": "gpu_*" }), &json!(0.99), &json!(28.0 * 86_400.0))
    );
    assert_eq!((&gpu["good"], &gpu["achieved"], &gpu["burn_rate"]), (&json!(75), &json!(0.75), &json!(25.0)));
    assert_eq!((&gpu["budget_left"], &gpu["exhausted_in"]), (&json!(-24.0), &json!(0.0)));
    let windows: Vec<_> = gpu["windows"].as_array().unwrap().iter().map(|window| window["seconds"].as_f64()).collect();
    assert_eq!(windows, [300.0, 1_800.0, 3_600.0, 21_600.0].map(Some));
    assert_eq!(told["items"][1]["budget_left"], Value::Null, "those are other tasks");

    let alerts = forewatch.until("/api/v1/alerts?rule=objective", |alerts| alerts["total"] == 1).await;
    let alert = &alerts["items"][0];
    assert_eq!((&alert["severity"], &alert["component_id"]), (&json!("critical"), &json!("gpu")));
    assert_eq!(alert["title"], "GPU <tasks> succeed: the budget burns 25 times as fast as it may");
    let rules = forewatch.json("/api/v1/rules").await;
    let rule = rules["items"].as_array().unwrap().iter().find(|rule| rule["rule_id"] == "objective").unwrap();
    assert_eq!(
        (&rule["watches"], &rule["subjects"], &rule["unknown"], &rule["nearest"]["value"]),
        (&json!("burn-rate"), &json!(2), &json!(1), &json!(25.0))
    );
    for path in ["/", "/queues/gpu_a"] {
        let page = send(forewatch.get(path)).await.text;
        assert!(page.contains("more went wrong than may, 25 times as much"), "{path}: {page}");
    }
    let metrics = send(forewatch.get("/metrics")).await.text;
    assert!(metrics.contains("forewatch_objective_budget_left_ratio{objective=\"gpu\"} -24\n"), "{metrics}");
    assert!(!metrics.contains("objective=\"soon\""), "what is not known has no sample");
}

#[tokio::test]
async fn what_was_counted_is_there_after_a_restart_and_the_alert_is_the_same() {
    let forewatch = Forewatch::with(CONFIG, &[]);
    forewatch.report(&ended(75, 25)).await;
    let before = forewatch.until("/api/v1/alerts?rule=objective", |alerts| alerts["total"] == 1).await;
    let forewatch = Forewatch::in_folder(forewatch.stopped(), CONFIG, &[]);
    let told = forewatch.json("/api/v1/objectives").await;
    assert_eq!((&told["items"][0]["good"], &told["items"][0]["bad"]), (&json!(75), &json!(25)));
    let after = forewatch.json("/api/v1/alerts?rule=objective").await;
    assert_eq!((&after["total"], &after["items"][0]["alert_id"]), (&json!(1), &before["items"][0]["alert_id"]));
}

#[tokio::test]
async fn nothing_is_shown_where_nothing_is_asked_for() {
    let forewatch = Forewatch::start();
    forewatch.report(&ended(1, 0)).await;
    forewatch.until("/api/v1/queues", |queues| queues["total"] == 1).await;
    for path in ["/", "/queues/gpu_a"] {
        let page = send(forewatch.get(path)).await.text;
        assert!(!page.contains(">Objectives<"), "{path}: {page}");
    }
    assert_eq!(forewatch.json("/api/v1/objectives").await["total"], 0);
}

#[test]
fn every_mistake_of_an_objective_is_told_by_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f.toml");
    let text = "[[objective]]\nid = \"a\"\ntarget = 99\nstart_within = \"soon\"\n\n[[objective]]\nid = \"a\"\nwhere = { worker = \"x\" }\n\
                target = 0.9\ncolour = 1\n";
    std::fs::write(&file, text).unwrap();
    let (code, told) = run(&["check-config", file.to_str().unwrap()]);
    assert_eq!(code, 2, "{told}");
    for line in [
        ":3: objective[0].target: 99 must be",
        ":4: objective[0].start_within: ",
        ":7: objective[1].id: \"a\" is the id of objective[0] already",
        ":8: objective[1].where.worker: \"worker\" is not known: there are queue, name, source",
        ":10: objective[1].colour: ",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert_eq!(told.trim_end().lines().count(), 5, "{told}");
}
