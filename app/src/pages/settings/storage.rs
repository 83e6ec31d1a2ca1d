//! What is kept, for how long, and what it takes.

use crate::backend::{Kept, Storage};
use crate::components::icon::{Glyph, Icon};
use forewatch::format;
use leptos::prelude::*;

/// The store.
#[component]
pub(super) fn StoragePanel(storage: Storage) -> impl IntoView {
    let all: u64 = storage.files.iter().map(|(_, bytes)| bytes).sum();
    let size = (all > 0).then(|| view! { <span class="soft">{format::bytes(all as f64)}" in all"</span> });
    let files = storage.files.into_iter().map(|(name, bytes)| {
        view! { <dt>{name}</dt><dd>{format::bytes(bytes as f64)}</dd> }
    });
    let rows = storage.kept.into_iter().map(|kept| view! { <Row kept/> });
    let (glyph, class, word) = match storage.is_writable {
        true => (Glyph::Ok, "c-ok", "can be written"),
        false => (Glyph::Error, "c-error", "cannot be written: events are refused until it can"),
    };
    view! {
        <section class="panel" aria-labelledby="settings-store">
            <div class="panel-h"><h2 id="settings-store">"Store"</h2>{size}</div>
            <div class="panel-b">
                <dl class="kv wide">
                    <dt>"Place"</dt><dd class="mono id">{storage.place}</dd>
                    <dt>"State"</dt><dd><span class="st"><Icon glyph class/>{word}</span></dd>
                    {files.collect_view()}
                </dl>
            </div>
            <div class="scroll" tabindex="0" role="region" aria-label="What is kept">
                <table class="tbl cards">
                    <thead>
                        <tr>
                            <th scope="col">"Kept"</th>
                            <th scope="col">"For"</th>
                            <th scope="col" class="num">"Takes"</th>
                            <th scope="col">"Set by"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Row(kept: Kept) -> impl IntoView {
    let bytes = kept.bytes.map_or_else(|| "in the files above".to_owned(), |bytes| format::bytes(bytes as f64));
    view! {
        <tr>
            <th scope="row" class="full">{kept.what}</th>
            <td data-l="For">{format::age(kept.seconds)}</td>
            <td data-l="Takes" class="num">{bytes}</td>
            <td data-l="Set by" class="mono soft">"[retention] "{kept.key}</td>
        </tr>
    }
    .into_any()
}
