//! What can be done with an alert: take it for a while with a note, resolve it, reopen it, add a note.
//! Plain forms; with the WASM there they act at once.

use crate::components::alert_card::reading;
use crate::components::alert_deeds::TARGET;
use crate::components::icon::{Glyph, Icon};
use crate::handling::{Deed, Handling};
use forewatch::Alert;
use forewatch::alert::AlertState;
use leptos::html::Input;
use leptos::prelude::*;

/// For how long an acknowledgement can hold: the word a form sends, and what people read.
const HOLDS: [(&str, &str); 4] =
    [("1h", "1 h"), ("4h", "4 h"), ("tomorrow", "until tomorrow"), ("end", "until it ends")];

/// The panel.
#[component]
pub(super) fn Decide(alert: Memo<Alert>) -> impl IntoView {
    let note = NodeRef::<Input>::new();
    let hold = RwSignal::new("1h");
    // The panel changes its shape only when what can be done changes, so that a note being written stays.
    let shape = Memo::new(move |_| {
        let alert = alert.read();
        (alert.is_active, alert.acknowledged, alert.state == AlertState::Pending)
    });
    move || {
        let (is_active, acknowledged, pending) = shape.get();
        let title = match (is_active, acknowledged) {
            (true, false) => "Take it",
            (true, true) => "In hand",
            (false, _) => "Note",
        };
        view! {
            <section class="panel" aria-labelledby="decide">
                <div class="panel-h"><h2 id="decide">{title}</h2></div>
                <form class="decide" method="post" action=TARGET on:submit=move |event| submit(&event, alert, note, hold)>
                    <input type="hidden" name="id" value=alert.read_untracked().alert_id.to_string()/>
                    {(is_active && !acknowledged).then(|| view! { <Hold hold/> })}
                    <label class="field">
                        <span>"Note"<span class="quiet">" (optional)"</span></span>
                        <input class="input" name="note" maxlength="2000" autocomplete="off" placeholder="What you see, what you try" node_ref=note/>
                    </label>
                    <div class="acts">
                        {(is_active && !acknowledged).then(|| view! { <Act alert deed=Deed::Acknowledge primary=true/> })}
                        {(is_active && acknowledged).then(|| view! { <Act alert deed=Deed::Unacknowledge/> })}
                        {(is_active && !pending).then(|| view! { <Act alert deed=Deed::Resolve/> })}
                        {(!is_active && !pending).then(|| view! { <Act alert deed=Deed::Reopen/> })}
                        <Act alert deed=Deed::Comment/>
                    </div>
                    {is_active.then(|| view! { <StillTrue alert/> })}
                </form>
            </section>
        }
    }
}

/// One button of the form.
#[component]
fn Act(alert: Memo<Alert>, deed: Deed, #[prop(optional)] primary: bool) -> impl IntoView {
    let label = move || format!("{}: {}", deed.label(), alert.read().title);
    view! {
        <button class=if primary { "btn pri" } else { "btn" } type="submit" name="command" value=deed.verb() aria-label=label>
            {(deed == Deed::Acknowledge).then(|| view! { <Icon glyph=Glyph::Check/> })}
            {deed.label()}
        </button>
    }
    .into_any()
}

/// For how long.
#[component]
fn Hold(hold: RwSignal<&'static str>) -> impl IntoView {
    let choices = HOLDS.map(|(word, label)| {
        view! {
            <label>
                <input type="radio" name="hold" value=word checked=hold.get_untracked() == word on:change=move |_| hold.set(word)/>
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
            let value = reading(&alert, alert.metric_value).map(|value| format!(" at {value}"));
            view! {
                <p class="note">
                    <Icon glyph=Glyph::Info class="c-info"/>
                    <span>"The condition is still true"{value}". Resolved by hand, it stays closed until it has been false once."</span>
                </p>
            }
        })
    }
}

/// Acts at once instead of leaving the page.
fn submit(event: &leptos::ev::SubmitEvent, alert: Memo<Alert>, note: NodeRef<Input>, hold: RwSignal<&'static str>) {
    let Some(deed) = deed_of(event) else { return };
    event.prevent_default();
    let text = note.get_untracked().map(|field| field.value()).filter(|text| !text.trim().is_empty());
    let until = (deed == Deed::Acknowledge).then(|| hold.get_untracked().to_owned());
    Handling::expect().act(&alert.get_untracked(), deed, text, until);
    if let Some(field) = note.get_untracked() {
        field.set_value("");
    }
}

/// Which button sent the form.
fn deed_of(event: &leptos::ev::SubmitEvent) -> Option<Deed> {
    let verb = event.submitter()?.get_attribute("value")?;
    let deeds = [Deed::Acknowledge, Deed::Unacknowledge, Deed::Resolve, Deed::Reopen, Deed::Comment];
    deeds.into_iter().find(|deed| deed.verb() == verb)
}
