//! What stands where nothing is: what to do next, or what failed and what to try.

use super::copy::Copy;
use super::icon::{Glyph, Icon};
use crate::backend::BackendError;
use leptos::prelude::*;

/// Nothing yet, and what to do about it.
#[component]
pub fn Empty(
    /// What there is none of: "No workers yet".
    #[prop(into)]
    title: String,
    /// What to do, in a sentence or two.
    #[prop(into)]
    text: String,
    /// The command that does it.
    #[prop(optional, into)]
    command: Option<String>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="strong">{title}</p>
            <p class="soft">{text}</p>
            {command.map(|command| view! { <Command command/> })}
        </div>
    }
    .into_any()
}

/// A command to run, with a button that copies it.
#[component]
pub fn Command(
    /// The command.
    #[prop(into)]
    command: String,
) -> impl IntoView {
    view! {
        <div class="command">
            <pre tabindex="0" aria-label="Command">{command.clone()}</pre>
            <Copy text=command what="command"/>
        </div>
    }
    .into_any()
}

/// What could not be shown, why, and what to try.
#[component]
pub fn Failure(
    /// What was being done: "The list of workers did not load".
    #[prop(into)]
    title: String,
    /// What the server said.
    error: BackendError,
) -> impl IntoView {
    let (title, text, try_again) = match error {
        BackendError::NotFound(text) => ("There is no such thing here".to_owned(), text, false),
        BackendError::SignedOut => ("Your session has ended".to_owned(), "Sign in again to go on.".to_owned(), false),
        error => (title, error.to_string(), true),
    };
    #[cfg(feature = "hydrate")]
    if try_again {
        reload_when_back();
    }
    view! {
        <section class="panel">
            <div class="empty" role="alert">
                <h1 class="st strong c-error"><Icon glyph=Glyph::Error/>{title}</h1>
                <p class="soft">{text}</p>
                {if try_again {
                    view! { <a class="btn" href="" rel="external"><Icon glyph=Glyph::Retry/>"Try again"</a> }
                } else {
                    view! { <a class="btn" href="/" rel="external"><Icon glyph=Glyph::Overview/>"Overview"</a> }
                }}
            </div>
        </section>
    }
    .into_any()
}

/// Loads the page again once the connection is back.
#[cfg(feature = "hydrate")]
fn reload_when_back() {
    let is_stale = crate::live::use_live().is_stale();
    Effect::new(move |was: Option<bool>| {
        let is = is_stale.get();
        if was == Some(true) && !is {
            // Where it is refused, the button is there.
            let _ = window().location().reload();
        }
        is
    });
}

/// The place of a page that is still loading: same frame, no words.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <div class="stack" aria-busy="true">
            <span class="vh">"Loading"</span>
            <span class="skel skel-title"></span>
            <span class="skel skel-panel"></span>
            <span class="skel skel-panel"></span>
        </div>
    }
    .into_any()
}
