//! A note for the time line: a plain form, which the server answers with this page again. With the WASM there the note is
//! on the charts at once.

use super::Shared;
use crate::charts::Mark;
use crate::components::icon::{Glyph, Icon};
use crate::components::toast::Toasts;
use crate::server_fns::annotate;
use crate::sign_in::lead_when_signed_out;
use crate::trends::{Span, span};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::web_sys::Element;

/// Where the form goes: the server function's address.
const TARGET: &str = "/api/ui/annotate";
/// A span that ended so many seconds ago or less ends now.
const NOW: f64 = 60.0;

/// What stands in the form. It outlives the form, which is made anew with the charts.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    is_open: bool,
    title: String,
    tags: String,
    at: String,
}

/// The form, behind a line that opens it. `now` is Unix seconds.
#[component]
pub(super) fn AddNote(shared: Shared, shown: Span, now: f64) -> impl IntoView {
    let [title, tags, at] = [NodeRef::<Input>::new(), NodeRef::new(), NodeRef::new()];
    let failed = RwSignal::new(None::<String>);
    let toasts = Toasts::expect();
    let mut draft = shared.draft.get_value();
    // Nothing is now, whenever that will be.
    if draft.at.is_empty() && now - shown.to > NOW {
        draft.at = span::write(shown.to);
    }
    let text = move |field: NodeRef<Input>| field.get_untracked().map(|field| field.value()).unwrap_or_default();
    let keep = move || {
        shared.draft.update_value(|draft| {
            (draft.title, draft.tags, draft.at) = (text(title), text(tags), text(at));
        });
    };
    let put = move |moment: Option<f64>| {
        if let (Some(field), Some(moment)) = (at.get_untracked(), moment) {
            field.set_value(&span::write(moment));
            keep();
        }
    };
    let view = shared.view;
    // A moment that is picked on a chart is the one that is meant.
    Effect::new(move || put(view.picked.get()));
    let toggled = move |event| {
        let is_open = event_target::<Element>(&event).has_attribute("open");
        shared.draft.update_value(|draft| draft.is_open = is_open);
        if is_open {
            put(view.cursor.get_untracked());
        }
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let asked = annotate(text(title), text(tags), text(at));
        leptos::task::spawn_local(async move {
            match asked.await {
                Ok(note) => {
                    toasts.done(["On the time line: ", &note.text].concat(), None);
                    // The page may be another one by now.
                    let _ = shared.marks.try_update(|marks| marks.push(Mark::of(&note)));
                    let _ = failed.try_set(None);
                    let _ = shared.draft.try_update_value(|draft| *draft = Draft { is_open: true, ..Draft::default() });
                    for field in [title, tags].into_iter().filter_map(|field| field.try_get_untracked().flatten()) {
                        field.set_value("");
                    }
                }
                Err(error) => {
                    lead_when_signed_out(&error);
                    let _ = failed.try_set(Some(error.to_string()));
                }
            }
        });
    };
    view! {
        <details class="add-note" open=draft.is_open on:toggle=toggled>
            <summary class="btn"><Icon glyph=Glyph::Note/>"Add a note"</summary>
            <form class="question" method="post" action=TARGET on:submit=send on:input=move |_| keep() aria-label="A note on the time line">
                <label class="st grow">
                    <span class="cap">"What happened"</span>
                    <input class="input" name="title" node_ref=title value=draft.title required maxlength="200" autocomplete="off" placeholder="Deployed 7.1"/>
                </label>
                <label class="st">
                    <span class="cap">"Tags"</span>
                    <input class="input" name="tags" node_ref=tags value=draft.tags maxlength="500" autocomplete="off" placeholder="deploy, web" title="Words with commas between them; optional"/>
                </label>
                <label class="st">
                    <span class="cap">"When (UTC)"</span>
                    <input class="input" type="datetime-local" name="at" node_ref=at step="1" value=draft.at title="Now when it is empty. A click on a chart picks a moment."/>
                </label>
                <button class="btn pri" type="submit">"Add"</button>
            </form>
            {move || failed.get().map(|text| view! {
                <p class="note" role="alert"><Icon glyph=Glyph::Error class="c-error"/><span>{text}</span></p>
            })}
        </details>
    }
    .into_any()
}
