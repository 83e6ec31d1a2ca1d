//! The buttons that handle an alert. They stand in a plain form that works without any script; with it the
//! page changes at once, and goes back when the server says no.

use super::icon::{Glyph, Icon};
use crate::handling::{Deed, Handling};
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
) -> impl IntoView {
    let class = if primary { "btn pri" } else { "btn" };
    let label = move || [deed.label(), ": ", &*title.read()].concat();
    view! {
        <button class=class type="submit" name="command" value=deed.verb() aria-label=label>
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
    alert: Alert,
    /// Whether it can be acknowledged with a note and for a time, too.
    #[prop(optional)]
    with_note: bool,
) -> impl IntoView {
    // One whose condition has cleared opens by itself when it is true again.
    let can_reopen = alert.condition_true || alert.metric_name.is_none();
    let title = Signal::stored(alert.title.clone());
    let deeds: &[Deed] = match (alert.is_active, alert.acknowledged) {
        (true, false) => &[Deed::Acknowledge, Deed::Resolve],
        (true, true) => &[Deed::Unacknowledge, Deed::Resolve],
        (false, _) if can_reopen => &[Deed::Reopen],
        (false, _) => &[],
    };
    let note = (with_note && deeds.first() == Some(&Deed::Acknowledge))
        .then(|| view! { <details class="with-note" inner_html=NOTE_AND_TIME></details> });
    let buttons = deeds.iter().map(|deed| view! { <DeedButton title deed=*deed primary=*deed == Deed::Acknowledge/> });
    let handling = Handling::expect();
    let id = alert.alert_id.to_string();
    view! {
        <form class="acts" method="post" action=TARGET on:submit=move |event| submit(&event, &alert, handling)>
            <input type="hidden" name="id" value=id/>
            {buttons.collect_view()}
            {note}
        </form>
    }
    .into_any()
}

/// A note and a time for an acknowledgement, behind a button that shows them. It is the same for every alert, so that it is
/// plain text: as elements the browser's code would be larger by all that elements can do.
const NOTE_AND_TIME: &str = concat!(
    r#"<summary class="btn">Note, time</summary><div class="acts">"#,
    r#"<input class="input" name="note" maxlength="2000" autocomplete="off" aria-label="Note" placeholder="Note">"#,
    r#"<select class="select" name="hold" aria-label="For how long"><option value="end">until it ends"#,
    r#"<option value="1h">1 h<option value="4h">4 h<option value="tomorrow">until tomorrow</select></div>"#,
);

/// Does at once what the button says that sent the form, with the note and the time that stand in it.
pub fn submit(event: &SubmitEvent, alert: &Alert, handling: Handling) {
    let Some(deed) = deed_of(event) else { return };
    event.prevent_default();
    let note = take(event, "[name=note]").filter(|note| !note.trim().is_empty());
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
    let key = JsValue::from_str("value");
    let value = js_sys::Reflect::get(&field, &key).ok()?.as_string();
    if field.has_attribute("maxlength") {
        // Cannot fail: a field for text takes any text.
        let _ = js_sys::Reflect::set(&field, &key, &JsValue::from_str(""));
    }
    value
}

#[cfg(not(feature = "hydrate"))]
fn take(_: &SubmitEvent, _: &str) -> Option<String> {
    None
}
