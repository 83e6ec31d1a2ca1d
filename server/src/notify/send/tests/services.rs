//! Alertmanager's webhook, PagerDuty, ntfy, a command and a heartbeat.

use super::alertmanager::Body;
use super::receiver::{Receiver, Request, must, only, text};
use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};

fn webhook(request: &Request) -> Result<(), String> {
    must(request.headers["content-type"] == "application/json", "JSON")?;
    let body = Body::read(&request.body)?;
    must(body.receiver == "oncall" && body.external_url == "https://forewatch.example", body.external_url.as_str())?;
    must(body.group_labels["alertname"] == "queue-backlog", "grouped by rule")?;
    must(body.common_labels.get("component").is_some_and(|component| component == "queue"), "what all have")?;
    for alert in &body.alerts {
        must(alert.labels.contains_key("queue"), "the rule's label")?;
        for annotation in ["description", "runbook", "value"] {
            must(alert.annotations.contains_key(annotation), annotation)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_receiver_of_alertmanager_takes_the_webhook_and_can_check_the_signature() {
    let receiver = Receiver::start(webhook).await;
    let secret = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(&secret, "correct horse").expect("it can be written");
    let setup =
        format!("type = \"webhook\"\nurl = \"{}\"\nsecret = \"file:{}\"", receiver.url(), secret.path().display());
    for message in [small(), recovered(small()), hostile()] {
        hand_over(&setup, &message).await.expect("it is taken");
    }
    for request in receiver.requests() {
        let header = |name: &str| request.headers[name].to_str().expect("it is ASCII").to_owned();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"correct horse").expect("a key");
        let signed = format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), request.body);
        mac.update(signed.as_bytes());
        assert_eq!(header("webhook-signature"), format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
        assert_eq!(header("idempotency-key"), "01DELIVERY");
    }
}

/// <https://developer.pagerduty.com/docs/send-alert-event>
fn pagerduty(request: &Request) -> Result<(), String> {
    must(request.body.len() <= 512 * 1_024, "512 KB")?;
    let event = request.json();
    only(&event, &["routing_key", "event_action", "dedup_key", "client", "client_url", "payload", "links"])?;
    must(event["routing_key"] == "a-routing-key", "the key")?;
    text(&event["dedup_key"], 255, "dedup_key")?;
    match event["event_action"].as_str() {
        Some("trigger") => {
            let payload = &event["payload"];
            only(payload, &["summary", "source", "severity", "timestamp", "component", "group", "custom_details"])?;
            text(&payload["summary"], 1_024, "summary")?;
            text(&payload["source"], 255, "source")?;
            let severity = payload["severity"].as_str().unwrap_or_default();
            must(["critical", "error", "warning", "info"].contains(&severity), severity)?;
            for link in event["links"].as_array().ok_or("links")? {
                must(link["href"].as_str().is_some_and(|href| href.starts_with("https://")), "an address")?;
            }
            Ok(())
        }
        Some("acknowledge" | "resolve") => Ok(()),
        other => Err(format!("no action {other:?}")),
    }
}

#[tokio::test]
async fn pagerduty_is_told_the_beginning_the_handling_and_the_end_under_one_key() {
    let receiver = Receiver::start(pagerduty).await;
    let key = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(&key, "a-routing-key").expect("it can be written");
    let setup =
        format!("type = \"pagerduty\"\nurl = \"{}\"\nsecret = \"file:{}\"", receiver.url(), key.path().display());
    let mut acknowledged = small();
    acknowledged.notices[0].what = What::Acknowledged;
    for message in [small(), acknowledged, recovered(small()), hostile()] {
        hand_over(&setup, &message).await.expect("it is taken");
    }
    let told: Vec<_> = receiver.requests().iter().map(Request::json).collect();
    let actions: Vec<_> = told.iter().map(|event| event["event_action"].as_str().unwrap_or_default()).collect();
    assert_eq!(actions, ["trigger", "acknowledge", "resolve", "trigger"]);
    assert!(told.iter().all(|event| event["dedup_key"] == told[0]["dedup_key"]));
    let mut test = small();
    test.notices[0].what = What::Test;
    hand_over(&setup, &test).await.expect("it is taken");
    assert_eq!(
        receiver.requests().last().map(|request| request.json()["event_action"].clone()),
        Some("resolve".into())
    );
}

/// <https://docs.ntfy.sh/publish/#publish-as-json>
fn ntfy(request: &Request) -> Result<(), String> {
    must(
        request.uri.path() == "/" && request.headers["authorization"] == "Bearer tk_secret",
        "the root, with a token",
    )?;
    let body = request.json();
    only(&body, &["topic", "title", "message", "priority", "tags", "click", "actions"])?;
    must(body["topic"] == "alerts", "the topic")?;
    must(text(&body["message"], 4_096, "message")?.len() <= 4_096, "4,096 bytes")?;
    text(&body["title"], 250, "title")?;
    must(body["priority"].as_u64().is_some_and(|priority| (1..=5).contains(&priority)), "priority 1 to 5")?;
    let actions = body["actions"].as_array().ok_or("actions")?;
    must(actions.len() <= 3 && actions.iter().all(|action| action["action"] == "view"), "three views")
}

#[tokio::test]
async fn ntfy_takes_what_is_sent() {
    let receiver = Receiver::start(ntfy).await;
    let token = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(&token, "tk_secret").expect("it can be written");
    let setup =
        format!("type = \"ntfy\"\nurl = \"{}alerts\"\nsecret = \"file:{}\"", receiver.url(), token.path().display());
    for message in [small(), recovered(small()), hostile()] {
        hand_over(&setup, &message).await.expect("it is taken");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_reads_the_webhooks_json_and_is_stopped_when_it_does_not_end() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("got");
    let command = |script: &str| {
        let argv = serde_json::to_string(&["sh", "-c", script]).expect("it can be written");
        format!("type = \"command\"\ntimeout = \"5s\"\nargv = {argv}")
    };
    hand_over(&command(&format!("cat > {}", file.display())), &hostile()).await.expect("it is taken");
    let body = Body::read(&std::fs::read_to_string(&file).expect("it is there")).expect("it is the JSON");
    assert_eq!(body.alerts.len(), MOST);
    let failure = hand_over(&command("echo not now >&2; exit 3"), &small()).await.expect_err("it fails");
    assert!(failure.reason.contains("not now") && failure.reason.contains('3'), "{failure:?}");
    // It says more than a pipe holds before it reads, and never reads.
    hand_over(&command("head -c 300000 /dev/zero | tr '\\0' x >&2"), &hostile()).await.expect("it is taken");
    let slow = command("sleep 60").replace("\"5s\"", "\"200ms\"");
    assert!(hand_over(&slow, &small()).await.expect_err("it is slow").reason.contains("in time"));
    hand_over("type = \"command\"\nargv = [\"/nowhere/page\"]", &small()).await.expect_err("there is no such program");
}

#[tokio::test]
async fn a_heartbeat_is_a_request_without_a_body() {
    let receiver = Receiver::start(|request| must(request.method == "GET" && request.body.is_empty(), "GET")).await;
    let setup = format!("type = \"heartbeat\"\nurl = \"{}ping/1\"", receiver.url());
    hand_over(&setup, &small()).await.expect("it is taken");
    assert_eq!(receiver.requests()[0].uri.path(), "/ping/1");
}
