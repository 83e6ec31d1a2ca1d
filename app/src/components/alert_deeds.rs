//! The buttons that handle an alert. They stand in a plain form that works without any script; with it the
//! page changes at once, and goes back when the server says no.

use super::icon::{Glyph, Icon};
use super::toast::Toasts;
use crate::handling::{Deed, Handling, still_holds};
use forewatch::Alert;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Where the forms go: the server function's address.
pub const TARGET: &str = "/api/ui/alert-command";

/// For how long an acknowledgement can hold: the word a form sends, and what people read.
pub const HOLDS: [(&str, &str); 4] =
    [("1h", "1 h"), ("4h", "4 h"), ("tomorrow", "until tomorrow"), ("end", "until it ends")];

/// One button of a form.
#[component]
pub fn DeedButton(
    /// The alert's title.
    #[prop(into)]
    title: Signal<String>,
    /// What the button does.
    deed: Deed,
    /// Whether it is the one thing to do.
    #[prop(optional)]
    primary: bool,
    /// Where it leads without a script, instead of doing it.
    #[prop(optional_no_strip)]
    leads: Option<String>,
) -> impl IntoView {
    let class = if primary { "btn pri" } else { "btn" };
    let label = move || [deed.label(), ": ", &*title.read()].concat();
    let method = leads.is_some().then_some("get");
    view! {
        <button class=class type="submit" name="command" value=deed.verb() aria-label=label formmethod=method formaction=leads>
            {(deed == Deed::Acknowledge).then(|| view! { <Icon glyph=Glyph::Check/> })}
            {deed.label()}
        </button>
    }
    .into_any()
}

/// The buttons that make sense for an alert as it is: acknowledge and resolve, or reopen.
#[component]
pub fn Deeds(
    /// The alert.
    #[prop(into)]
    alert: Signal<Alert>,
    /// Whether there is a place for a note, and for how long it is acknowledged.
    #[prop(optional)]
    with_note: bool,
) -> impl IntoView {
    let title = Signal::derive(move || alert.read().title.clone());
    // While they stay the same, so do the buttons: the focus may be on one.
    let shape = Memo::new(move |_| {
        let alert = alert.read();
        (deeds_of(&alert), still_holds(&alert))
    });
    let id = alert.read_untracked().alert_id.to_string();
    let page = ["/alerts/", &id, "#note"].concat();
    let buttons = move || {
        let (deeds, holds) = shape.get();
        let button = |deed: &Deed| {
            // Without a script it is its page that asks for a note.
            let leads = (holds && *deed == Deed::Resolve).then(|| page.clone());
            view! { <DeedButton title deed=*deed primary=*deed == Deed::Acknowledge leads/> }
        };
        deeds.iter().map(button).collect_view()
    };
    let note = with_note.then(|| view! { <details class="with-note" inner_html=NOTE_AND_TIME></details> });
    let handling = Handling::expect();
    view! {
        <form class="acts" method="post" action=TARGET on:submit=move |event| submit(&event, &alert.get_untracked(), handling)>
            <input type="hidden" name="id" value=id/>
            {buttons}
            {note}
        </form>
    }
    .into_any()
}

/// What can be done with an alert by a click, the most likely first.
pub(crate) fn deeds_of(alert: &Alert) -> &'static [Deed] {
    // One whose condition has cleared opens by itself when it is true again.
    let can_reopen = alert.condition_true || alert.metric_name.is_none();
    match (alert.is_active, alert.acknowledged) {
        (true, false) => &[Deed::Acknowledge, Deed::Resolve],
        (true, true) => &[Deed::Unacknowledge, Deed::Resolve],
        (false, _) if can_reopen => &[Deed::Reopen],
        (false, _) => &[],
    }
}

/// A note and a time for an acknowledgement, behind a button that shows them. It is the same for every alert, so that it is
/// plain text: as elements the browser's code would be larger by all that elements can do. The style hides it where it is
/// of no use, unless somebody writes in it.
const NOTE_AND_TIME: &str = concat!(
    r#"<summary class="btn">Note, time</summary><div class="acts">"#,
    r#"<input class="input" name="note" maxlength="2000" autocomplete="off" aria-label="Note" placeholder="Note">"#,
    r#"<select class="select" name="hold" aria-label="For how long"><option value="end">until it ends"#,
    r#"<option value="1h">1 h<option value="4h">4 h<option value="tomorrow">until tomorrow</select></div>"#,
);

/// Whether somebody writes a note in the form of an alert.
#[cfg(feature = "hydrate")]
pub(super) fn is_written_about(id: &str) -> bool {
    let field = ["input[value='", id, "'] ~ .with-note [name=note]"].concat();
    let field = document().query_selector(&field).ok().flatten();
    field.and_then(|field| value_of(&field)).is_some_and(|text| !text.is_empty())
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn is_written_about(_: &str) -> bool {
    false
}

/// Does at once what the button says that sent the form, with the note and the time that stand in it.
pub fn submit(event: &SubmitEvent, alert: &Alert, handling: Handling) {
    let Some(deed) = deed_of(event) else { return };
    event.prevent_default();
    let note = take(event, "[name=note]").filter(|note| !note.trim().is_empty());
    if deed == Deed::Comment && note.is_none() {
        return Toasts::expect().failed("The note is empty: write what you saw.".to_owned());
    }
    let hold = take(event, "select[name=hold],[name=hold]:checked").filter(|_| deed == Deed::Acknowledge);
    handling.act(vec![alert.clone()], deed, note, hold);
}

/// Which button sent the form.
fn deed_of(event: &SubmitEvent) -> Option<Deed> {
    let verb = event.submitter()?.get_attribute("value")?;
    let deeds = [Deed::Acknowledge, Deed::Unacknowledge, Deed::Resolve, Deed::Reopen, Deed::Comment];
    deeds.into_iter().find(|deed| deed.verb() == verb)
}

/// What stands in a field of the form that was sent. A field for text is empty then.
#[cfg(feature = "hydrate")]
fn take(event: &SubmitEvent, field: &str) -> Option<String> {
    use wasm_bindgen::{JsCast, JsValue};

    let form: web_sys::Element = event.target()?.dyn_into().ok()?;
    let field = form.query_selector(field).ok()??;
    let value = value_of(&field);
    if field.has_attribute("maxlength") {
        // Cannot fail: a field for text takes any text.
        let _ = js_sys::Reflect::set(&field, &JsValue::from_str(VALUE), &JsValue::from_str(""));
    }
    value
}

#[cfg(feature = "hydrate")]
const VALUE: &str = "value";

#[cfg(feature = "hydrate")]
fn value_of(field: &web_sys::Element) -> Option<String> {
    js_sys::Reflect::get(field, &wasm_bindgen::JsValue::from_str(VALUE)).ok()?.as_string()
}

#[cfg(not(feature = "hydrate"))]
fn take(_: &SubmitEvent, _: &str) -> Option<String> {
    None
}
