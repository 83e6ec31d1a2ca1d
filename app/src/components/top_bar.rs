//! The bar at the top: where one is, the connection, the time zone, search, theme, signing out.

use super::connection::ConnectionMark;
use super::icon::{Glyph, Icon};
use super::layout::FrameResource;
use super::once::once_on_server;
use crate::palette::{Overlay, Overlays};
use crate::session::{Zone, ZoneChoice, switch_theme};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The bar at the top.
#[component]
pub fn TopBar() -> impl IntoView {
    let zone = ZoneChoice::expect();
    let zone_word = move || if zone.0.get() == Zone::Utc { "UTC" } else { "Local" };
    let zone_label = move || match zone.0.get() {
        Zone::Utc => "UTC, switch times to your zone",
        Zone::Local => "Local, switch times to UTC",
    };
    let overlay = Overlays::expect().0;
    let find = move |event: leptos::ev::MouseEvent| {
        // A new window, by the keys for that, gets the list of tasks as without any script.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            overlay.set(Some(Overlay::Palette));
        }
    };
    view! {
        <header class="bar-top">
            <a class="brand" href="/" aria-label="Forewatch, overview">
                <Icon glyph=Glyph::Brand/>
                <span>"Forewatch"</span>
            </a>
            <Crumbs/>
            <div class="right">
                <ConnectionMark/>
                <button class="btn bare needs-script" type="button" aria-label=zone_label on:click=move |_| zone.switch()>
                    {zone_word}
                </button>
                <a class="btn bare icon" href="/tasks" aria-label="Find or do" title="Find or do (Ctrl K)" on:click=find>
                    <Icon glyph=Glyph::Search/>
                </a>
                <button
                    class="btn bare icon needs-script"
                    type="button"
                    aria-label="Switch theme"
                    title="Switch theme"
                    on:click=move |_| switch_theme()
                >
                    <Icon glyph=Glyph::Theme/>
                </button>
                <SignOut/>
            </div>
        </header>
    }
    .into_any()
}

/// Where one is: the section, and what of it.
#[component]
fn Crumbs() -> impl IntoView {
    let path = use_location().pathname;
    let parts = Memo::new(move |_| {
        let path = path.get();
        let mut parts = path.trim_matches('/').splitn(2, '/').map(str::to_owned);
        (parts.next().unwrap_or_default(), parts.next().map(|part| decoded(&part)))
    });
    move || {
        let (section, item) = parts.get();
        let name = match section.as_str() {
            "" => "Overview",
            "workers" => "Workers",
            "tasks" => "Tasks",
            "queues" => "Queues",
            "alerts" => "Alerts",
            "trends" => "Trends",
            "reports" => "Reports",
            "settings" => "Settings",
            _ => "Not found",
        };
        match item {
            Some(item) => view! {
                <nav class="crumbs" aria-label="Where you are">
                    <a href=format!("/{section}")>{name}</a>
                    <span aria-hidden="true">"/"</span>
                    <b>{item}</b>
                </nav>
            }
            .into_any(),
            None => view! { <div class="crumbs"><b>{name}</b></div> }.into_any(),
        }
    }
}

/// A part of an address as people read it.
fn decoded(part: &str) -> String {
    leptos_router::location::Url::unescape(part)
}

/// Signing out, where that means anything.
#[component]
fn SignOut() -> impl IntoView {
    let frame = FrameResource::expect().0;
    view! {
        <Suspense fallback=|| ()>
            {once_on_server(move || Suspend::new(async move {
                let frame = frame.await.ok().map(|data| data.frame).filter(|frame| frame.can_sign_out)?;
                Some(view! {
                    <form method="post" action="/sign-out">
                        <button
                            class="btn bare icon"
                            type="submit"
                            aria-label=format!("Sign out {}", frame.actor)
                            title=format!("Signed in as {}. Sign out", frame.actor)
                        >
                            <Icon glyph=Glyph::SignOut/>
                        </button>
                    </form>
                })
            }))}
        </Suspense>
    }
    .into_any()
}
