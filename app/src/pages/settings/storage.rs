//! What is kept, for how long, and what it takes.

use super::panel::{Column, Panel, Table};
use crate::backend::{Kept, Storage};
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use forewatch::format;
use forewatch::store::{StoreOutage, StorePart};
use leptos::prelude::*;

const COLUMNS: &[(Column, &str)] =
    &[(Column::Words, "Kept"), (Column::Words, "For"), (Column::Numbers, "Takes"), (Column::Words, "Set by")];

/// The store.
#[component]
pub(super) fn StoragePanel(storage: Storage) -> impl IntoView {
    let all: u64 = storage.files.iter().map(|(_, bytes)| bytes).sum();
    let size = if all > 0 { format::bytes(all as f64) + " in all" } else { String::new() };
    let files = storage.files.into_iter().map(|(name, bytes)| {
        view! { <dt>{name}</dt><dd>{format::bytes(bytes as f64)}</dd> }
    });
    let rows = storage.kept.into_iter().map(|kept| view! { <Row kept/> }).collect_view().into_any();
    let outage = storage.outage;
    view! {
        <Panel id="settings-store" title="Store" about=size file="/retention.csv">
            <div class="panel-b">
                <dl class="kv wide">
                    <dt>"Place"</dt><dd class="mono id">{storage.place}</dd>
                    <dt>"State"</dt><dd><State reason=open_reason(outage.as_ref())/></dd>
                    {outage.map(|outage| view! { <Outage outage/> })}
                    {files.collect_view()}
                </dl>
            </div>
            <Table label="What is kept" columns=COLUMNS rows/>
        </Panel>
    }
    .into_any()
}

/// Why it cannot be written.
fn open_reason(outage: Option<&StoreOutage>) -> Option<String> {
    outage.filter(|outage| outage.is_open()).map(|outage| outage.reason.clone())
}

#[component]
fn State(
    /// Why it cannot be written, if so.
    reason: Option<String>,
) -> impl IntoView {
    let (glyph, class, word) = match reason {
        None => (Glyph::Ok, "c-ok", "can be written".to_owned()),
        Some(reason) => (Glyph::Error, "c-error", format!("cannot be written: {reason}")),
    };
    view! { <span class="st"><Icon glyph class/>{word}</span> }.into_any()
}

/// The newest outage since the server started, and what is missing for it.
#[component]
fn Outage(outage: StoreOutage) -> impl IntoView {
    let StoreOutage { part, reason, since, until, events_refused, samples_missed } = outage;
    let what = match part {
        StorePart::Log => "Events could not be written",
        StorePart::History => "Readings could not be written",
        StorePart::Records => "Tasks and alerts could not be written",
        StorePart::Outbox => "What people are told could not be kept",
    };
    let end = match until {
        Some(at) => view! { " until "<Moment at style=Style::Seconds/> }.into_any(),
        None => view! { ", and still" }.into_any(),
    };
    let refused = format!("{} times events were refused, whose senders keep them", format::count(events_refused));
    let missed = format!("{} readings are missing", format::count(samples_missed));
    view! {
        <dt>"Last outage"</dt>
        <dd>
            {what}": "{reason}", since "<Moment at=since style=Style::Seconds/>{end}
            <span class="cap">{refused}"; "{missed}"."</span>
        </dd>
    }
    .into_any()
}

#[component]
fn Row(kept: Kept) -> impl IntoView {
    let bytes = kept.bytes.map_or_else(|| "in the files above".to_owned(), |bytes| format::bytes(bytes as f64));
    view! {
        <tr>
            <th scope="row" class="full">{kept.what}</th>
            <td data-l="For">{format::period(kept.seconds)}</td>
            <td data-l="Takes" class="num">{bytes}</td>
            <td data-l="Set by" class="mono soft">"[retention] "{kept.key}</td>
        </tr>
    }
    .into_any()
}
