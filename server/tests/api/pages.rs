//! Pages as the server renders them.

use crate::server::{Forewatch, ago, send};
use serde_json::json;
use std::collections::HashSet;

/// How often each page is asked for, at once: what is ready when differs from time to time.
const TIMES: usize = 8;

/// The browser finds what a resource brought by its number, which counts the resources and boundaries that were made
/// before it. Were a part of a page made twice, or in an order that timing decides, it would find nothing, or another's.
#[tokio::test]
async fn a_page_brings_each_resource_once_under_the_same_number_each_time() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    let queue = json!({ "type": "queue.sampled", "at": ago(0), "queue": "waiting", "pending": 4_000 });
    let task =
        json!({ "type": "task.submitted", "at": ago(1), "task_id": "t1", "content_type": "image", "name": "resize" });
    let started = json!({ "type": "task.started", "at": ago(0), "task_id": "t1", "worker_id": "gpu-1" });
    let taken = forewatch.report(&json!([queue, task, started])).await;
    assert_eq!(taken["accepted"], 3, "{taken}");
    let alerts =
        forewatch.until("/api/v1/alerts?rule=queue-backlog&state=all", |found| found["items"][0].is_object()).await;
    let alert = format!("/alerts/{}", alerts["items"][0]["alert_id"].as_str().unwrap());
    let pages = [
        ("/", 3),
        ("/?wall", 2),
        ("/?wall=charts", 3),
        ("/workers", 2),
        ("/workers/gpu-1", 3),
        ("/tasks", 2),
        ("/tasks?by=name", 2),
        ("/tasks/t1", 3),
        ("/queues", 2),
        ("/queues/waiting", 3),
        ("/alerts", 2),
        (&alert, 3),
        ("/trends", 3),
        ("/reports", 3),
        ("/settings", 3),
        ("/settings?try=cpu-high&threshold=80+%25", 3),
        ("/settings?try=worker-offline", 3),
    ];
    for (path, count) in pages {
        let asked = futures_util::future::join_all((0..TIMES).map(|_| async { send(forewatch.get(path)).await.text }));
        let brought: Vec<_> = asked.await.iter().map(|page| resources(page)).collect();
        let numbers: HashSet<Vec<_>> = brought.iter().map(|page| page.iter().map(|(n, _)| *n).collect()).collect();
        assert_eq!(numbers.len(), 1, "{path}: {numbers:?}");
        for page in &brought {
            let values: HashSet<_> = page.iter().map(|(_, value)| value).collect();
            assert_eq!((page.len(), values.len()), (count, count), "{path}: {numbers:?}");
        }
    }
}

/// The resources of a page: number and what it brought.
fn resources(page: &str) -> Vec<(u32, String)> {
    let resolved = page.split("__RESOLVED_RESOURCES[").skip(1);
    let mut all: Vec<_> = resolved
        .map(|rest| {
            let (number, rest) = rest.split_once("] = ").unwrap();
            (number.parse().unwrap(), rest.split("</script>").next().unwrap().to_owned())
        })
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_page_leads_to_the_tools_that_the_configuration_names_with_its_values_filled_in() {
    let link = |on: &str, url: &str| format!("[[link]]\non = \"{on}\"\ntitle = \"Its {on} <log>\"\nurl = \"{url}\"\n");
    let links = [
        link("task", "https://logs.example/?q={task_id}&n={name}&from={from}&to={to_ms}"),
        link("task", "https://people.example/{user_id}"),
        link("worker", "https://hosts.example/{worker_id}"),
        link("queue", "https://queues.example/{queue}#{source}"),
        link("alert", "https://wiki.example/{rule_id}/{component_id}"),
    ];
    let forewatch = Forewatch::with(&links.concat(), &[]);
    forewatch.worker("gpu-1").await;
    let queue = json!({ "type": "queue.sampled", "at": ago(0), "queue": "a/b&c", "pending": 1 });
    let mut task =
        json!({ "type": "task.submitted", "task_id": "t\"1", "content_type": "a", "name": "<b>", "queue": "a/b&c" });
    task["at"] = ago(600).into();
    let taken = forewatch.report(&json!([queue, task])).await;
    assert_eq!(taken["accepted"], 2, "{taken}");
    forewatch.until("/api/v1/tasks/t%221", |task| task["name"] == "<b>").await;
    let page = send(forewatch.get("/tasks/t%221")).await.text;
    assert!(page.contains("href=\"https://logs.example/?q=t%221&amp;n=%3Cb%3E&amp;from=20"), "{page}");
    assert!(page.contains("Its task &lt;log&gt;") && !page.contains("https://people.example"), "{page}");
    let page = send(forewatch.get("/workers/gpu-1")).await.text;
    assert!(page.contains("href=\"https://hosts.example/gpu-1\""), "{page}");
    forewatch.until("/api/v1/queues", |queues| queues["items"][0].is_object()).await;
    let page = send(forewatch.get("/queues/a%2Fb&c")).await.text;
    assert!(page.contains("href=\"https://queues.example/a%2Fb%26c#http\""), "{page}");
    let alert = forewatch.alert().await;
    let page = send(forewatch.get(&format!("/alerts/{alert}"))).await.text;
    assert!(page.contains("href=\"https://wiki.example/manual/gpu-1\""), "{page}");
}
