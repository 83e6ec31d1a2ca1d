//! The family of the task, asked for again while one of it has not ended.

use crate::components::family_tree::FamilyTree;
use crate::family::Family;
use crate::task_search::{Term, address};
use forewatch::TaskMetrics;
use leptos::prelude::*;

/// The tree; nothing of a task that has no family.
#[component]
pub(super) fn FamilyPanel(task: Signal<TaskMetrics>, family: Family) -> impl IntoView {
    let family = RwSignal::new(family);
    #[cfg(feature = "hydrate")]
    follow(task, family);
    #[cfg(not(feature = "hydrate"))]
    let _ = task;
    let all = Memo::new(move |_| {
        let family = family.read();
        family.root().filter(|_| family.is_rooted).map(|root| address(&[Term::of("root", root.as_str())]))
    });
    let list = move || all.get().map(|all| view! { <a class="link" href=all>"All as a list"</a> });
    let show = move || {
        view! {
            <section class="panel" aria-labelledby="task-family">
                <div class="panel-h"><h2 id="task-family">"Family"</h2><div class="right">{move || list()}</div></div>
                <div class="panel-b"><FamilyTree family/></div>
            </section>
        }
    };
    let is_any = Memo::new(move |_| !family.read().relatives.is_empty());
    view! { {move || is_any.get().then(show)} }.into_any()
}

/// Asks once a second at most, while one has not ended and for a moment after: the next of a chain may not be heard of yet
/// when the one before it ends.
#[cfg(feature = "hydrate")]
fn follow(task: Signal<TaskMetrics>, family: RwSignal<Family>) {
    use crate::live::{again::ask_again, use_live};
    use crate::server_fns::load_family;
    use forewatch::time::seconds_between;
    use std::time::Duration;

    /// Between two questions.
    const AT_MOST: Duration = Duration::from_secs(1);
    /// Seconds after which a family that goes on is asked for again.
    const BEAT: i64 = 2;
    /// Seconds for which it is still asked for once all have ended.
    const AFTER: f64 = 10.0;

    let now = use_live().known_until();
    let told = Memo::new(move |_| {
        let (task, family, now) = (task.read(), family.read(), now.get());
        let goes_on = family.is_open || !task.status.is_ended();
        let is_fresh = seconds_between(family.heard.max(task.timestamp), now) < AFTER;
        (task.state, (goes_on || is_fresh).then(|| now.timestamp() / BEAT))
    });
    let reason = move || told.with(|told| told.1.is_some());
    ask_again(AT_MOST, reason, move || {
        let id = task.read_untracked().task_id.to_string();
        async move {
            // What does not arrive is asked for again; the mark of the connection tells why.
            if let Ok(newest) = load_family(id).await {
                let _ = family.try_set(newest);
            }
        }
    });
}
