//! The buttons that handle an alert. Each is a plain form that works without any script; with it the
//! page changes at once, and goes back when the server says no.

use super::icon::{Glyph, Icon};
use crate::handling::{Deed, Handling};
use forewatch::Alert;
use leptos::prelude::*;

/// Where the forms go: the server function's address.
pub const TARGET: &str = "/api/ui/alert-command";

/// One button.
#[component]
pub fn DeedButton(
    /// The alert.
    alert: Alert,
    /// What the button does.
    deed: Deed,
    /// Whether it is the one thing to do.
    #[prop(optional)]
    primary: bool,
) -> impl IntoView {
    let class = if primary { "btn pri" } else { "btn" };
    let id = alert.alert_id.to_string();
    let label = format!("{}: {}", deed.label(), alert.title);
    let handling = Handling::expect();
    let act = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        handling.act(&alert, deed, None, None);
    };
    view! {
        <form method="post" action=TARGET on:submit=act>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="command" value=deed.verb()/>
            <button class=class type="submit" aria-label=label>
                {(deed == Deed::Acknowledge).then(|| view! { <Icon glyph=Glyph::Check/> })}
                {deed.label()}
            </button>
        </form>
    }
    .into_any()
}

/// The buttons that make sense for an alert as it is: acknowledge and resolve, or reopen.
#[component]
pub fn Deeds(
    /// The alert.
    alert: Alert,
) -> impl IntoView {
    if !alert.is_active {
        // One whose condition has cleared opens by itself when it is true again.
        let can_reopen = alert.condition_true || alert.metric_name.is_none();
        return can_reopen.then(|| view! { <DeedButton alert deed=Deed::Reopen/> }).into_any();
    }
    let take = if alert.acknowledged { Deed::Unacknowledge } else { Deed::Acknowledge };
    view! {
        <DeedButton alert=alert.clone() deed=take primary=!alert.acknowledged/>
        <DeedButton alert deed=Deed::Resolve/>
    }
    .into_any()
}
