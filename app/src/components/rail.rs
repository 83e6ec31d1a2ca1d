//! The navigation: a rail at the side, a bar at the bottom of a phone.

use super::icon::{Glyph, Icon};
use super::layout::FrameResource;
use super::once::once_on_server;
use crate::handling::open_alerts;
use crate::live::use_live;
use crate::server_fns::FrameData;
use forewatch::AlertSeverity;
use forewatch::source::{SourceState, SourceStatus};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::sync::Arc;

/// Entries that the bar at the bottom of a phone has room for; the others stand at the end of the page there.
const TABS: usize = 5;

/// One entry: its address, icon and word.
const ENTRIES: [(&str, Glyph, &str); 8] = [
    ("/", Glyph::Overview, "Overview"),
    ("/workers", Glyph::Workers, "Workers"),
    ("/tasks", Glyph::Tasks, "Tasks"),
    ("/queues", Glyph::Queues, "Queues"),
    ("/alerts", Glyph::Bell, "Alerts"),
    ("/trends", Glyph::Trends, "Trends"),
    ("/reports", Glyph::Reports, "Reports"),
    ("/settings", Glyph::Settings, "Settings"),
];

/// `page` when the page at `path` belongs to the entry with this address.
fn current(path: &str, entry: &str) -> Option<&'static str> {
    let here = if entry == "/" { path == "/" } else { path == entry || path.starts_with(&format!("{entry}/")) };
    here.then_some("page")
}

/// The rail at the side.
#[component]
pub fn Rail() -> impl IntoView {
    let path = use_location().pathname;
    let entries = ENTRIES.map(|(address, glyph, word)| {
        view! {
            <li>
                <a href=address aria-current=move || current(&path.get(), address) title=word>
                    <Icon glyph/>
                    <span>{word}</span>
                    <Count address/>
                </a>
            </li>
        }
    });
    view! {
        <nav class="rail" aria-label="Main">
            <a class="brand" href="/" aria-label="Forewatch, overview">
                <Icon glyph=Glyph::Brand/>
                <span>"Forewatch"</span>
            </a>
            <ul>{entries.collect_view()}</ul>
            <div class="foot cap"><Foot/></div>
        </nav>
    }
    .into_any()
}

/// The bar at the bottom of a phone, and what it has no room for.
#[component]
pub fn BottomTabs() -> impl IntoView {
    let path = use_location().pathname;
    let entry = move |(address, glyph, word): (&'static str, Glyph, &'static str)| {
        view! {
            <a href=address aria-current=move || current(&path.get(), address)>
                <Icon glyph/>
                <span>{word}</span>
                {(address == "/alerts").then(|| view! { <Pip/> })}
            </a>
        }
    };
    let (tabs, more) = ENTRIES.split_at(TABS);
    view! {
        <nav class="tabs-more" aria-label="More pages">{more.iter().copied().map(entry).collect_view()}</nav>
        <nav class="tabs-bottom" aria-label="Main, short">{tabs.iter().copied().map(entry).collect_view()}</nav>
    }
}

/// How many there are, beside an entry of the rail.
#[component]
fn Count(
    /// The entry.
    address: &'static str,
) -> impl IntoView {
    with_frame(move |data| match address {
        "/workers" => {
            let system = use_live().system(data.system);
            view! { <span class="count">{move || system.read().total_workers}</span> }.into_any()
        }
        "/queues" => {
            let system = use_live().system(data.system);
            view! { <span class="count">{move || system.read().queues.len()}</span> }.into_any()
        }
        "/alerts" => view! { <AlertCount data/> }.into_any(),
        _ => ().into_any(),
    })
}

/// Alerts that nobody has yet, with the mark of the worst.
#[component]
fn AlertCount(
    /// The frame's data.
    data: FrameData,
) -> impl IntoView {
    let open = open_alerts(data.alerts);
    move || {
        let open = open.get();
        let worst = open.iter().map(|a| a.severity).max()?;
        let (glyph, class) = super::severity::mark(worst);
        let hot = if worst >= AlertSeverity::Error { "count hot" } else { "count" };
        Some(view! {
            <span class=hot>
                <Icon glyph class/>
                {open.len()}
                <span class="vh">" open, worst " {worst.as_str()}</span>
            </span>
        })
    }
}

/// The same count on a phone.
#[component]
fn Pip() -> impl IntoView {
    with_frame(move |data| {
        let open = open_alerts(data.alerts);
        view! {
            {move || {
                let count = open.get().len();
                (count > 0).then(|| view! { <span class="pip">{count}<span class="vh">" open"</span></span> })
            }}
        }
        .into_any()
    })
}

/// Sources and version at the foot of the rail.
#[component]
fn Foot() -> impl IntoView {
    with_frame(|data| {
        view! {
            <span>{sources_sentence(&data.frame.sources)}</span>
            <span>"Forewatch " {data.frame.version}</span>
        }
        .into_any()
    })
}

/// How the sources are, in a sentence.
fn sources_sentence(sources: &[SourceStatus]) -> String {
    let down: Vec<&str> = sources.iter().filter(|s| s.state == SourceState::Down).map(|s| &*s.name).collect();
    match (sources.len(), down.as_slice()) {
        (0, _) => "No sources yet".to_owned(),
        (1, []) => "1 source, answering".to_owned(),
        (count, []) => format!("{count} sources, all answering"),
        (_, [one]) => format!("{one} does not answer"),
        (count, many) => format!("{} of {count} sources do not answer", many.len()),
    }
}

/// Shows something of the frame once it is there; nothing when it could not be loaded, which the page
/// itself then says.
pub(super) fn with_frame(show: impl Fn(FrameData) -> AnyView + Send + Sync + 'static) -> AnyView {
    framed(Arc::new(show))
}

/// All go through one compiled piece of code.
fn framed(show: Arc<dyn Fn(FrameData) -> AnyView + Send + Sync>) -> AnyView {
    let frame = FrameResource::expect().0;
    view! {
        <Suspense fallback=|| ()>
            {once_on_server(move || {
                let show = show.clone();
                Suspend::new(async move { frame.await.ok().map(|data| show(data)) })
            })}
        </Suspense>
    }
    .into_any()
}
