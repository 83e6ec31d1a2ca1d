//! The family of a task as lists within lists: each task below the one that submitted it.
//!
//! A task keeps its place in the page as long as it hangs from the same one: what changes is written into it, so that
//! whoever stands on a link goes on from there.

use super::each::each;
use super::status::TaskStateMark;
use super::task_table::{short_id, task_name};
use crate::escape::escape;
use crate::family::{Family, Relative};
use crate::live::use_live;
use crate::task_search::{Term, address};
use forewatch::time::seconds_between;
use forewatch::{TaskId, TaskMetrics, Timestamp, format};
use leptos::prelude::*;

/// The tree.
#[component]
pub fn FamilyTree(
    /// The family; one without relatives is shown as nothing.
    #[prop(into)]
    family: Signal<Family>,
) -> impl IntoView {
    // A list without its marks is a list to every screen reader only where that is said.
    view! { <ul class="kin" role="list">{branches(family, None)}</ul> }.into_any()
}

/// The tasks that hang from one, or the first.
fn branches(family: Signal<Family>, over: Option<TaskId>) -> AnyView {
    let items = move || {
        let of = |relative: &Relative| (relative.id.clone(), relative.is_me, relative.task.is_some());
        family.read().under(over.as_ref()).map(of).collect()
    };
    let key =
        |(id, _, is_known): &(TaskId, bool, bool)| [id.as_str(), if *is_known { "" } else { " unknown" }].concat();
    each(items, key, move |(id, is_me, is_known)| branch(family, id, is_me, is_known))
}

/// What is left out before and below a task, whether more than that is, and whether anything stands below it.
#[derive(Clone, Copy, PartialEq, Default)]
struct Around {
    between: u64,
    more: u64,
    at_least: bool,
    grows: bool,
}

/// A task with all that hangs from it.
fn branch(family: Signal<Family>, id: TaskId, is_me: bool, is_known: bool) -> AnyView {
    let row = if is_known { known(family, id.clone(), is_me) } else { unknown(&id, is_me) };
    let id = StoredValue::new(id);
    let around = Memo::new(move |_| {
        let (family, id) = (family.read(), id.get_value());
        let grows = family.under(Some(&id)).next().is_some();
        family.relative(&id).map_or_else(Around::default, |relative| Around {
            between: relative.between,
            more: relative.more,
            at_least: family.at_least,
            grows: grows || relative.more > 0,
        })
    });
    let rest = move |count: u64, words: &str| {
        let Around { at_least, .. } = around.get();
        (count > 0).then(|| {
            let text = [if at_least { "over " } else { "" }, &format::count(count), words].concat();
            let address = left_out(&family.read_untracked(), &id.get_value());
            view! { <div class="kin-row"><a class="link" href=address>{text}</a></div> }
        })
    };
    let below = move || {
        view! {
            <ul role="list">
                {branches(family, Some(id.get_value()))}
                {move || rest(around.get().more, " more").map(|rest| view! { <li>{rest}</li> })}
            </ul>
        }
    };
    let grows = Memo::new(move |_| around.get().grows);
    view! {
        <li>
            {move || rest(around.get().between, " more in between")}
            {row}
            {move || grows.get().then(below)}
        </li>
    }
    .into_any()
}

/// Where the tasks are that are left out.
fn left_out(family: &Family, id: &TaskId) -> String {
    let term = match family.root() {
        Some(root) if family.is_rooted => Term::of("root", root.as_str()),
        _ => Term::of("parent", id.as_str()),
    };
    address(&[term])
}

fn unknown(id: &TaskId, is_me: bool) -> AnyView {
    let address = ["/tasks/", &escape(id)].concat();
    view! {
        <div class="kin-row" aria-current=is_me.then_some("true")>
            <a class="mono" href=address>{short_id(id)}</a>
            <span class="cap">"no longer known"</span>
        </div>
    }
    .into_any()
}

/// How a task is, what it is called, who has it and how long it ran.
fn known(family: Signal<Family>, id: TaskId, is_me: bool) -> AnyView {
    let address = ["/tasks/", &escape(&id)].concat();
    let short = short_id(&id);
    let task = Memo::new(move |before: Option<&Option<(TaskMetrics, Option<Timestamp>)>>| {
        let family = family.read();
        let told = |relative: &Relative| Some((relative.task.clone()?, relative.since));
        // What has just left the tree is shown as it was for the moment until its place is gone.
        family.relative(&id).and_then(told).or_else(|| before.cloned().flatten())
    });
    let name = Memo::new(move |_| task.read().as_ref().map(|(task, _)| task_name(task)).unwrap_or_default());
    let worker = Memo::new(move |_| task.read().as_ref().and_then(|(task, _)| task.worker_id.clone()));
    let is_running = Memo::new(move |_| task.read().as_ref().and_then(|(_, since)| *since));
    let took = Memo::new(move |_| task.read().as_ref().and_then(|(task, _)| task.processing_time));
    let now = use_live().known_until();
    let ran = move || match (is_running.get(), took.get()) {
        (Some(since), _) => format::age(seconds_between(since, now.get())) + " so far",
        (None, Some(took)) => "ran ".to_owned() + &format::duration(took),
        (None, None) => String::new(),
    };
    let title = if is_me {
        view! { <span class="strong">{move || name.get()}</span> }.into_any()
    } else {
        view! { <a class="strong" href=address>{move || name.get()}</a> }.into_any()
    };
    let who = move |id: forewatch::WorkerId| {
        let address = ["/workers/", &escape(&id)].concat();
        view! { <a class="kin-worker" href=address>{id.to_string()}</a> }
    };
    view! {
        <div class=if is_me { "kin-row me" } else { "kin-row" } aria-current=is_me.then_some("true")>
            {move || task.get().map(|(task, _)| view! { <TaskStateMark task/> })}
            {title}
            <span class="mono quiet">{short}</span>
            {is_me.then(|| view! { <span class="cap">"this task"</span> })}
            {move || worker.get().map(who)}
            <span class="kin-time soft">{ran}</span>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::family::{Known, grow};
    use crate::live::provide_live;

    fn id(text: &str) -> TaskId {
        TaskId::new(text).expect("an id")
    }

    /// What the server writes of a family: `<first>`, which is gone, then the page's task with so many that it submitted.
    fn html(children: usize) -> String {
        let golden: TaskMetrics =
            serde_json::from_str(include_str!("../../../tests/golden/task_metrics.json")).expect("a task");
        let task = |name: &str, parent: &str| TaskMetrics {
            task_id: id(name),
            parent_id: Some(id(parent)),
            name: Some(["<", name, ">"].concat()),
            ..golden.clone()
        };
        let mut tasks = vec![task("me", "first")];
        tasks.extend((0..children).map(|n| task(&format!("child {n}"), "me")));
        let (me, root) = (id("me"), id("first"));
        let known =
            Known { me, missing: vec![root.clone()], root, tasks, total: None, is_exact: true, is_rooted: true };
        Owner::new().with(|| {
            provide_live();
            view! { <FamilyTree family=Signal::stored(grow(known))/> }.to_html()
        })
    }

    #[test]
    fn every_task_but_the_pages_own_is_a_link_in_a_list_within_that_of_its_parent() {
        let html = html(2);
        let count = |text: &str| html.matches(text).count();
        assert_eq!((count("<ul"), count("</ul>"), count("role=\"list\""), count("<li>")), (3, 3, 3, 4), "{html}");
        assert_eq!((count("aria-current=\"true\""), count("this task")), (1, 1), "{html}");
        assert!(!html.contains("href=\"/tasks/me\"") && html.contains("href=\"/tasks/child%200\""), "{html}");
        assert!(html.contains("href=\"/tasks/first\"") && html.contains("no longer known"), "{html}");
        assert!(html.contains("href=\"/workers/gpu-fra-07\"") && html.contains("ran 8.5 s"), "{html}");
    }

    #[test]
    fn what_is_left_out_is_counted_and_leads_to_the_list_of_the_family() {
        let html = html(80);
        assert!(html.contains("href=\"/tasks?q=root%3Afirst\"") && html.contains("32 more"), "{html}");
    }

    #[test]
    fn a_tasks_name_is_data() {
        assert!(html(1).contains("&lt;me&gt;"));
    }
}
