//! What is kept, for how long, and what it takes.

use super::panel::{Column, Panel, Table};
use crate::backend::{Kept, Storage};
use crate::components::icon::{Glyph, Icon};
use forewatch::format;
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
    let (glyph, class, word) = match storage.is_writable {
        true => (Glyph::Ok, "c-ok", "can be written"),
        false => (Glyph::Error, "c-error", "cannot be written: events are refused until it can"),
    };
    view! {
        <Panel id="settings-store" title="Store" about=size>
            <div class="panel-b">
                <dl class="kv wide">
                    <dt>"Place"</dt><dd class="mono id">{storage.place}</dd>
                    <dt>"State"</dt><dd><span class="st"><Icon glyph class/>{word}</span></dd>
                    {files.collect_view()}
                </dl>
            </div>
            <Table label="What is kept" columns=COLUMNS rows/>
        </Panel>
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
