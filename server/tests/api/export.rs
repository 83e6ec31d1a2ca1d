//! `forewatch export`.

use crate::server::{Forewatch, ago, run};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Exports from the store in `folder`; answers with what is written to stdout.
#[track_caller]
fn export(folder: &Path, arguments: &[&str]) -> String {
    let url = format!("sqlite:{}", folder.join("forewatch.db").display());
    let (code, said) = run(&[&["export", "--store", &url], arguments].concat());
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// Cells by row, the header first; checks the line ends that RFC 4180 asks for.
fn cells(text: &str) -> Vec<Vec<String>> {
    assert!(text.ends_with("\r\n"));
    let mut table = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    table.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn tasks_are_written_while_a_server_serves_them() {
    let forewatch = Forewatch::start();
    let nasty = "=HYPERLINK(\"http://x\"), and more";
    let first = json!([
        { "type": "task.submitted", "task_id": "one", "content_type": "a", "name": nasty, "queue": "-q", "at": ago(3600) },
    ]);
    assert_eq!(forewatch.report(&first).await["accepted"], 1);
    tokio::time::sleep(Duration::from_millis(5)).await;
    let batch = json!([
        { "type": "task.submitted", "task_id": "two", "content_type": "über", "at": ago(60) },
        { "type": "task.started", "task_id": "two", "worker_id": "w", "at": ago(50) },
        { "type": "task.failed", "task_id": "two", "error_message": "out of memory", "at": ago(40),
          "traceback": "one\n  \"two\", three\n" },
    ]);
    assert_eq!(forewatch.report(&batch).await, json!({ "accepted": 3, "rejected": [] }));
    forewatch.until("/api/v1/tasks", |page| page["total"] == 2).await;
    forewatch.until("/api/v1/tasks?status=failed", |page| page["total"] == 1).await;
    let folder = forewatch.folder.path();

    let written = lines(&export(folder, &["tasks", "--from", "now-2h"]));
    let ids: Vec<_> = written.iter().map(|task| task["task_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["one", "two"], "oldest first");
    let mut answer = forewatch.json("/api/v1/tasks/two").await;
    let worked_out = answer.as_object_mut().unwrap().remove("spent");
    assert_eq!(worked_out.unwrap()["running"], 10.0, "it follows from the timeline, and is in no record");
    assert_eq!(written[1], answer);
    assert_eq!(written[0]["name"], nasty);

    let table = cells(&export(folder, &["tasks", "--from", "now-2h", "--format", "csv"]));
    let column = |name: &str| table[0].iter().position(|head| head == name).unwrap();
    assert_eq!(table.len(), 3);
    assert_eq!(table[1][column("name")], format!("'{nasty}"));
    assert_eq!(table[1][column("queue")], "'-q");
    assert_eq!((&*table[1][column("started_at")], &*table[1][column("retry_count")]), ("", "0"));
    assert_eq!(table[2][column("content_type")], "über");
    assert_eq!(table[2][column("error_message")], "out of memory");
    assert_eq!(table[2][column("traceback")], written[1]["traceback"].as_str().unwrap());
    assert_eq!(table[2][column("processing_time")], written[1]["processing_time"].to_string());

    let heard = written[1]["timestamp"].as_str().unwrap();
    for (from, to, id) in [("now-2h", heard, "one"), (heard, "now", "two")] {
        let only = lines(&export(folder, &["tasks", "--from", from, "--to", to]));
        assert_eq!(only.iter().map(|task| &task["task_id"]).collect::<Vec<_>>(), [id]);
    }
    assert_eq!(export(folder, &["tasks", "--from", "now-3h", "--to", "now-2h"]), "");
}

#[tokio::test]
async fn samples_are_written_as_they_came_in_with_units_and_labels() {
    let forewatch = Forewatch::start();
    forewatch.worker("+gpu,1").await;
    let mut expected = BTreeSet::new();
    let beats: Vec<Value> = (1..=30)
        .map(|n| {
            let (at, percent) = (ago(n * 10), n * 2);
            expected.insert((at.clone(), format!("{}", percent as f64 / 100.0)));
            json!({ "type": "worker.heartbeat", "worker_id": "+gpu,1", "status": "online", "timestamp": at,
                "metrics": { "cpu_usage_percent": percent }, "gpus": [{ "index": 2, "temperature_celsius": 40 + n }] })
        })
        .collect();
    assert_eq!(forewatch.report(&json!(beats)).await["accepted"], 30);
    // A stop brings all samples into the store.
    let folder = forewatch.stopped();
    let of = |metric: &str, format: &str| {
        export(folder.path(), &["samples", "--from", "now-1h", "--metric", metric, "--format", format])
    };
    let cpu = lines(&of("worker.cpu_usage", "ndjson"));
    let told: BTreeSet<_> =
        cpu.iter().map(|line| (line["at"].as_str().unwrap().to_owned(), line["value"].to_string())).collect();
    assert!(told.is_superset(&expected), "{expected:?}\n{told:?}");
    for line in &cpu {
        assert_eq!((&line["metric"], &line["unit"]), (&json!("worker.cpu_usage"), &json!("ratio")));
        assert_eq!((&line["worker"], &line["gpu"], &line["queue"]), (&json!("+gpu,1"), &Value::Null, &Value::Null));
    }
    let table = cells(&of("gpu.temperature", "csv"));
    assert_eq!(table[0], ["at", "metric", "unit", "worker", "gpu", "queue", "value"]);
    assert_eq!(table.len(), 31);
    assert_eq!(table[1][1..], ["gpu.temperature", "celsius", "'+gpu,1", "2", "", "70"], "the oldest first");
    let all = lines(&export(folder.path(), &["samples", "--from", "now-1h"]));
    let metrics: BTreeSet<_> = all.iter().map(|line| line["metric"].as_str().unwrap()).collect();
    assert!(metrics.contains("system.workers") && metrics.contains("worker.online"), "{metrics:?}");
    assert_eq!(export(folder.path(), &["samples", "--from", "now-9d", "--to", "now-8d"]), "");
}

#[tokio::test]
async fn an_export_into_a_file_leaves_one_that_is_there_alone() {
    let forewatch = Forewatch::start();
    forewatch.report(&json!([{ "type": "task.started", "task_id": "t", "worker_id": "w", "at": ago(1) }])).await;
    forewatch.until("/api/v1/tasks", |page| page["total"] == 1).await;
    let folder = forewatch.folder.path();
    let file = folder.join("tasks.ndjson");
    let arguments = ["tasks", "--from", "now-1h", "--out", file.to_str().unwrap()];
    assert!(export(folder, &arguments).contains("holds 1 tasks"));
    assert_eq!(lines(&std::fs::read_to_string(&file).unwrap()).len(), 1);
    let url = format!("sqlite:{}", folder.join("forewatch.db").display());
    let (code, said) = run(&[&["export", "--store", &url], &arguments[..]].concat());
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("--force"), "{said}");
    export(folder, &[&arguments[..], &["--force"]].concat());
}

#[test]
fn what_cannot_be_asked_for_is_told_with_its_option() {
    for (arguments, option) in [
        (&["samples", "--from", "yesterday"][..], "--from"),
        (&["samples", "--from", "now-1h", "--to", "soon"], "--to"),
        (&["samples", "--from", "now", "--to", "now-1h"], "--from"),
        (&["samples", "--from", "now-1h", "--metric", "cpu"], "--metric"),
        (&["tasks", "--from", "now-1h", "--metric", "worker.cpu_usage"], "--metric"),
        (&["tasks", "--from", "now-1h", "--format", "xml"], "--format"),
        (&["tasks"], "--from"),
        (&["alerts", "--from", "now-1h"], "samples"),
    ] {
        let (code, said) = run(&[&["export", "--store", "sqlite:/nowhere/forewatch.db"], arguments].concat());
        assert_eq!(code, 2, "{arguments:?}: {said}");
        assert!(said.contains(option), "{arguments:?}: {said}");
    }
    let (code, said) = run(&["export", "tasks", "--from", "now-1h", "--store", "sqlite:/nowhere/forewatch.db"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("there is no store"), "{said}");
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_error() {
    use std::io::Read as _;
    let forewatch = Forewatch::start();
    let batch: Vec<Value> = (0..3_000)
        .map(|n| json!({ "type": "task.started", "task_id": format!("t{n}"), "worker_id": "w", "at": ago(1) }))
        .collect();
    forewatch.report(&json!(batch)).await;
    forewatch.until("/api/v1/tasks", |page| page["total"] == 3_000).await;
    let mut child = crate::server::forewatch()
        .args(["export", "tasks", "--from", "now-1h", "--store"])
        .arg(format!("sqlite:{}", forewatch.folder.path().join("forewatch.db").display()))
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"{");
    let output =
        tokio::time::timeout(Duration::from_secs(20), tokio::task::spawn_blocking(|| child.wait_with_output()));
    let output = output.await.unwrap().unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
