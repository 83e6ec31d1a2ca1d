//! Whether the server says that it can do its work, when its store cannot.

use crate::server::{Forewatch, ago, send};
use reqwest::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

/// Takes a table of the store's file away, or gives it back.
fn rename(forewatch: &Forewatch, file: &str, from: &str, to: &str) {
    let store = Connection::open(forewatch.folder.path().join(file)).unwrap();
    store.execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}")).unwrap();
}

fn event(id: &str) -> Value {
    json!([{ "type": "task.submitted", "task_id": id, "content_type": "c", "at": ago(1) }])
}

async fn is_ready(forewatch: &Forewatch) -> bool {
    let answer = send(forewatch.get("/readyz")).await;
    if answer.status == StatusCode::OK {
        return true;
    }
    let problem = answer.problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("store"), "{problem}");
    false
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_is_not_ready_until_it_can_be_again() {
    let forewatch = Forewatch::start();
    forewatch.report(&event("t1")).await;
    assert!(is_ready(&forewatch).await);
    rename(&forewatch, "forewatch.db", "log", "hidden");
    send(forewatch.post("/api/v1/events", &event("t2"))).await.problem(503);
    assert!(!is_ready(&forewatch).await);
    assert!(send(forewatch.get("/metrics")).await.text.contains("forewatch_journal_failing 1\n"));
    rename(&forewatch, "forewatch.db", "hidden", "log");
    forewatch.report(&event("t2")).await;
    assert!(is_ready(&forewatch).await);
}

#[tokio::test]
async fn records_that_cannot_be_read_are_not_ready() {
    let forewatch = Forewatch::start();
    for table in ["tasks", "alerts"] {
        rename(&forewatch, "forewatch.records.db", table, "hidden");
        assert!(!is_ready(&forewatch).await, "without {table}");
        rename(&forewatch, "forewatch.records.db", "hidden", table);
        assert!(is_ready(&forewatch).await, "with {table} again");
    }
}
