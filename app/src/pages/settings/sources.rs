//! Where events come from, how each source is, and what is known to be missing from it.

use super::panel::{Column, Panel, Table};
use crate::backend::Snapshot;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::live::use_live;
use forewatch::source::{SourceState, SourceStatus};
use forewatch::{format, time};
use leptos::prelude::*;

const COLUMNS: &[(Column, &str)] = &[
    (Column::Words, "Source"),
    (Column::Words, "State"),
    (Column::Words, "Last event"),
    (Column::Numbers, "Events"),
    (Column::Numbers, "Refused"),
    (Column::Numbers, "Lost"),
    (Column::Numbers, "Not heard for"),
    (Column::Numbers, "Cuts"),
];

/// The sources.
#[component]
pub(super) fn Sources(sources: Snapshot<Vec<SourceStatus>>) -> impl IntoView {
    let sources = use_live().sources(sources);
    let rows = move || sources.read().iter().cloned().map(|source| view! { <Row source/> }).collect_view();
    view! {
        <Panel id="settings-sources" title="Sources" about="where events come from" file="/sources.csv">
            <Table label="Source table" columns=COLUMNS rows=rows.into_any()/>
            {move || view! { <Closed names=closed(&sources.read())/> }}
        </Panel>
    }
    .into_any()
}

/// Celery applications on which nobody can act from here.
fn closed(sources: &[SourceStatus]) -> Vec<String> {
    let closed = sources.iter().filter(|source| source.name.is_celery() && !source.takes_commands);
    closed.map(|source| source.name.to_string()).collect()
}

/// How that is switched on.
#[component]
fn Closed(names: Vec<String>) -> impl IntoView {
    (!names.is_empty()).then(|| {
        view! {
            <p class="panel-b panel-foot soft">
                "Tasks, queues and workers of "<b>{names.join(", ")}</b>" cannot be acted on from their pages: "
                <span class="mono">"control = true"</span>" in its "<span class="mono">"[[celery]]"</span>" lets people do so."
            </p>
        }
    })
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
