//! Every table of the dashboard as a file.

use crate::server::{Forewatch, ago, send};
use serde_json::{Value, json};

/// The rows of an answer, by the names in its header.
async fn rows(forewatch: &Forewatch, path: &str) -> Vec<Value> {
    let answer = send(forewatch.get(path)).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert!(answer.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename="));
    let mut table = csv::Reader::from_reader(answer.text.as_bytes());
    let header = table.headers().unwrap().clone();
    let row =
        |cells: csv::StringRecord| header.iter().zip(&cells).map(|(name, cell)| (name.into(), cell.into())).collect();
    table.records().map(|cells| Value::Object(row(cells.unwrap()))).collect()
}

#[tokio::test]
async fn tasks_come_whole_by_the_pages_own_search_however_many_there_are() {
    let forewatch = Forewatch::start();
    let event = |n: usize| {
        let name = if n.is_multiple_of(2) { "even" } else { "=odd" };
        json!({ "type": "task.submitted", "at": ago(600), "task_id": format!("t-{n}"), "name": name, "content_type": "x", "queue": "q" })
    };
    let events: Vec<Value> = (0..1_200).map(event).collect();
    assert_eq!(forewatch.report(&Value::Array(events)).await["accepted"], 1_200);
    forewatch.until("/api/v1/tasks?limit=1", |page| page["total"] == 1_200).await;
    let all = rows(&forewatch, "/tasks.csv").await;
    let ids: std::collections::BTreeSet<_> = all.iter().map(|row| row["task_id"].as_str().unwrap()).collect();
    assert_eq!((all.len(), ids.len()), (1_200, 1_200));
    let odd = rows(&forewatch, "/tasks.csv?q=name:%3D%3Dodd").await;
    assert_eq!(odd.len(), 600);
    assert_eq!(
        (&odd[0]["name"], &odd[0]["status"], &odd[0]["error_message"]),
        (&json!("'=odd"), &json!("pending"), &json!(""))
    );
    assert!(rows(&forewatch, "/tasks.csv?q=name:none").await.is_empty());
    let problem = send(forewatch.get("/tasks.csv?q=status:soon")).await.problem(400);
    assert!(problem["detail"].to_string().contains("soon"), "{problem}");
}

#[tokio::test]
async fn workers_queues_and_alerts_come_as_their_pages_have_them() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    forewatch.worker("cpu-1").await;
    let id = forewatch.alert().await;
    let found = rows(&forewatch, "/workers.csv?q=gpu-1").await;
    assert_eq!(found.iter().map(|row| &row["worker_id"]).collect::<Vec<_>>(), [&json!("gpu-1")]);
    assert_eq!(found[0]["status"], "online");
    let path = "/alerts.csv?state=active";
    forewatch.until("/api/v1/alerts", |page| page["total"] == 1).await;
    assert_eq!(rows(&forewatch, path).await[0]["alert_id"], json!(id));
    assert!(rows(&forewatch, "/alerts.csv?state=resolved").await.is_empty());
    assert!(rows(&forewatch, "/queues.csv").await.is_empty());
    let event =
        json!([{ "type": "task.submitted", "at": ago(1), "task_id": "t", "content_type": "x", "queue": "renders" }]);
    forewatch.report(&event).await;
    forewatch.until("/api/v1/queues", |page| page["items"][0]["id"] == "renders").await;
    assert_eq!(rows(&forewatch, "/queues.csv").await[0]["pending_tasks"], "1");
}

#[tokio::test]
async fn what_is_set_up_and_how_it_fares_comes_as_the_pages_have_it() {
    let forewatch = Forewatch::start();
    let rules = rows(&forewatch, "/rules.csv").await;
    let offline = rules.iter().find(|row| row["rule_id"] == "worker-offline").unwrap();
    assert_eq!((&offline["origin"], &offline["condition"]), (&json!("default"), &json!("no sign of life for 5 min")));
    let kept: Vec<_> = rows(&forewatch, "/retention.csv").await.iter().map(|row| row["key"].clone()).collect();
    assert_eq!(kept, ["log", "tasks", "alerts", "samples", "minutes", "hours", "days"]);
    let silence = json!({
        "matchers": [{ "label": "rule", "value": "cpu-high" }, { "label": "worker", "op": "!~", "value": "gpu-*" }],
        "ends_at": ago(-3_600), "comment": "=1+1",
    });
    send(forewatch.post("/api/v1/silences", &silence)).await.ok();
    let silences = rows(&forewatch, "/silences.csv").await;
    assert_eq!(silences[0]["matchers"], "rule=cpu-high, worker!~gpu-*");
    assert_eq!(silences[0]["comment"], "'=1+1", "no formula for a spreadsheet");
    for empty in ["/gpus.csv", "/channels.csv", "/deliveries.csv", "/kept-reports.csv"] {
        assert!(rows(&forewatch, empty).await.is_empty(), "{empty}");
    }
    send(forewatch.get("/deliveries.csv?alert=%00")).await.problem(400);
}

#[tokio::test]
async fn tables_are_for_those_who_may_see_them() {
    let forewatch = Forewatch::shared();
    let lists = ["/gpus.csv", "/rules.csv", "/silences.csv", "/channels.csv", "/deliveries.csv", "/sources.csv"];
    let more = ["/workers.csv", "/queues.csv", "/tasks.csv", "/alerts.csv", "/retention.csv", "/kept-reports.csv"];
    for path in lists.into_iter().chain(more) {
        send(forewatch.get(path)).await.problem(401);
    }
}

#[tokio::test]
async fn groups_come_as_the_page_asks_for_them() {
    let forewatch = Forewatch::start();
    let task = |n: u32, kind: &str, more: Value| {
        let mut event =
            json!({ "type": format!("task.{kind}"), "at": ago(60 - i64::from(n)), "task_id": format!("t-{n}") });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let mut events = Vec::new();
    for n in 0..5 {
        events.push(task(n, "submitted", json!({ "content_type": "x", "name": "resize", "queue": "q" })));
        events.push(match n {
            0 => task(n, "completed", json!({})),
            _ => task(n, "failed", json!({ "error_message": format!("OSError: no room for {n} bytes") })),
        });
    }
    forewatch.report(&Value::Array(events)).await;
    forewatch.until("/api/v1/tasks?status=failed", |page| page["total"] == 4).await;
    let found = rows(&forewatch, "/task-groups.csv?by=name&since=1h").await;
    assert_eq!(
        found.iter().map(|row| (&row["key"], &row["total"], &row["failed"])).collect::<Vec<_>>(),
        [(&json!("resize"), &json!("5"), &json!("4"))]
    );
    let found = rows(&forewatch, "/task-groups.csv?by=error&q=status:failed").await;
    assert_eq!((&found[0]["key"], &found[0]["total"]), (&json!("OSError: no room for <n> bytes"), &json!("4")));
    assert!(rows(&forewatch, "/task-groups.csv?by=name&q=name:none").await.is_empty());
    send(forewatch.get("/task-groups.csv")).await.problem(400);
    let page = send(forewatch.get("/tasks?by=error&q=status:failed")).await.text;
    assert!(page.contains("OSError: no room for &lt;n&gt; bytes") && page.contains("error%3A%22OSError%3A"), "{page}");
}
