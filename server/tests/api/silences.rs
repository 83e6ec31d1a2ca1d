//! Silences: made and ended by people, and kept over a restart.

use crate::server::{Forewatch, send};
use reqwest::Method;
use serde_json::{Value, json};

fn asked() -> Value {
    json!({
        "matchers": [{ "label": "component", "value": "system" }, { "label": "severity", "op": "!=", "value": "critical" }],
        "ends_at": "now+1h", "comment": "Deploy 42",
    })
}

#[tokio::test]
async fn a_silenced_alert_is_marked_until_somebody_ends_the_silence() {
    let forewatch = Forewatch::start();
    let raised = json!({ "title": "Odd", "severity": "warning", "component": "system", "component_id": "all" });
    let alert = send(forewatch.post("/api/v1/alerts", &raised)).await.ok();
    let path = format!("/api/v1/alerts/{}", alert["alert_id"].as_str().unwrap());
    let silence = send(forewatch.post("/api/v1/silences", &asked())).await.ok();
    assert_eq!((&silence["created_by"], &silence["comment"]), (&json!("local operator"), &json!("Deploy 42")));
    let id = silence["silence_id"].as_str().unwrap().to_owned();
    let marked = forewatch.until(&path, |alert| !alert["suppressed_by"].is_null()).await;
    assert_eq!(
        (&marked["suppressed_by"], &marked["state"]),
        (&json!("silenced by local operator: Deploy 42"), &json!("firing"))
    );
    assert_eq!(forewatch.json("/api/v1/silences").await["items"][0], silence);

    let end = || forewatch.request(Method::DELETE, &format!("/api/v1/silences/{id}"));
    let ended = send(end()).await.ok();
    assert_eq!(ended["ended_by"], "local operator");
    forewatch.until(&path, |alert| alert["suppressed_by"].is_null()).await;
    let told = send(end()).await.problem(409);
    assert!(told["detail"].as_str().unwrap().contains("local operator ended it"), "{told}");
    assert_eq!(forewatch.json("/api/v1/silences").await["total"], 0);
    assert_eq!(forewatch.json("/api/v1/silences?state=expired").await["total"], 1);
}

#[tokio::test]
async fn a_silence_survives_a_crash_and_the_same_request_makes_one() {
    let forewatch = Forewatch::start();
    let make = || send(forewatch.post("/api/v1/silences", &asked()).header("Idempotency-Key", "k-1"));
    let (first, second) = (make().await.ok(), make().await.ok());
    assert_eq!(first, second);
    let forewatch = Forewatch::in_folder(forewatch.killed(), "", &[]);
    assert_eq!(forewatch.json("/api/v1/silences").await["items"], json!([first]));
}

#[tokio::test]
async fn what_cannot_be_silenced_is_told_by_its_field() {
    let forewatch = Forewatch::start();
    for (change, pointer) in [
        (json!({ "matchers": [] }), "/matchers"),
        (json!({ "matchers": [{ "label": "colour", "value": "red" }] }), "/matchers/0/label"),
        (json!({ "matchers": [{ "label": "queue", "op": "!=", "value": "x" }] }), "/matchers"),
        (json!({ "ends_at": "now-1h" }), "/ends_at"),
        (json!({ "ends_at": "someday" }), "/ends_at"),
        (json!({ "comment": "" }), "/comment"),
    ] {
        let mut body = asked();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let problem = send(forewatch.post("/api/v1/silences", &body)).await.problem(400);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let unknown = forewatch.request(Method::DELETE, "/api/v1/silences/01ARZ3NDEKTSV4RRFFQ69G5FAV");
    send(unknown).await.problem(404);
}
