//! Alerts, and what people do with them.

use crate::server::{Forewatch, send};
use serde_json::{Value, json};

fn path(id: &str, verb: &str) -> String {
    format!("/api/v1/alerts/{id}/{verb}")
}

#[tokio::test]
async fn an_alert_is_raised_acknowledged_commented_resolved_and_reopened_by_hand() {
    let forewatch = Forewatch::start();
    let id = forewatch.alert().await;
    let alert = forewatch.json(&format!("/api/v1/alerts/{id}")).await;
    assert_eq!(
        (&alert["state"], &alert["is_active"], &alert["acknowledged"]),
        (&json!("firing"), &json!(true), &json!(false))
    );

    let note = json!({ "note": "On it", "until": "now+1h" });
    let alert = send(forewatch.post(&path(&id, "acknowledge"), &note)).await.ok();
    assert_eq!((&alert["acknowledged_by"], &alert["note"]), (&json!("local operator"), &json!("On it")));
    assert_ne!(alert["acknowledged_until"], Value::Null);
    // What was answered can be read at once.
    assert_eq!(forewatch.json(&format!("/api/v1/alerts/{id}")).await["acknowledged"], true);

    let alert = send(forewatch.post(&path(&id, "comment"), &json!({ "text": "Ordered a new one" }))).await.ok();
    assert!(alert["timeline"].to_string().contains("Ordered a new one"));
    let alert = send(forewatch.post(&path(&id, "unacknowledge"), &json!({}))).await.ok();
    assert_eq!(alert["acknowledged"], false);
    let alert = send(forewatch.post(&path(&id, "resolve"), &json!({ "note": "Replaced" }))).await.ok();
    assert_eq!((&alert["state"], &alert["resolved_by"]), (&json!("resolved"), &json!("local operator")));
    let alert = send(forewatch.post(&path(&id, "reopen"), &json!({}))).await.ok();
    assert_eq!((&alert["alert_id"], &alert["state"]), (&json!(id), &json!("firing")));
}

#[tokio::test]
async fn a_command_needs_no_body() {
    let forewatch = Forewatch::start();
    let id = forewatch.alert().await;
    let request = forewatch.request(reqwest::Method::POST, &path(&id, "acknowledge"));
    assert_eq!(send(request).await.ok()["acknowledged"], true);
}

#[tokio::test]
async fn what_cannot_be_done_is_a_conflict_that_holds_the_alert_as_it_is() {
    let forewatch = Forewatch::start();
    let id = forewatch.alert().await;
    send(forewatch.post(&path(&id, "resolve"), &json!({}))).await.ok();
    for verb in ["resolve", "acknowledge"] {
        let problem = send(forewatch.post(&path(&id, verb), &json!({}))).await.problem(409);
        assert_eq!(
            (&problem["alert"]["alert_id"], &problem["alert"]["state"]),
            (&json!(id), &json!("resolved")),
            "{verb}"
        );
    }
}

#[tokio::test]
async fn the_same_command_with_the_same_key_is_carried_out_once() {
    let forewatch = Forewatch::start();
    let id = forewatch.alert().await;
    let send_with = |verb: &str, body: Value, key: &str| {
        let request = forewatch.post(&path(&id, verb), &body).header("Idempotency-Key", key);
        async move { send(request).await }
    };
    for _ in 0..3 {
        send_with("resolve", json!({}), "k-1").await.ok();
    }
    send_with("resolve", json!({}), "k-2").await.problem(409);
    for _ in 0..3 {
        send_with("comment", json!({ "text": "once" }), "k-1").await.ok();
    }
    let alert = forewatch.json(&format!("/api/v1/alerts/{id}")).await;
    assert_eq!(alert["timeline"].to_string().matches("once").count(), 1, "{alert}");

    let manual = json!({ "title": "Twice", "severity": "info", "component": "system", "component_id": "all" });
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = forewatch.post("/api/v1/alerts", &manual).header("Idempotency-Key", "k-3");
        ids.push(send(request).await.ok()["alert_id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_command_takes_no_query_parameters() {
    let forewatch = Forewatch::start();
    let id = forewatch.alert().await;
    for verb in ["acknowledge", "unacknowledge", "resolve", "reopen", "comment"] {
        let asked = format!("{}?note=hello", path(&id, verb));
        let problem = send(forewatch.post(&asked, &json!({}))).await.problem(400);
        assert_eq!(problem["errors"][0]["pointer"], "note", "{verb}");
    }
    send(forewatch.post("/api/v1/alerts?dry_run=1", &json!({}))).await.problem(400);
    assert_eq!(forewatch.json(&format!("/api/v1/alerts/{id}")).await["state"], "firing");
}

#[tokio::test]
async fn alerts_are_listed_by_state() {
    let forewatch = Forewatch::start();
    let id = forewatch.alert().await;
    let listed = |state: &str| format!("/api/v1/alerts?state={state}");
    forewatch.until(&listed("active"), |page| page["total"] == 1).await;
    assert_eq!(forewatch.json(&listed("firing")).await["total"], 1);
    assert_eq!(forewatch.json(&listed("recovering")).await["total"], 0);
    assert_eq!(forewatch.json("/api/v1/alerts?component=worker&severity=warning&q=fan").await["total"], 1);
    send(forewatch.post(&path(&id, "resolve"), &json!({}))).await.ok();
    forewatch.until(&listed("resolved"), |page| page["total"] == 1).await;
    assert_eq!(forewatch.json("/api/v1/alerts").await["total"], 0, "active is the default");
    assert_eq!(forewatch.json(&listed("all")).await["total"], 1);
}

#[tokio::test]
async fn two_alerts_raised_in_the_same_second_have_different_ids() {
    let forewatch = Forewatch::start();
    let (a, b) = tokio::join!(forewatch.alert(), forewatch.alert());
    assert_ne!(a, b);
}

#[tokio::test]
async fn what_is_wrong_with_a_command_is_told() {
    let forewatch = Forewatch::start();
    let id = forewatch.alert().await;
    send(forewatch.post(&path("01UNKNOWN", "resolve"), &json!({}))).await.problem(404);
    send(forewatch.get("/api/v1/alerts/01UNKNOWN")).await.problem(404);
    for (verb, body, status) in [
        ("acknowledge", json!({ "until": "now-1h" }), 400),
        ("acknowledge", json!({ "untill": "now+1h" }), 400),
        ("acknowledge", json!({ "note": 7 }), 400),
        ("comment", json!({}), 400),
        ("comment", json!({ "text": " " }), 422),
        ("comment", json!({ "text": "x".repeat(2_001) }), 422),
        ("resolve", json!([]), 400),
    ] {
        send(forewatch.post(&path(&id, verb), &body)).await.problem(status);
    }
    let bad = json!({ "title": "", "severity": "warning", "component": "worker", "component_id": "x\u{0}" });
    let problem = send(forewatch.post("/api/v1/alerts", &bad)).await.problem(400);
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/title", "/component_id"]);
    let request = forewatch.post(&path(&id, "resolve"), &json!({})).header("Idempotency-Key", "");
    send(request).await.problem(400);
}
