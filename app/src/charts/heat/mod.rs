//! The heat map: a cell a GPU, its colour its load, its faults marked. A column a host; on a phone a
//! row a host. The server draws it as links with classes; in the browser only changed hosts are redrawn.
//!
//! A fleet of more devices than the first page carries has a canvas instead ([`map`], which [`plan`] and [`grid`] lay out): it comes
//! with its own part of the dashboard's code.

pub mod fleet;
pub mod grid;
#[cfg(feature = "hydrate")]
mod hands;
mod hosts;
pub mod map;
#[cfg(feature = "hydrate")]
mod paint;
pub mod plan;

use crate::components::each::each;
use crate::components::icon::{Glyph, Icon};
use crate::escape::escape;
use crate::pages::parts::FLEET_MAP;
use crate::server_fns::FIRST_FLEET;
use fleet::{Cell, GPU_LOAD, Group, Host, groups, mean};
use forewatch::format;
use forewatch::worker::FleetGpu;
use leptos::prelude::*;
use std::sync::Arc;

/// The fleet, as the part with the map of a large one takes it.
#[derive(Clone, Copy)]
pub struct Fleet(pub Signal<Arc<Vec<FleetGpu>>>);

/// The heat map, in a panel; nothing when there is no GPU.
#[component]
pub fn HeatMap(
    /// Every GPU.
    #[prop(into)]
    fleet: Signal<Arc<Vec<FleetGpu>>>,
) -> impl IntoView {
    provide_context(Fleet(fleet));
    let is_large = Memo::new(move |_| fleet.read().len() > FIRST_FLEET);
    let map = move || match is_large.get() {
        true => FLEET_MAP.show(),
        false => view! { <Cells fleet/> }.into_any(),
    };
    view! { {move || map()} }
}

/// "320 devices, mean 66 %, 3 marked".
pub(crate) fn sentence(fleet: &[FleetGpu]) -> String {
    let marked = fleet.iter().filter(|gpu| Cell::of(gpu).is_marked()).count();
    let devices = match fleet.len() {
        1 => "1 device".to_owned(),
        many => format!("{} devices", format::count(many as u64)),
    };
    format!("{devices}, mean {}, {marked} marked", format::optional(forewatch::Unit::Ratio, mean(fleet.iter())))
}

/// A map of cells that are elements.
#[component]
fn Cells(fleet: Signal<Arc<Vec<FleetGpu>>>) -> impl IntoView {
    let sites = Memo::new(move |_| groups(&fleet.read()));
    let names = Memo::new(move |_| sites.read().iter().map(|g| g.name.clone()).collect::<Vec<_>>());
    let class = move || match sites.read().iter().flat_map(|g| &g.hosts).count() {
        0..=80 => "panel-b heat",
        _ => "panel-b heat dense",
    };
    view! {
        <Show when=move || !names.read().is_empty()>
            <section class="panel" aria-labelledby=GPU_LOAD>
                <div class="panel-h">
                    <h2 id=GPU_LOAD>"GPU load"</h2>
                    <span class="soft">{move || sentence(&fleet.read())}</span>
                    <div class="right"><Legend/></div>
                </div>
                <div class=class>
                    {each(move || names.get(), Clone::clone, move |name| {
                        let site = Memo::new(move |_| sites.read().iter().find(|g| g.name == name).cloned());
                        view! { <Site site/> }.into_any()
                    })}
                </div>
            </section>
        </Show>
    }
}

/// The table behind the map; as text, for the browser's code.
const FILE: &str = r#"<a class="btn bare" href="/gpus.csv" download rel="external" aria-label="GPUs as CSV">CSV</a>"#;

/// What the marks and colours mean.
#[component]
fn Legend() -> impl IntoView {
    let key = |cell: Cell, name: &'static str| view! { <span class="key">{draw(cell)}{name}</span> };
    let step = |step| view! { <i class=Cell::Load(step).class().trim_start_matches("cell ")></i> };
    view! {
        {key(Cell::Fault, "fault")}
        {key(Cell::Hot, "hot")}
        {key(Cell::Throttled, "throttled")}
        {key(Cell::Maintenance, "maintenance")}
        {key(Cell::Nothing, "no reading")}
        <span class="ramp">
            "0 %"
            <span class="steps" role="img" aria-label="Load from 0 to 100 percent in ten steps">
                {(0..10).map(step).collect_view()}
            </span>
            "100 %"
        </span>
        <span inner_html=FILE></span>
    }
}

/// A group of hosts.
#[component]
fn Site(site: Memo<Option<Group>>) -> impl IntoView {
    let hosts = Memo::new(move |_| {
        site.read().as_ref().map(|g| g.hosts.iter().map(|h| h.id.clone()).collect::<Vec<_>>()).unwrap_or_default()
    });
    let count = move || {
        let count = hosts.read().len();
        let load = format::optional(forewatch::Unit::Ratio, site.read().as_ref().and_then(|g| g.mean));
        format!("{} {}, {load}", format::count(count as u64), if count == 1 { "host" } else { "hosts" })
    };
    let name = move || {
        let name = site.read().as_ref().map(|g| g.name.clone()).unwrap_or_default();
        name.strip_prefix("site:").map_or(name.clone(), str::to_owned)
    };
    view! {
        <div class="site">
            <h3><span>{name}</span><span class="quiet">{count}</span></h3>
            <div class="hosts">
                {each(move || hosts.get(), Clone::clone, move |id| {
                    let host = Memo::new(move |_| site.read().as_ref().and_then(|g| g.hosts.iter().find(|h| h.id == id).cloned()));
                    view! { <HostColumn host/> }.into_any()
                })}
            </div>
        </div>
    }
}

/// One host with its devices; drawn again only when one of them changed.
#[component]
fn HostColumn(host: Memo<Option<Host>>) -> impl IntoView {
    move || {
        host.get().map(|host| {
            let load = format::optional(forewatch::Unit::Ratio, host.mean);
            let said = format!("{}: {} GPUs, mean load {load}", host.name, host.cells.len());
            let marked = host.cells.iter().any(|cell| cell.is_marked());
            let mean = host.mean.map_or_else(|| format::UNKNOWN.to_owned(), |mean| format!("{:.0}", mean * 100.0));
            let address = format!("/workers/{}", escape(&host.id));
            view! {
                <a class=if marked { "host bad" } else { "host" } href=address title=said.clone()>
                    <span class="vh">{said.clone()}</span>
                    <span class="k" aria-hidden="true">{host.short}</span>
                    <span class="col">{host.cells.into_iter().map(draw).collect_view()}</span>
                    <span class="m" aria-hidden="true">{mean}</span>
                </a>
            }
        })
    }
}

/// One cell.
fn draw(cell: Cell) -> impl IntoView {
    let mark = match cell {
        Cell::Fault => Some(Glyph::Critical),
        Cell::Hot => Some(Glyph::Error),
        Cell::Throttled => Some(Glyph::Fall),
        Cell::Load(_) | Cell::Maintenance | Cell::Nothing => None,
    };
    view! {
        <span class=cell.class()>{mark.map(|glyph| view! { <Icon glyph/> })}</span>
    }
}
