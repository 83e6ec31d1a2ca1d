use super::super::filter::within;
use super::super::version::APPLICATION_ID;
use super::super::{Part, Parts, Place, open};
use super::*;
use crate::store::{Projection, Records};
use app::query::TaskSort;
use forewatch::{TaskMetrics, TaskStatus};
use rusqlite::params_from_iter;
use std::sync::Arc;

fn id(text: &str) -> TaskId {
    TaskId::new(text).expect("an id")
}

/// A task that was heard of in that minute.
fn task(name: &str, minute: u32, parent: Option<&str>, root: Option<&str>) -> TaskMetrics {
    let golden: TaskMetrics =
        serde_json::from_str(include_str!("../../../../../tests/golden/task_metrics.json")).expect("a task");
    let at = format!("2026-11-24T10:{minute:02}:00Z").parse().expect("a time");
    TaskMetrics { task_id: id(name), timestamp: at, parent_id: parent.map(id), root_id: root.map(id), ..golden }
}

/// A chain of three whose second was tried again and has a group of its own, and one that stands alone.
fn tasks() -> Vec<TaskMetrics> {
    vec![
        task("first", 0, None, Some("first")),
        task("second", 1, Some("first"), Some("first")),
        task("third", 2, Some("second"), Some("first")),
        task("member", 3, Some("second"), Some("first")),
        task("alone", 4, Some("alone"), Some("alone")),
        task("untold", 5, None, None),
    ]
}

fn written(tasks: &[TaskMetrics]) -> Parts {
    let mut parts = open(&Place::temporary().expect("a folder")).expect("a store");
    let tasks: Vec<_> = tasks.iter().cloned().map(Arc::new).collect();
    parts.projection.write(&tasks, &[], &[], 0).expect("it can be written");
    parts
}

fn of(parent: Option<&str>, root: Option<&str>) -> TaskFilter {
    TaskFilter { parent_id: parent.map(id), root_id: root.map(id), ..TaskFilter::default() }
}

fn found(parts: &Parts, filter: &TaskFilter) -> Vec<String> {
    let page = parts.records.tasks(filter).expect("a page");
    assert_eq!(page.total, parts.records.count_tasks(filter).expect("a count"));
    page.items.iter().map(|task| task.task_id.to_string()).collect()
}

#[test]
fn tasks_are_found_by_their_parent_and_with_all_that_came_of_their_first() {
    let parts = written(&tasks());
    assert_eq!(found(&parts, &of(Some("second"), None)), ["member", "third"]);
    assert_eq!(found(&parts, &of(None, Some("first"))), ["member", "third", "second", "first"]);
    assert_eq!(found(&parts, &of(Some("first"), Some("first"))), ["second"]);
    assert_eq!(found(&parts, &of(None, Some("second"))), Vec::<String>::new(), "it is not a first one");
    assert_eq!(found(&parts, &of(None, Some("untold"))), ["untold"]);
    assert_eq!(found(&parts, &of(None, Some("alone"))), ["alone"]);
    assert_eq!(found(&parts, &of(Some("alone"), None)), Vec::<String>::new(), "nobody submitted it but itself");
    let oldest = TaskFilter { sort: TaskSort::Oldest, status: vec![TaskStatus::Failed], ..of(None, Some("first")) };
    assert_eq!(found(&parts, &oldest), ["first", "second", "third", "member"]);
}

#[test]
fn a_family_is_read_page_by_page() {
    let parts = written(&tasks());
    let first = parts.records.tasks(&TaskFilter { limit: 3, ..of(None, Some("first")) }).expect("a page");
    assert_eq!((first.items.len(), first.total), (3, 4));
    let rest = TaskFilter { cursor: first.next_cursor, ..of(None, Some("first")) };
    let rest = parts.records.tasks(&rest).expect("a page").items;
    assert_eq!(rest.iter().map(|task| &*task.task_id).collect::<Vec<_>>(), ["first"]);
}

#[test]
fn what_is_told_later_of_a_tasks_relatives_counts() {
    let mut parts = written(&[task("child", 0, None, None)]);
    let told = task("child", 1, Some("first"), Some("first"));
    parts.projection.write(&[Arc::new(told)], &[], &[], 1).expect("it can be written");
    assert_eq!(found(&parts, &of(Some("first"), None)), ["child"]);
    assert_eq!(found(&parts, &of(None, Some("first"))), ["child"]);
}

#[test]
fn relatives_are_read_by_their_own_index_and_tasks_without_any_are_in_none() {
    let parts = written(&tasks());
    let plan = |filter: &TaskFilter| -> String {
        let sql = within(filter);
        let read = |connection: &Connection| {
            let page = "SELECT at, number, record FROM {} ORDER BY at DESC, number DESC LIMIT 9";
            let asked = ["EXPLAIN QUERY PLAN ", &page.replace("{}", &sql.from("tasks"))].concat();
            let mut select = connection.prepare(&asked).expect("it is SQL");
            let rows = select.query_map(params_from_iter(&sql.values), |row| row.get::<_, String>(3));
            Ok(rows.and_then(Iterator::collect::<Result<Vec<_>, _>>).expect("a plan").join("; "))
        };
        parts.records.with(read).expect("a plan")
    };
    let (queue, name) = (Some("gpu_*".to_owned()), Some("jobs.render".to_owned()));
    for (asked, index) in [(of(Some("a"), None), "tasks_parent"), (of(None, Some("a")), "tasks_root")] {
        let narrow =
            TaskFilter { status: vec![TaskStatus::Failed], queue: queue.clone(), name: name.clone(), ..asked.clone() };
        for filter in [asked, narrow] {
            let plan = plan(&filter);
            assert!(plan.contains(&format!("USING INDEX {index}")), "{plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("B-TREE FOR ORDER BY"), "{plan}");
        }
    }
    let related = |column: &str| {
        let count = format!("SELECT count(*) FROM tasks WHERE {column} IS NOT NULL");
        let read = |connection: &Connection| Ok(connection.query_row(&count, [], |row| row.get::<_, i64>(0)));
        parts.records.with(read).expect("a reader").expect("a count")
    };
    assert_eq!((related("parent"), related("root")), (3, 3));
}

#[test]
fn rows_from_before_are_related_by_their_records_the_newest_of_very_many() {
    let place = Place::temporary().expect("a folder");
    let older = Connection::open(place.path(Part::Records)).expect("a file");
    for step in &Part::Records.steps()[..5] {
        older.execute_batch(step).expect("it is as it was");
    }
    older
        .execute_batch(&format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 5;"))
        .expect("it is as it was");
    // More than are related in one transaction, and one that was heard of 200,000 tasks before.
    let long_ago = task("long-ago", 0, Some("first"), Some("first"));
    let before =
        (2..=1_500_i64).map(|n| (200_000 + n, task(&format!("filler-{n}"), 1, None, Some(&format!("filler-{n}")))));
    let newest = tasks().into_iter().zip(201_501..).map(|(task, number)| (number, task));
    for (number, task) in std::iter::once((1, long_ago)).chain(before).chain(newest) {
        let record = record::pack(serde_json::to_string(&task).expect("JSON").as_bytes());
        let at = task.timestamp.timestamp_micros();
        older
            .execute(
                "INSERT INTO tasks (number, task_id, at, status, state, text, record) VALUES (?, ?, ?, 'failed', 'failed', '', ?)",
                params![number, &*task.task_id, at, record],
            )
            .expect("it can be written");
    }
    drop(older);

    let parts = open(&place).expect("it is brought up");
    assert_eq!(found(&parts, &of(None, Some("first"))), ["member", "third", "second", "first"]);
    assert_eq!(found(&parts, &of(Some("second"), None)), ["member", "third"]);
    assert_eq!(found(&parts, &of(None, Some("filler-2"))), ["filler-2"]);
    let left =
        |connection: &Connection| Ok(connection.query_row("SELECT count(*) FROM unrelated", [], |row| row.get(0)));
    assert_eq!(parts.records.with(left).expect("a reader"), Ok(0_i64), "it is done once");
}
