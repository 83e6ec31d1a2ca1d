//! The table behind the map of a large fleet: a row a host. It follows the fleet while it is open, and is not there before.

use super::fleet::{Cell, Group, groups};
use super::map::mark;
use crate::components::csv::CsvFoot;
use crate::components::each::each;
use crate::components::icon::{Glyph, Icon};
use crate::escape::escape;
use forewatch::worker::FleetGpu;
use forewatch::{Unit, format};
use leptos::prelude::*;
use leptos::web_sys::Element;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows at most: more are in the list of workers, which has a search.
const ROWS: usize = 1_000;

/// A host, in words.
#[derive(Debug, Clone, PartialEq, Default)]
struct Row {
    id: String,
    name: String,
    group: String,
    gpus: usize,
    load: String,
    marks: String,
}

/// The table, behind a line that opens it.
#[component]
pub(super) fn HostTable(fleet: Signal<Arc<Vec<FleetGpu>>>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let toggled = move |event| is_open.set(event_target::<Element>(&event).has_attribute("open"));
    view! {
        <details class="fold data" on:toggle=toggled>
            <summary><Icon glyph=Glyph::Next class="chev"/>"These hosts as a table"</summary>
            {move || is_open.get().then(|| view! { <Hosts fleet/> })}
        </details>
    }
    .into_any()
}

#[component]
fn Hosts(fleet: Signal<Arc<Vec<FleetGpu>>>) -> impl IntoView {
    let rows = Memo::new(move |_| rows(&fleet.read()));
    let names = Memo::new(move |_| rows.read().iter().take(ROWS).map(|row| row.id.clone()).collect::<Vec<_>>());
    let count = Memo::new(move |_| rows.read().len());
    let more = move || {
        (count.get() > ROWS).then(|| {
            view! {
                <p class="cap panel-b">
                    "The first " {format::count(ROWS as u64)} " of " {format::count(count.get() as u64)} ". "
                    <a class="link" href="/workers">"The list of workers"</a>" has them all."
                </p>
            }
        })
    };
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
                <tbody>
                    // A row that comes to stand elsewhere is another one: so each knows where its words are.
                    {each(
                        move || names.get().into_iter().enumerate().collect(),
                        |(place, id)| place.to_string() + " " + id,
                        move |(place, id)| view! { <HostRow place id rows/> }.into_any(),
                    )}
                </tbody>
            </table>
        </div>
        {more}
        <CsvFoot file="/gpus.csv" what="GPUs"/>
    }
    .into_any()
}

#[component]
fn HostRow(place: usize, id: String, rows: Memo<Vec<Row>>) -> impl IntoView {
    let row = Memo::new(move |_| rows.read().get(place).cloned().unwrap_or_default());
    let address = String::from("/workers/") + &escape(&id);
    view! {
        <tr>
            <th scope="row"><a href=address>{move || row.read().name.clone()}</a></th>
            <td>{move || row.read().group.clone()}</td>
            <td class="num">{move || row.read().gpus}</td>
            <td class="num">{move || row.read().load.clone()}</td>
            <td>{move || row.read().marks.clone()}</td>
        </tr>
    }
    .into_any()
}

/// A row a host, group by group.
fn rows(fleet: &[FleetGpu]) -> Vec<Row> {
    let mut marked: HashMap<&str, Vec<&FleetGpu>> = HashMap::new();
    for gpu in fleet.iter().filter(|gpu| Cell::of(gpu).is_marked()) {
        marked.entry(&gpu.worker_id).or_default().push(gpu);
    }
    let of_group = |group: &Group| {
        let name = group.name.strip_prefix("site:").unwrap_or(&group.name).to_owned();
        let row = |host: &super::fleet::Host| Row {
            id: host.id.clone(),
            name: host.name.clone(),
            group: name.clone(),
            gpus: host.cells.len(),
            load: format::optional(Unit::Ratio, host.mean),
            marks: marks(marked.get(host.id.as_str()).map_or(&[], Vec::as_slice)),
        };
        group.hosts.iter().map(row).collect::<Vec<_>>()
    };
    groups(fleet).iter().flat_map(of_group).collect()
}

/// "GPU 3 hot, GPU 5 throttled".
fn marks(marked: &[&FleetGpu]) -> String {
    let told = marked.iter().filter_map(|gpu| Some(format!("GPU {} {}", gpu.index, mark(gpu.mark)?)));
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::fleet;
    use super::*;
    use forewatch::Ratio;
    use forewatch::worker::GpuMark;

    #[test]
    fn a_row_has_the_mean_of_its_host_and_names_what_is_wrong() {
        let mut fleet = fleet(&[("ams", 1), ("fra", 2)]);
        let host = |gpu: &FleetGpu| gpu.worker_name == "fra-0001";
        for (gpu, load) in fleet.iter_mut().filter(|gpu| host(gpu)).zip([0.4, 0.8]) {
            gpu.utilization = Ratio::clamped(load);
        }
        let mut own = fleet.iter_mut().filter(|gpu| host(gpu)).skip(3);
        own.next().expect("its fourth").mark = GpuMark::Hot;
        own.nth(1).expect("its sixth").mark = GpuMark::Fault;
        let rows = rows(&fleet);
        assert_eq!(rows.iter().map(|row| &*row.name).collect::<Vec<_>>(), ["fra-0000", "fra-0001", "ams-0000"]);
        let told = Row {
            id: "fra-0001".to_owned(),
            name: "fra-0001".to_owned(),
            group: "fra".to_owned(),
            gpus: 8,
            load: format::ratio(0.6),
            marks: "GPU 3 hot, GPU 5 fault".to_owned(),
        };
        assert_eq!(rows[1], told);
        assert_eq!((rows[0].load.as_str(), rows[0].marks.as_str()), (format::UNKNOWN, ""), "unknown is not zero");
    }
}
