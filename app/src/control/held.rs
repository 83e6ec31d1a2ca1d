//! Says of what was taken out of service by whom, and since when.

use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use forewatch::queue::HeldBack;
use leptos::prelude::*;

/// "Paused by Ann 5 min ago: workers take nothing from it." Nothing while it is in service.
#[component]
pub fn HeldNote(
    /// Who did it, and when.
    #[prop(into)]
    held: Signal<Option<HeldBack>>,
    /// What was done.
    #[prop(into)]
    what: Signal<String>,
    /// What that means.
    #[prop(into)]
    so: Signal<String>,
) -> impl IntoView {
    let held = Memo::new(move |_| held.get());
    move || {
        held.get().map(|HeldBack { by, at }| {
            view! {
                <p class="note held-back">
                    <Icon glyph=Glyph::Pause class="c-warning"/>
                    <span>
                        <b>{move || what.get()}" by "{by}</b>" "<Moment at style=Style::Ago/>": "{move || so.get()}
                    </span>
                </p>
            }
            .into_any()
        })
    }
}
