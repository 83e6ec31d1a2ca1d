use super::super::tree::tests::task;
use super::*;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

/// A store of tasks, which counts what it is asked.
struct Store {
    tasks: Vec<TaskMetrics>,
    asked: AtomicUsize,
}

#[async_trait]
impl Tasks for Store {
    async fn one(&self, id: &TaskId) -> Result<Option<TaskMetrics>, BackendError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.tasks.iter().find(|task| task.task_id == *id).cloned())
    }

    async fn page(&self, filter: TaskFilter) -> Result<Page<TaskMetrics>, BackendError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let of_root = |task: &TaskMetrics, root| task.root_id.as_ref() == Some(root) || task.task_id == *root;
        let fits = |task: &&TaskMetrics| {
            filter.root_id.as_ref().is_none_or(|root| of_root(task, root))
                && filter.parent_id.as_ref().is_none_or(|parent| super::parent(task) == Some(parent))
        };
        let found: Vec<TaskMetrics> = self.tasks.iter().filter(fits).cloned().collect();
        let (total, is_more) = (found.len() as u64, found.len() > filter.limit);
        let items = found.into_iter().take(filter.limit).collect();
        Ok(Page { items, next_cursor: is_more.then(String::new), total, total_exact: true })
    }
}

fn id(text: &str) -> TaskId {
    TaskId::new(text).expect("an id")
}

/// What is shown of a task's family, and how many questions that took.
fn shown(me: &str, tasks: &[TaskMetrics]) -> (Family, usize) {
    let store = Store { tasks: tasks.to_vec(), asked: AtomicUsize::new(0) };
    let me = tasks.iter().find(|task| *task.task_id == *me).expect("it is known");
    let mut asking = pin!(known(&store, me));
    let Poll::Ready(known) = asking.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the store answers at once")
    };
    (grow(known.expect("the store answers")), store.asked.load(Ordering::Relaxed))
}

fn ids(family: &Family) -> Vec<&str> {
    family.relatives.iter().map(|relative| relative.id.as_str()).collect()
}

fn rooted(name: &str, second: u32, parent: Option<&str>, root: &str) -> TaskMetrics {
    TaskMetrics { root_id: Some(id(root)), ..task(name, second, parent) }
}

#[test]
fn a_task_of_celery_that_stands_alone_takes_one_question() {
    let (family, asked) = shown("a", &[rooted("a", 0, None, "a")]);
    assert_eq!((ids(&family), asked), (vec![], 1));
}

#[test]
fn a_chain_is_read_at_once_from_each_of_its_tasks() {
    let chain = [rooted("a", 0, None, "a"), rooted("b", 1, Some("a"), "a"), rooted("c", 2, Some("b"), "a")];
    for me in ["a", "b", "c"] {
        let (family, asked) = shown(me, &chain);
        assert_eq!((ids(&family), asked), (vec!["a", "b", "c"], 1), "{me}");
        assert!(family.is_rooted && !family.at_least);
    }
}

#[test]
fn where_only_parents_are_told_the_family_is_found_step_by_step() {
    let tasks = [task("a", 0, None), task("b", 1, Some("a")), task("c", 2, Some("b")), task("d", 3, Some("a"))];
    for me in ["a", "b", "c", "d"] {
        let (family, _) = shown(me, &tasks);
        assert_eq!(ids(&family), ["a", "b", "c", "d"], "{me}");
        assert!(!family.is_rooted && !family.at_least);
    }
}

#[test]
fn what_is_gone_is_shown_by_its_id_with_those_that_hung_from_it() {
    let (family, _) = shown("me", &[task("me", 0, Some("gone")), task("brother", 1, Some("gone"))]);
    assert_eq!(ids(&family), ["gone", "me", "brother"]);
    assert!(family.relatives[0].task.is_none());
    let (family, _) =
        shown("me", &[rooted("me", 0, Some("gone"), "first"), rooted("uncle", 1, Some("first"), "first")]);
    assert_eq!(ids(&family), ["first", "uncle", "gone", "me"]);
}

#[test]
fn of_thousands_only_what_stands_around_the_task_is_read_and_the_rest_is_counted() {
    let mut tasks = vec![rooted("root", 0, None, "root")];
    tasks.extend((1..3_000).map(|n| rooted(&format!("m{n}"), n, Some("root"), "root")));
    tasks.extend((1..=4).map(|n| rooted(&format!("child{n}"), 3_000 + n, Some("m2500"), "root")));
    tasks.push(rooted("grandchild", 3_010, Some("child2"), "root"));
    let (family, asked) = shown("m2500", &tasks);
    assert_eq!(ids(&family), ["root", "m2500", "child1", "child2", "grandchild", "child3", "child4"]);
    assert_eq!((family.relatives[0].more, family.at_least), (3_005 - 7, false));
    assert!(asked < 12, "{asked} questions");
    let (family, asked) = shown("root", &tasks);
    assert_eq!((family.relatives.len(), family.relatives[0].more), (MOST, 3_005 - MOST as u64));
    assert!(asked < 6, "{asked} questions");
}

#[test]
fn a_crowd_that_tells_no_first_task_is_not_read_to_its_end_and_says_so() {
    let mut tasks = vec![task("root", 0, None)];
    tasks.extend((1..1_000).map(|n| task(&format!("m{n}"), n, Some("root"))));
    tasks.push(task("child", 1_001, Some("m900")));
    let (family, asked) = shown("m900", &tasks);
    assert_eq!(ids(&family), ["root", "m900", "child"]);
    assert!(family.at_least && family.relatives[0].more > 100, "{}", family.relatives[0].more);
    assert!(asked < 12, "{asked} questions");
}

#[test]
fn tasks_in_a_circle_and_endless_chains_are_left_in_time() {
    let circle = [task("a", 0, Some("b")), task("b", 1, Some("a"))];
    assert_eq!(ids(&shown("a", &circle).0), ["b", "a"]);
    let chain: Vec<TaskMetrics> = (0..1_000)
        .map(|n: u32| rooted(&format!("s{n}"), n, n.checked_sub(1).map(|n| format!("s{n}")).as_deref(), "s0"))
        .collect();
    let (family, asked) = shown("s900", &chain);
    assert_eq!(ids(&family), ["s0", "s898", "s899", "s900", "s901", "s902"]);
    assert!(family.at_least && asked < 300, "{asked} questions");
}
