//! The table behind the map of a large fleet: a row a host. It is written when it is opened, as the fleet is then.

use super::fleet::{Group, groups};
use super::map::mark;
use crate::components::icon::{Glyph, Icon};
use forewatch::worker::FleetGpu;
use forewatch::{Unit, format};
use leptos::prelude::*;
use leptos_router::location::Url;
use std::sync::Arc;

/// Rows at most: more are in the list of workers, which has a search.
const ROWS: usize = 1_000;

/// The table, behind a line that opens it.
#[component]
pub(super) fn HostTable(fleet: Signal<Arc<Vec<FleetGpu>>>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let table = move || is_open.get().then(|| table(&fleet.read_untracked()));
    view! {
        <details class="fold data" on:toggle=move |_| is_open.update(|is_open| *is_open = !*is_open)>
            <summary><Icon glyph=Glyph::Next class="chev"/>"These hosts as a table"</summary>
            {table}
        </details>
    }
    .into_any()
}

fn table(fleet: &[FleetGpu]) -> AnyView {
    let groups = groups(fleet);
    let count: usize = groups.iter().map(|group| group.hosts.len()).sum();
    let rows: Vec<_> = groups.iter().flat_map(|group| rows(group, fleet)).take(ROWS).collect();
    let more = (count > ROWS).then(|| {
        view! {
            <p class="cap panel-b">
                "The first " {format::count(ROWS as u64)} " of " {format::count(count as u64)} ". "
                <a class="link" href="/workers">"The list of workers"</a>" has them all."
            </p>
        }
    });
    view! {
        <div class="scroll fleet-table" tabindex="0" role="region" aria-label="Hosts and their GPUs">
            <table class="tbl">
                <thead><tr>
                    <th scope="col">"Host"</th>
                    <th scope="col">"Group"</th>
                    <th scope="col" class="num">"GPUs"</th>
                    <th scope="col" class="num">"Mean load"</th>
                    <th scope="col">"Marks"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
    }
    .into_any()
}

fn rows(group: &Group, fleet: &[FleetGpu]) -> Vec<AnyView> {
    let name = group.name.strip_prefix("site:").unwrap_or(&group.name).to_owned();
    let row = |host: &super::fleet::Host| {
        let address = String::from("/workers/") + &Url::escape(&host.id);
        let marks = if host.cells.iter().any(|cell| cell.is_marked()) { marks(&host.id, fleet) } else { String::new() };
        view! {
            <tr>
                <th scope="row"><a href=address>{host.name.clone()}</a></th>
                <td>{name.clone()}</td>
                <td class="num">{host.cells.len()}</td>
                <td class="num">{format::optional(Unit::Ratio, host.mean)}</td>
                <td>{marks}</td>
            </tr>
        }
        .into_any()
    };
    group.hosts.iter().map(row).collect()
}

/// "GPU 3 hot, GPU 5 throttled".
fn marks(host: &str, fleet: &[FleetGpu]) -> String {
    let own = fleet.iter().filter(|gpu| gpu.worker_id.as_str() == host && super::fleet::Cell::of(gpu).is_marked());
    let told = own.filter_map(|gpu| Some(format!("GPU {} {}", gpu.index, mark(gpu.mark)?)));
    told.collect::<Vec<_>>().join(", ")
}
