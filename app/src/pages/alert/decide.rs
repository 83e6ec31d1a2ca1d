//! What can be done with an alert: take it for a while with a note, resolve it, reopen it, add a note.
//! Plain forms; with the WASM there they act at once.

use crate::components::alert_deeds::{DeedButton, HOLDS, TARGET, submit};
use crate::components::icon::{Glyph, Icon};
use crate::handling::{Deed, Handling, still_holds};
use crate::palette::still_true;
use forewatch::Alert;
use forewatch::alert::AlertState;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The panel. Its note stays, whatever others do meanwhile.
#[component]
pub(super) fn Decide(alert: Memo<Alert>) -> impl IntoView {
    let handling = Handling::expect();
    let title = Signal::derive(move || alert.read().title.clone());
    // What a form sent here that could not ask for a note.
    let written = use_query_map().read_untracked().get("note");
    let shape = Memo::new(move |_| {
        let alert = alert.read();
        (alert.is_active, alert.acknowledged, alert.state == AlertState::Pending)
    });
    let heading = move || match shape.get() {
        (true, false, _) => "Take it",
        (true, true, _) => "In hand",
        (false, ..) => "Note",
    };
    let buttons = move || {
        let (is_active, acknowledged, pending) = shape.get();
        view! {
            {(is_active && !acknowledged).then(|| view! { <DeedButton title deed=Deed::Acknowledge primary=true/> })}
            {(is_active && acknowledged).then(|| view! { <DeedButton title deed=Deed::Unacknowledge/> })}
            {(is_active && !pending).then(|| view! { <DeedButton title deed=Deed::Resolve/> })}
            {(!is_active && !pending).then(|| view! { <DeedButton title deed=Deed::Reopen/> })}
        }
    };
    view! {
        <section class="panel" aria-labelledby="decide">
            <div class="panel-h"><h2 id="decide">{heading}</h2></div>
            <form class="decide" method="post" action=TARGET on:submit=move |event| submit(&event, &alert.get_untracked(), handling)>
                <input type="hidden" name="id" value=alert.read_untracked().alert_id.to_string()/>
                {move || matches!(shape.get(), (true, false, _)).then(|| view! { <Hold/> })}
                <label class="field">
                    <span>"Note"<span class="quiet">" (optional)"</span></span>
                    <input class="input" id="note" name="note" maxlength="2000" autocomplete="off" placeholder="What you see, what you try" value=written/>
                </label>
                <div class="acts">
                    {buttons}
                    <DeedButton title deed=Deed::Comment/>
                </div>
                <StillTrue alert/>
            </form>
        </section>
    }
    .into_any()
}

/// For how long.
#[component]
fn Hold() -> impl IntoView {
    let choices = HOLDS.map(|(word, label)| {
        view! {
            <label>
                <input type="radio" name="hold" value=word checked=word == HOLDS[0].0/>
                {label}
            </label>
        }
    });
    view! {
        <fieldset class="field">
            <legend>"For"</legend>
            <div class="seg fill">{choices.collect_view()}</div>
            <span class="cap">"It opens again after that, or when its severity rises."</span>
        </fieldset>
    }
    .into_any()
}

/// Says that the condition still holds, so that nobody resolves by mistake.
#[component]
fn StillTrue(alert: Memo<Alert>) -> impl IntoView {
    move || {
        let alert = alert.read();
        still_holds(&alert).then(|| {
            view! {
                <p class="note"><Icon glyph=Glyph::Info class="c-info"/><span>{still_true(&alert)}</span></p>
            }
        })
    }
}
