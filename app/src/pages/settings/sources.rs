//! Where events come from, how each source is, and what is known to be missing from it.

use crate::backend::Snapshot;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::live::use_live;
use forewatch::source::{SourceState, SourceStatus};
use forewatch::{format, time};
use leptos::prelude::*;

/// The sources.
#[component]
pub(super) fn Sources(sources: Snapshot<Vec<SourceStatus>>) -> impl IntoView {
    let sources = use_live().sources(sources);
    let rows = move || sources.read().iter().cloned().map(|source| view! { <Row source/> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="settings-sources">
            <div class="panel-h">
                <h2 id="settings-sources">"Sources"</h2>
                <span class="soft">"where events come from"</span>
            </div>
            <div class="scroll" tabindex="0" role="region" aria-label="Source table">
                <table class="tbl cards">
                    <thead>
                        <tr>
                            <th scope="col">"Source"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Last event"</th>
                            <th scope="col" class="num">"Events"</th>
                            <th scope="col" class="num">"Refused"</th>
                            <th scope="col" class="num">"Lost"</th>
                            <th scope="col" class="num">"Not heard for"</th>
                            <th scope="col" class="num">"Cuts"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Row(source: SourceStatus) -> impl IntoView {
    let (glyph, class, word) = match source.state {
        SourceState::Up => (Glyph::Ok, "c-ok", "answers"),
        SourceState::Connecting => (Glyph::Sync, "c-quiet", "connecting"),
        SourceState::Down => (Glyph::Offline, "c-error", "does not answer"),
    };
    let now = use_live().now();
    let since = source.since;
    let lasts = move || format::age(time::seconds_between(since, now.get()));
    let last = match source.last_event_at {
        Some(at) => view! { <Moment at style=Style::Seconds/> }.into_any(),
        None => view! { <span class="quiet">"none yet"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="full">
                <span class="strong">{source.name.to_string()}</span>
                {source.url.map(|url| view! { <span class="mono quiet beside">{url}</span> })}
            </th>
            <td data-l="State">
                <span class="st"><Icon glyph class/>{word}</span>
                <span class="soft beside">{lasts}</span>
                {source.error.map(|error| view! { <span class="cap">{error}</span> })}
            </td>
            <td data-l="Last event">{last}</td>
            <td data-l="Events" class="num">{format::count(source.events)}</td>
            <td data-l="Refused" class="num">{format::count(source.rejected)}</td>
            <td data-l="Lost" class="num">{format::count(source.lost_events)}</td>
            <td data-l="Not heard for" class="num">{format::age(source.gap_seconds)}</td>
            <td data-l="Cuts" class="num">{format::count(source.disconnects)}</td>
        </tr>
    }
    .into_any()
}
