//! What can be done with an alert: take it for a while with a note, resolve it, reopen it, add a note.
//! Plain forms; with the WASM there they act at once.

use crate::components::alert_deeds::{DeedButton, HOLDS, TARGET, submit};
use crate::components::icon::{Glyph, Icon};
use crate::handling::{Deed, Handling};
use forewatch::Alert;
use forewatch::alert::AlertState;
use leptos::prelude::*;

/// The panel.
#[component]
pub(super) fn Decide(alert: Memo<Alert>) -> impl IntoView {
    let handling = Handling::expect();
    let title = Signal::derive(move || alert.read().title.clone());
    // The panel changes its shape only when what can be done changes, so that a note being written stays.
    let shape = Memo::new(move |_| {
        let alert = alert.read();
        (alert.is_active, alert.acknowledged, alert.state == AlertState::Pending)
    });
    move || {
        let (is_active, acknowledged, pending) = shape.get();
        let heading = match (is_active, acknowledged) {
            (true, false) => "Take it",
            (true, true) => "In hand",
            (false, _) => "Note",
        };
        view! {
            <section class="panel" aria-labelledby="decide">
                <div class="panel-h"><h2 id="decide">{heading}</h2></div>
                <form class="decide" method="post" action=TARGET on:submit=move |event| submit(&event, &alert.get_untracked(), handling)>
                    <input type="hidden" name="id" value=alert.read_untracked().alert_id.to_string()/>
                    {(is_active && !acknowledged).then(|| view! { <Hold/> })}
                    <label class="field">
                        <span>"Note"<span class="quiet">" (optional)"</span></span>
                        <input class="input" name="note" maxlength="2000" autocomplete="off" placeholder="What you see, what you try"/>
                    </label>
                    <div class="acts">
                        {(is_active && !acknowledged).then(|| view! { <DeedButton title deed=Deed::Acknowledge primary=true/> })}
                        {(is_active && acknowledged).then(|| view! { <DeedButton title deed=Deed::Unacknowledge/> })}
                        {(is_active && !pending).then(|| view! { <DeedButton title deed=Deed::Resolve/> })}
                        {(!is_active && !pending).then(|| view! { <DeedButton title deed=Deed::Reopen/> })}
                        <DeedButton title deed=Deed::Comment/>
                    </div>
                    {is_active.then(|| view! { <StillTrue alert/> })}
                </form>
            </section>
        }
    }
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
        (alert.state == AlertState::Firing && alert.metric_name.is_some()).then(|| {
            let value = alert.write(alert.metric_value).map(|value| format!(" at {value}"));
            view! {
                <p class="note">
                    <Icon glyph=Glyph::Info class="c-info"/>
                    <span>"The condition is still true"{value}". Resolved by hand, it stays closed until it has been false once."</span>
                </p>
            }
        })
    }
}
