//! What came of what was asked, in words, in one place of the page.

use crate::components::icon::{Glyph, Icon};
use crate::escape::escape;
use forewatch::control::{BulkOutcome, ControlAnswer, ControlOutcome};
use leptos::prelude::*;

/// Answers that are shown one by one; of more, how many.
const SHOWN: usize = 8;

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Told {
    /// Of a command; with the round trip in milliseconds where that is what was asked for.
    Workers(ControlOutcome, Option<f64>),
    /// Of a deed on many tasks.
    All(BulkOutcome),
    /// It was not done.
    Refused(String),
}

/// What was told last on this page, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    pub(super) told: RwSignal<Option<Told>>,
    place: NodeRef<leptos::html::Div>,
}

impl Answer {
    /// None yet.
    pub fn new() -> Self {
        Self { told: RwSignal::new(None), place: NodeRef::new() }
    }

    /// Moves the focus to it, where the button that had it is gone.
    #[cfg(feature = "hydrate")]
    pub(super) fn catch_focus(self) {
        let is_lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        if is_lost
            && self.told.try_get_untracked().flatten().is_some()
            && let Some(place) = self.place.try_get_untracked().flatten()
        {
            // An element that cannot take the focus leaves it where it was.
            let _ = place.focus();
        }
    }
}

impl Default for Answer {
    fn default() -> Self {
        Self::new()
    }
}

/// Where it stands. It is there from the start, so that screen readers hear what comes into it.
#[component]
pub fn AnswerPlace(
    /// What was told.
    answer: Answer,
) -> impl IntoView {
    let close = move |_| answer.told.set(None);
    let shown = move || {
        answer.told.get().map(|told| {
            view! {
                <div class="note">
                    {words(told)}
                    <button class="btn bare icon" type="button" aria-label="Close" on:click=close><Icon glyph=Glyph::Close/></button>
                </div>
            }
            .into_any()
        })
    };
    view! { <div class="told" role="status" tabindex="-1" node_ref=answer.place>{shown}</div> }.into_any()
}

fn words(told: Told) -> AnyView {
    let (ok, bad) = ((Glyph::Ok, "c-ok"), (Glyph::Warning, "c-warning"));
    let ((glyph, class), summary, more) = match told {
        Told::Workers(outcome, took) => {
            let mark = match outcome.answers.iter().all(|answer| answer.is_ok) {
                false => bad,
                // Whether that is well, the sentence says: nobody may have had to be told.
                true if outcome.answers.is_empty() && outcome.new_task.is_none() => (Glyph::Info, "c-info"),
                true => ok,
            };
            (mark, outcome.summary.clone(), answers(outcome, took))
        }
        Told::All(outcome) => (if outcome.is_done { ok } else { bad }, outcome.summary, ().into_any()),
        Told::Refused(text) => (bad, text, ().into_any()),
    };
    view! { <Icon glyph class/><div class="told-words"><p>{summary}</p>{more}</div> }.into_any()
}

/// Who answered what: those that could not do it first.
fn answers(outcome: ControlOutcome, took: Option<f64>) -> AnyView {
    let ControlOutcome { mut answers, new_task, .. } = outcome;
    answers.sort_by_key(|answer| answer.is_ok);
    let more = answers.len().saturating_sub(SHOWN);
    let row = |ControlAnswer { worker_id, is_ok, said }: ControlAnswer| {
        let class = if is_ok { "soft" } else { "strong" };
        view! { <li class=class><span class="mono">{worker_id.to_string()}</span>": "{said}</li> }
    };
    let is_any = !answers.is_empty();
    let rows = answers.into_iter().take(SHOWN).map(row).collect_view();
    let rest = (more > 0).then(|| view! { <li class="soft">"and "{more}" more"</li> });
    let trip = took.filter(|_| is_any).map(|took| {
        view! { <p class="soft">"Round trip from this browser: "{forewatch::format::duration(took / 1_000.0)}</p> }
    });
    let link = new_task.map(|id| {
        view! { <a class="link" href=format!("/tasks/{}", escape(&id))>"Open the new task"</a> }
    });
    view! { {is_any.then(|| view! { <ul>{rows}{rest}</ul> })}{trip}{link} }.into_any()
}
