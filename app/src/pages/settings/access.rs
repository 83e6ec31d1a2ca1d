//! How people and workers get in here, and who one is.

use super::panel::Panel;
use crate::backend::{Access, AccessMode};
use crate::components::copy::Copy;
use crate::components::icon::{Glyph, Icon};
use leptos::prelude::*;

/// The panel.
#[component]
pub(super) fn AccessPanel(access: Access) -> impl IntoView {
    let Access { mode, actor, url } = access;
    let (about, people, workers) = match mode {
        AccessMode::Open => (
            "everyone on this machine is the operator",
            secret("Nobody signs in: whoever reaches this server may do all. So it listens on this machine alone.", ""),
            secret("Workers on this machine report without a token.", ""),
        ),
        AccessMode::Shared => (
            "people sign in, workers show a token",
            secret(
                "They sign in with their name and the password; the name is recorded with what they do. It is set by ",
                "auth.password, FOREWATCH_PASSWORD",
            ),
            secret(
                "They send the token as \"Authorization: Bearer\", and may report, nothing else. It is set by ",
                "auth.ingest_token, FOREWATCH_INGEST_TOKEN",
            ),
        ),
    };
    let you = match mode {
        AccessMode::Open => view! { {actor} }.into_any(),
        AccessMode::Shared => view! {
            <form class="line" method="post" action="/sign-out">
                <span>{actor}</span>
                <button class="btn" type="submit"><Icon glyph=Glyph::SignOut/>"Sign out"</button>
            </form>
        }
        .into_any(),
    };
    let shared = (mode == AccessMode::Open).then(|| {
        view! {
            <p class="panel-b soft">
                "To let others in, give people a password and workers a token: "
                <span class="mono">"FOREWATCH_AUTH_MODE=shared"</span>", "
                <span class="mono">"FOREWATCH_PASSWORD"</span>" and "
                <span class="mono">"FOREWATCH_INGEST_TOKEN"</span>
                " in its environment, and an address to listen on. The README says how, under \"Let others in\"."
            </p>
        }
    });
    let address = (!url.is_empty()).then(|| {
        view! {
            <dt>"Address"</dt>
            <dd><span class="st"><span class="mono id">{url.clone()}</span><Copy text=url.clone() what="address"/></span></dd>
        }
    });
    view! {
        <Panel id="settings-access" title="Access" about>
            <div class="panel-b">
                <dl class="kv wide">
                    <dt>"You are"</dt><dd>{you}</dd>
                    <dt>"Mode"</dt><dd class="mono">{word(mode)}</dd>
                    <dt>"People"</dt><dd>{people}</dd>
                    <dt>"Workers"</dt><dd>{workers}</dd>
                    {address}
                    <dt>"Programs"</dt>
                    <dd><a class="link" href="/api/docs" rel="external">"The description of the API"</a>" says what each endpoint asks for."</dd>
                </dl>
            </div>
            {shared}
        </Panel>
    }
    .into_any()
}

/// As the configuration has it.
fn word(mode: AccessMode) -> &'static str {
    match mode {
        AccessMode::Open => "auth.mode = \"none\"",
        AccessMode::Shared => "auth.mode = \"shared\"",
    }
}

/// A sentence, and where its secret is set, if there is one: the key of the configuration, the name in the environment.
fn secret(text: &'static str, places: &'static str) -> AnyView {
    let named = places.split_once(", ").map(|(key, name)| {
        view! { <span class="mono">{key}</span>" in the configuration, or "<span class="mono">{name}</span>" in the environment." }
    });
    view! { {text}{named} }.into_any()
}
