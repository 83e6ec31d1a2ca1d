//! `/metrics` for Prometheus.

use crate::server::{Forewatch, ago, send};
use serde_json::json;
use std::io::Write;
use std::process::{Command, Stdio};

#[tokio::test]
async fn the_fleet_alerts_and_forewatch_itself_are_told() {
    let forewatch = Forewatch::start();
    let registration = json!({ "registration": { "worker_id": "gpu\"1\\" } });
    send(forewatch.post("/api/v1/workers/register", &registration)).await.ok();
    forewatch.report(&json!([{ "type": "queue.sampled", "queue": "gpu_priority", "pending": 5, "at": ago(1) }])).await;
    forewatch.alert().await;
    forewatch.until("/api/v1/queues/gpu_priority", |queue| queue["pending_tasks"] == 5).await;
    let answer = send(forewatch.get("/metrics")).await;
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    for line in [
        "forewatch_system_workers 1",
        "forewatch_worker_online{worker=\"gpu\\\"1\\\\\"} 1",
        "forewatch_queue_pending{queue=\"gpu_priority\"} 5",
        "forewatch_alerts{state=\"firing\",severity=\"warning\"} 1",
        "forewatch_source_up{source=\"http\"} 1",
    ] {
        assert!(answer.text.lines().any(|told| told == line), "{line}\n{}", answer.text);
    }
    for series in [
        "forewatch_store_file_bytes{file=\"log\"}",
        "forewatch_store_file_bytes{file=\"records\"}",
        "forewatch_store_file_bytes{file=\"history\"}",
    ] {
        let bytes = answer.text.lines().find_map(|line| line.strip_prefix(series)).unwrap();
        assert!(bytes.trim().parse::<f64>().unwrap() > 0.0, "{series}{bytes}");
    }
    for tier in ["raw", "1m", "1h", "1d"] {
        for family in ["forewatch_history_bytes", "forewatch_history_blocks"] {
            assert!(answer.text.contains(&format!("\n{family}{{tier=\"{tier}\"}} ")), "{family} {tier}");
        }
    }
    assert!(
        !answer.text.contains("NaN") && !answer.text.contains("forewatch_system_error_rate"),
        "unknown is left out"
    );
    let value = |line: &str| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap();
    let of = |name: &str| answer.text.lines().filter(|line| line.starts_with(name)).map(value).collect::<Vec<_>>();
    let files = of("forewatch_store_file_bytes{");
    assert_eq!((files.len(), files.iter().sum::<f64>()), (3, of("forewatch_store_bytes ")[0]));
    assert!(files.iter().all(|bytes| *bytes > 0.0), "{files:?}");
    check(&answer.text);
}

#[tokio::test]
async fn what_rules_raise_and_how_fast_it_is_handled_is_told() {
    let forewatch = Forewatch::start();
    let id = forewatch.alert().await;
    forewatch.alert().await;
    let has = async |lines: &[&str]| {
        let text = send(forewatch.get("/metrics")).await.text;
        for line in lines {
            assert!(text.lines().any(|told| told == *line), "{line}\n{text}");
        }
        text
    };
    let (acknowledge, resolve) =
        ("forewatch_alert_time_to_acknowledge_seconds", "forewatch_alert_time_to_resolve_seconds");
    has(&[
        "forewatch_alert_episodes_total{rule=\"manual\"} 2",
        "forewatch_alert_episodes_total{rule=\"cpu-high\"} 0",
        &format!("{acknowledge}_count 0"),
    ])
    .await;
    for verb in ["acknowledge", "unacknowledge", "acknowledge", "resolve", "reopen", "resolve"] {
        send(forewatch.post(&format!("/api/v1/alerts/{id}/{verb}"), &json!({}))).await.ok();
    }
    let text = has(&[
        "forewatch_alert_episodes_total{rule=\"manual\"} 2",
        &format!("{acknowledge}_count 1"),
        &format!("{acknowledge}_bucket{{le=\"+Inf\"}} 1"),
        &format!("{acknowledge}_bucket{{le=\"3600\"}} 1"),
        &format!("{resolve}_count 1"),
        &format!("# TYPE {resolve} histogram"),
    ])
    .await;
    check(&text);
    // What was counted before is not counted again when the journal is read.
    let forewatch = Forewatch::in_folder(forewatch.killed(), "", &[]);
    forewatch.until("/api/v1/alerts?state=all", |alerts| alerts["total"] == 2).await;
    let text = send(forewatch.get("/metrics")).await.text;
    assert!(!text.contains("rule=\"manual\"") && text.contains(&format!("{resolve}_count 0")), "{text}");
}

/// Prometheus' own check; the set-up for the tests installs it.
fn check(text: &str) {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("promtool is there: scripts/setup.sh test installs it (Debian's package prometheus)");
    promtool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
