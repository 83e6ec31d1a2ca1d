use super::*;
use forewatch::TaskStatus;
use std::collections::HashSet;
use std::sync::LazyLock;

static GOLDEN: LazyLock<TaskMetrics> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../../tests/golden/task_metrics.json")).expect("a task"));

fn id(text: &str) -> TaskId {
    TaskId::new(text).expect("an id")
}

/// A task that was submitted in that second, by another.
pub(in crate::family) fn task(name: &str, second: u32, parent: Option<&str>) -> TaskMetrics {
    let at = format!("2026-11-24T10:{:02}:{:02}Z", second / 60, second % 60).parse().expect("a time");
    TaskMetrics {
        task_id: id(name),
        submitted_at: Some(at),
        parent_id: parent.map(id),
        root_id: None,
        ..GOLDEN.clone()
    }
}

/// A family that was read whole: each task with its parent, in the order of time.
fn known(me: &str, tasks: &[(&str, Option<&str>)]) -> Known {
    let tasks = tasks.iter().zip(0..).map(|((name, parent), second)| task(name, second, *parent));
    let tasks = tasks.collect::<Vec<_>>();
    let root = tasks[0].task_id.clone();
    Known { me: id(me), root, tasks, missing: Vec::new(), total: None, is_exact: true, is_rooted: true }
}

/// The lines of a tree: what is left out before a task, the task, what is left out below it.
fn lines(family: &Family) -> Vec<String> {
    let depth = |relative: &Relative| {
        let mut depth = 0;
        let mut over = relative.under.as_ref();
        while let Some(id) = over {
            depth += 1;
            over = family.relative(id).expect("it is shown").under.as_ref();
        }
        depth
    };
    let line = |relative: &Relative| {
        let note = |count: u64, word: &str| if count > 0 { format!(" {word}{count}") } else { String::new() };
        let me = if relative.is_me { "*" } else { "" };
        let unknown = if relative.task.is_some() { "" } else { "?" };
        let notes = note(relative.between, "~") + &note(relative.more, "+");
        format!("{}{}{me}{unknown}{notes}", "- ".repeat(depth(relative)), relative.id)
    };
    family.relatives.iter().map(line).collect()
}

fn chain(length: usize) -> Vec<(String, Option<String>)> {
    (0..length).map(|n| (format!("s{n}"), n.checked_sub(1).map(|before| format!("s{before}")))).collect()
}

fn borrowed(tasks: &[(String, Option<String>)]) -> Vec<(&str, Option<&str>)> {
    tasks.iter().map(|(name, parent)| (name.as_str(), parent.as_deref())).collect()
}

#[test]
fn a_small_family_is_shown_whole_in_the_order_of_time() {
    let tasks = [("a", None), ("b", Some("a")), ("c", Some("a")), ("d", Some("b")), ("e", Some("c")), ("f", Some("b"))];
    let family = grow(known("c", &tasks));
    assert_eq!(lines(&family), ["a", "- b", "- - d", "- - f", "- c*", "- - e"]);
    assert!(!family.at_least && family.is_rooted && !family.is_open);
}

#[test]
fn a_task_that_stands_alone_has_no_family_also_when_it_was_tried_again() {
    assert!(grow(known("a", &[("a", None)])).relatives.is_empty());
    assert!(grow(known("a", &[("a", Some("a"))])).relatives.is_empty());
}

#[test]
fn of_a_long_chain_the_first_the_nearest_and_the_next_are_shown_and_the_rest_is_counted() {
    let tasks = chain(12);
    let family = grow(known("s7", &borrowed(&tasks)));
    assert_eq!(lines(&family), ["s0", "- s5 ~4", "- - s6", "- - - s7*", "- - - - s8", "- - - - - s9 +2"]);
    let family = grow(known("s0", &borrowed(&tasks)));
    assert_eq!(lines(&family).last().map(String::as_str), Some("- - - - - s5 +6"));
    let family = grow(known("s1", &borrowed(&tasks)));
    assert_eq!(lines(&family)[..2], ["s0", "- s1*"]);
}

#[test]
fn many_siblings_are_left_out_and_counted() {
    let names: Vec<String> = (0..80).map(|n| format!("c{n:02}")).collect();
    let mut tasks = vec![("root", None)];
    tasks.extend(names.iter().map(|name| (name.as_str(), Some("root"))));
    tasks.extend([("child", Some("c07")), ("other", Some("c08"))]);
    assert_eq!(lines(&grow(known("c07", &tasks))), ["root +80", "- c07*", "- - child"]);
    let of_root = lines(&grow(known("root", &tasks)));
    assert_eq!((of_root.len(), of_root[0].as_str()), (MOST, "root* +31"));
    assert!(of_root.contains(&"- c07 +1".to_owned()), "{of_root:?}");
}

#[test]
fn few_siblings_are_shown_also_where_the_family_is_large() {
    let names: Vec<String> = (0..60).map(|n| format!("c{n:02}")).collect();
    let mut tasks = vec![("root", None), ("me", Some("root")), ("brother", Some("root"))];
    tasks.extend(names.iter().map(|name| (name.as_str(), Some("me"))));
    let shown = lines(&grow(known("me", &tasks)));
    assert_eq!(
        (shown.len(), &shown[..2], shown.last().map(String::as_str)),
        (MOST, &["root".to_owned(), "- me* +13".to_owned()][..], Some("- brother"))
    );
}

#[test]
fn ancestors_that_are_gone_stand_in_their_places() {
    let orphans = [("me", Some("gone")), ("child", Some("me")), ("brother", Some("gone"))];
    let gone = Known { root: id("first"), missing: vec![id("gone"), id("first")], ..known("me", &orphans) };
    assert_eq!(lines(&grow(gone)), ["first?", "- gone?", "- - me*", "- - - child", "- - brother"]);
    let gone = Known { root: id("gone"), missing: vec![id("gone")], ..known("me", &orphans[..1]) };
    assert_eq!(lines(&grow(gone)), ["gone?", "- me*"]);
}

#[test]
fn tasks_that_submit_each_other_in_a_circle_hang_from_the_first() {
    let circle = [("a", Some("c")), ("b", Some("a")), ("c", Some("b"))];
    assert_eq!(lines(&grow(known("b", &circle))), ["a", "- b*", "- - c"]);
    let apart = [("root", None), ("b", Some("d")), ("c", Some("b")), ("d", Some("c")), ("tail", Some("c"))];
    assert_eq!(lines(&grow(known("root", &apart))), ["root*", "- b", "- - c", "- - - d", "- - - tail"]);
}

#[test]
fn of_a_family_that_was_counted_the_rest_is_told_below_the_first_task() {
    let tasks = chain(8);
    let counted = Known { total: Some(1_000), ..known("s7", &borrowed(&tasks)) };
    assert_eq!(lines(&grow(counted)), ["s0 +992", "- s5 ~4", "- - s6", "- - - s7*"]);
    let cut = Known { is_exact: false, is_rooted: false, ..known("s0", &borrowed(&tasks)) };
    let family = grow(cut);
    assert!(family.at_least && !family.is_rooted);
}

#[test]
fn a_family_is_open_while_one_of_it_has_not_ended_shown_or_not() {
    let tasks = chain(12);
    let mut open = known("s0", &borrowed(&tasks));
    open.tasks[11].status = TaskStatus::Processing;
    let family = grow(open);
    assert!(family.is_open && family.relative(&id("s11")).is_none());
}

/// Whatever is told of parents, a tree is one: generated families with circles, self-made and missing parents.
#[test]
fn every_family_is_a_tree_within_its_bounds_in_which_everybody_is_shown_or_counted() {
    let mut state = 7_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    for _ in 0..1_000 {
        let number = 1 + random(120);
        let reach = 1 + random(number);
        // Parents lie near, so that there are deep families, or anywhere, so that there are wide ones.
        let tasks: Vec<(String, Option<String>)> = (0..number)
            .map(|n| {
                let parent = match random(20) {
                    0 => None,
                    1 => Some("nowhere".to_owned()),
                    2 => Some(format!("t{}", random(number))),
                    _ => Some(format!("t{}", n.saturating_sub(1 + random(reach)))),
                };
                (format!("t{n}"), parent)
            })
            .collect();
        let me = format!("t{}", random(number));
        let family = grow(known(&me, &borrowed(&tasks)));
        if number == 1 {
            assert!(family.relatives.is_empty());
            continue;
        }
        let lines = lines(&family);
        let mut seen = HashSet::new();
        for (place, relative) in family.relatives.iter().enumerate() {
            assert_eq!(relative.under.is_none(), place == 0, "{lines:?}");
            assert!(relative.under.as_ref().is_none_or(|over| seen.contains(over)), "{lines:?}");
            assert!(seen.insert(relative.id.clone()), "{lines:?}");
        }
        assert!(seen.contains(&id(&me)) && seen.len() <= MOST, "{lines:?}");
        assert!(lines.iter().all(|line| line.matches("- ").count() < LEVELS), "{lines:?}");
        let left_out: u64 = family.relatives.iter().map(|relative| relative.more + relative.between).sum();
        assert_eq!(seen.len() as u64 + left_out, number as u64, "{lines:?}");
    }
}
