//! Tasks, those that they came of, and those that came of them.

use crate::server::{Forewatch, ago, send};
use serde_json::{Value, json};

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|task| task["task_id"].as_str().unwrap()).collect()
}

fn submitted(id: &str, minute: i64, relatives: &Value) -> Value {
    let mut event =
        json!({ "type": "task.submitted", "at": ago(600 - 60 * minute), "task_id": id, "content_type": "x" });
    event["name"] = json!(format!("step.{id}"));
    event.as_object_mut().unwrap().extend(relatives.as_object().unwrap().clone());
    event
}

#[tokio::test]
async fn a_family_is_found_by_its_parents_and_its_first_task_and_shown_as_a_tree() {
    let forewatch = Forewatch::start();
    let events = json!([
        submitted("first", 0, &json!({ "root_id": "first" })),
        submitted("second", 1, &json!({ "root_id": "first", "parent_id": "first" })),
        submitted("third", 2, &json!({ "root_id": "first", "parent_id": "second" })),
        submitted("other", 3, &json!({ "root_id": "other", "parent_id": "other" })),
    ]);
    assert_eq!(forewatch.report(&events).await["rejected"], json!([]));
    let family = forewatch.until("/api/v1/tasks?root_id=first", |page| page["total"] == 3).await;
    assert_eq!(ids(&family), ["third", "second", "first"]);
    forewatch.until("/api/v1/tasks", |page| page["total"] == 4).await;
    assert_eq!(ids(&forewatch.json("/api/v1/tasks?parent_id=second").await), ["third"]);
    assert_eq!(ids(&forewatch.json("/api/v1/tasks?root_id=first&parent_id=first").await), ["second"]);
    assert_eq!(ids(&forewatch.json("/api/v1/tasks?parent_id=other").await), Vec::<&str>::new());
    let problem = send(forewatch.get("/api/v1/tasks?root_id=%20")).await.problem(400);
    assert_eq!(problem["errors"][0]["pointer"], "root_id", "{problem}");

    let page = send(forewatch.get("/tasks/second")).await.text;
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in {page}"));
    let family = at("id=\"task-family\"");
    let places = ["href=\"/tasks/first\"", "kin-row me", "href=\"/tasks/third\""].map(at);
    assert!(places.is_sorted() && family < places[0], "{places:?}: {page}");
    assert!(!page.contains("href=\"/tasks/second\""), "{page}");
    let alone = send(forewatch.get("/tasks/other")).await.text;
    assert!(!alone.contains("task-family"), "{alone}");
}
