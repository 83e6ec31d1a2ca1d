//! Reports: their figures against an independent sum over what was sent, and their forms.

use crate::server::{Forewatch, ago, send};
use serde_json::{Value, json};

/// A task that a test sends, as it counts.
struct Sent {
    name: &'static str,
    queue: &'static str,
    user: &'static str,
    /// Seconds.
    wait: i32,
    run: i32,
    failed: bool,
    gpu: f64,
}

/// Tasks that ended `seconds` ago, and the events that tell of them.
fn tasks(prefix: &str, seconds: i64, count: usize) -> (Vec<Sent>, Vec<Value>) {
    let names = ["transcribe", "embed", "<b>render</b>"];
    let (mut sent, mut events) = (Vec::new(), Vec::new());
    for n in 0..count {
        let task = Sent {
            name: names[n % 3],
            queue: ["gpu_priority", "cpu_batch"][n % 2],
            user: ["ada", "grace"][n % 2],
            wait: [1, 2, 3, 4, 5, 6, 7][n % 7],
            run: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12][n % 11],
            failed: n % 5 == 0,
            gpu: (n % 4) as f64,
        };
        let id = format!("{prefix}-{n}");
        let end = seconds;
        let started = end + i64::from(task.run);
        let submitted = started + i64::from(task.wait);
        events.push(json!({ "type": "task.submitted", "task_id": id, "content_type": "audio", "name": task.name,
            "queue": task.queue, "user_id": task.user, "at": ago(submitted) }));
        events.push(json!({ "type": "task.started", "task_id": id, "worker_id": "w-1", "at": ago(started) }));
        events.push(if task.failed {
            json!({ "type": "task.failed", "task_id": id, "worker_id": "w-1", "error_message": "CUDA out of memory", "at": ago(end) })
        } else {
            json!({ "type": "task.completed", "task_id": id, "worker_id": "w-1", "gpu_time": task.gpu, "at": ago(end) })
        });
        sent.push(task);
    }
    (sent, events)
}

fn row<'a>(ranking: &'a Value, key: &str) -> &'a Value {
    let rows = ranking["rows"].as_array().unwrap();
    rows.iter().find(|row| row["now"]["key"] == key).unwrap_or_else(|| panic!("{key} in {ranking}"))
}

#[tokio::test]
async fn a_reports_figures_are_those_of_what_was_sent_beside_the_period_before() {
    let forewatch = Forewatch::start();
    // Two hours, and the two hours before.
    let (now, events) = tasks("now", 3_600, 60);
    forewatch.report(&Value::Array(events)).await;
    let (before, events) = tasks("before", 3 * 3_600, 30);
    forewatch.report(&Value::Array(events)).await;
    forewatch.until("/api/v1/tasks?status=completed,failed", |page| page["total"] == 90).await;
    let path = format!("/api/v1/reports?from={}&to={}", ago(2 * 3_600 + 60), ago(60));
    let report = forewatch.until(&path, |report| report["work"]["now"]["total"] == 60).await;

    let failed = |sent: &[Sent]| sent.iter().filter(|task| task.failed).count();
    assert_eq!(report["work"]["now"]["failed"], failed(&now));
    assert_eq!(report["work"]["now"]["completed"], now.len() - failed(&now));
    let gpu: f64 = now.iter().filter(|task| !task.failed).map(|task| task.gpu).sum();
    assert_eq!(report["work"]["now"]["gpu_time"], gpu);
    assert_eq!(report["gpus"]["now"]["task_seconds"], gpu);

    for (ranking, of) in
        [("names", (|task| task.name) as fn(&Sent) -> &str), ("queues", |t| t.queue), ("users", |t| t.user)]
    {
        let mut keys: Vec<&str> = now.iter().map(of).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(report[ranking]["total"], keys.len(), "{ranking}");
        for key in keys {
            let mine = |sent: &[Sent]| sent.iter().filter(|task| of(task) == key).count();
            let told = row(&report[ranking], key);
            assert_eq!(told["now"]["total"], mine(&now), "{ranking} {key}");
            assert_eq!(told["before"]["total"], mine(&before), "{ranking} {key}");
        }
    }
    let errors = row(&report["errors"], "CUDA out of memory");
    assert_eq!(errors["now"]["failed"], failed(&now));
    let mut runs: Vec<f64> = now.iter().filter(|task| !task.failed).map(|task| f64::from(task.run)).collect();
    runs.sort_by(f64::total_cmp);
    let median = report["work"]["now"]["processing_time"]["p50"].as_f64().unwrap();
    let (low, high) = (runs[(runs.len() - 1) / 2], runs[runs.len() / 2]);
    assert!((low * 0.99..=high * 1.01).contains(&median), "{median} beside {low} and {high}");
    let mut waits: Vec<f64> = now.iter().map(|task| f64::from(task.wait)).collect();
    waits.sort_by(f64::total_cmp);
    let p95 = report["work"]["now"]["queue_wait_time"]["p95"].as_f64().unwrap();
    assert!((waits[waits.len() * 94 / 100] * 0.99..=waits[waits.len() * 96 / 100] * 1.01).contains(&p95), "{p95}");
}

#[tokio::test]
async fn alerts_of_a_period_are_told_by_rule_with_how_fast_they_were_handled() {
    let forewatch = Forewatch::start();
    let alert = json!({ "title": "the lab is hot", "severity": "error", "component": "system", "component_id": "lab" });
    let first = send(forewatch.post("/api/v1/alerts", &alert)).await.json();
    let id = first["alert_id"].as_str().unwrap().to_owned();
    send(forewatch.post(&format!("/api/v1/alerts/{id}/acknowledge"), &json!({}))).await.ok();
    send(forewatch.post(&format!("/api/v1/alerts/{id}/resolve"), &json!({}))).await.ok();
    let other =
        json!({ "title": "the lab is wet", "severity": "warning", "component": "system", "component_id": "pond" });
    send(forewatch.post("/api/v1/alerts", &other)).await.json();
    let report = forewatch.until("/api/v1/reports?from=now-1h", |report| report["alerts"]["now"]["raised"] == 2).await;
    let all = &report["alerts"]["now"];
    assert_eq!((&all["acknowledged"], &all["resolved"]), (&json!(1), &json!(1)));
    assert!(all["time_to_acknowledge"]["median"].as_f64().unwrap() < 60.0);
    assert_eq!(report["rules"][0]["rule_id"], "manual");
    assert_eq!((&report["rules"][0]["severity"], &report["rules"][0]["alerts"]["now"]), (&json!("error"), all));
}

#[tokio::test]
async fn a_report_comes_in_every_form_and_what_is_in_it_is_no_markup_and_no_formula() {
    let forewatch = Forewatch::start();
    let (_, mut events) = tasks("t", 600, 12);
    events.push(json!({ "type": "task.submitted", "task_id": "f", "content_type": "x", "name": "=cmd|' /C calc'!A0", "at": ago(300) }));
    events.push(json!({ "type": "task.completed", "task_id": "f", "at": ago(200) }));
    // More than an hour before: a picture needs two periods.
    events.push(
        json!({ "type": "task.completed", "task_id": "early", "content_type": "x", "name": "early", "at": ago(5_000) }),
    );
    forewatch.report(&Value::Array(events)).await;
    let form = |form: &str| format!("/api/v1/reports?from=now-2h&format={form}");
    forewatch.until(&form("json"), |report| report["work"]["now"]["total"] == 14).await;

    let html = send(forewatch.get(&form("html"))).await;
    assert_eq!(html.headers["content-type"], "text/html; charset=utf-8");
    assert!(html.text.contains("&lt;b&gt;render&lt;/b&gt;") && !html.text.contains("<b>render"), "{}", html.text);
    for outside in ["<script", "src=", "href=", "@import", "http://", "url("] {
        let told = html.text.replace("http://www.w3.org/2000/svg", "");
        assert!(!told.contains(outside), "it stands alone: {outside}");
    }
    assert!(html.text.contains("<svg"), "it has pictures");

    let csv = send(forewatch.get(&form("csv"))).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(csv.text.starts_with("section,item,figure,unit,value,before\r\n"));
    assert!(csv.text.contains("Work,All tasks,Completed,count,11,"), "{}", csv.text);
    assert!(csv.text.contains(",'=cmd|' /C calc'!A0,"), "{}", csv.text);

    let pdf = forewatch.get(&form("pdf")).send().await.unwrap();
    assert_eq!(pdf.headers()["content-type"], "application/pdf");
    let bytes = pdf.bytes().await.unwrap();
    assert!(bytes.starts_with(b"%PDF-") && bytes.ends_with(b"%%EOF"), "{} bytes", bytes.len());
}

#[tokio::test]
async fn a_report_that_cannot_be_made_is_refused_with_what_to_change() {
    let forewatch = Forewatch::start();
    for wrong in ["from=now&to=now-1d", "from=yesterday", "format=docx", "form=json"] {
        send(forewatch.get(&format!("/api/v1/reports?{wrong}"))).await.problem(400);
    }
    send(forewatch.get("/api/v1/reports?from=1926-01-01T00:00:00Z")).await.problem(422);
}
