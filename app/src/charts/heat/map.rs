//! The heat map of a large fleet: cells on a canvas, of which only those that changed are drawn. What is pointed at, by a
//! pointer or by the keyboard, is named beside it, and leads to its worker; a table has the same for those who cannot see it.
//! A part of its own, which only a large fleet loads.

use super::fleet::GPU_LOAD;
use super::hosts::HostTable;
use super::plan::Spot;
use super::{Fleet, sentence};
use crate::escape::escape;
use forewatch::worker::{FleetGpu, GpuMark};
use forewatch::{Unit, format};
use leptos::html::{A, Div, P};
use leptos::prelude::*;

/// What is pointed at, and the places that show it.
#[derive(Clone, Copy)]
pub(super) struct Pointed {
    /// The canvas's place.
    pub(super) place: NodeRef<Div>,
    /// The frame around the host, which is the link to its worker.
    pub(super) frame: NodeRef<A>,
    /// The words.
    pub(super) words: NodeRef<P>,
    /// The device, and its place in the fleet's list.
    pub(super) spot: RwSignal<Option<(Spot, usize)>>,
    /// What is said to those who cannot see it.
    pub(super) spoken: RwSignal<String>,
}

/// The map with its heading, of the fleet that is provided.
#[component]
pub fn FleetMapPart() -> impl IntoView {
    let Some(Fleet(fleet)) = use_context() else { return ().into_any() };
    let pointed = Pointed {
        place: NodeRef::new(),
        frame: NodeRef::new(),
        words: NodeRef::new(),
        spot: RwSignal::new(None),
        spoken: RwSignal::new(String::new()),
    };
    #[cfg(feature = "hydrate")]
    super::hands::take_over(fleet, pointed);
    let device = move |read: fn(&FleetGpu) -> String| {
        let at = pointed.spot.get()?.1;
        fleet.read().get(at).map(read)
    };
    let hidden = move || pointed.spot.read().is_none();
    view! {
        <section class="panel" aria-labelledby=GPU_LOAD>
            <div class="panel-h">
                <h2 id=GPU_LOAD>"GPU load"</h2>
                <span class="soft">{move || sentence(&fleet.read())}</span>
                <div class="right"><Legend/></div>
            </div>
            <div class="panel-b">
                <div
                    class="fleet-map"
                    node_ref=pointed.place
                    tabindex="0"
                    role="group"
                    aria-label="GPUs by host: arrow keys go from one to the next, Enter opens its worker, Escape lets go"
                >
                    <canvas aria-hidden="true"></canvas>
                    <a class="fleet-host" node_ref=pointed.frame tabindex="-1" aria-hidden="true" href=move || device(address) hidden=hidden></a>
                    <p class="fleet-words" node_ref=pointed.words aria-hidden="true" hidden=hidden>{move || device(words)}</p>
                </div>
                <div class="vh" role="status" aria-live="polite">{pointed.spoken}</div>
            </div>
            <HostTable fleet/>
        </section>
    }
    .into_any()
}

/// The page of a device's worker.
fn address(gpu: &FleetGpu) -> String {
    String::from("/workers/") + &escape(&gpu.worker_id)
}

/// "gpu-07.fra, GPU 3: 87 %, memory 40 %, 61 °C, hot".
pub(super) fn words(gpu: &FleetGpu) -> String {
    let load = format::optional(Unit::Ratio, gpu.utilization.map(forewatch::Ratio::get));
    let mut text = format!("{}, GPU {}: {load}", gpu.worker_name, gpu.index);
    if let Some(memory) = gpu.memory_usage {
        text.push_str(", memory ");
        text.push_str(&format::ratio(memory.get()));
    }
    if let Some(celsius) = gpu.temperature_celsius {
        text.push_str(", ");
        text.push_str(&format::value(Unit::Celsius, celsius));
    }
    if let Some(mark) = mark(gpu.mark) {
        text.push_str(", ");
        text.push_str(mark);
    }
    text
}

/// What is wrong with a device, in a word or two.
pub(super) fn mark(mark: GpuMark) -> Option<&'static str> {
    match mark {
        GpuMark::Fault => Some("fault"),
        GpuMark::Hot => Some("hot"),
        GpuMark::Throttled => Some("throttled"),
        GpuMark::Offline => Some("its worker is silent"),
        GpuMark::Maintenance => Some("maintenance"),
        GpuMark::Ok => None,
    }
}

/// What the shapes and colours mean.
#[component]
fn Legend() -> impl IntoView {
    let key = |class: &'static str, path: &'static str, name: &'static str| {
        view! {
            <span class="key">
                <svg class=class viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect width="12" height="12"></rect><path d=path></path></svg>
                {name}
            </span>
        }
    };
    let step = |step: u8| view! { <i class=format!("l{step}")></i> };
    view! {
        {key("fleet-key critical", "M3 3L9 9M3 9L9 3", "fault")}
        {key("fleet-key error", "M4 6H8M4 5H8M4 7H8", "hot")}
        {key("fleet-key error", "M2 6H10", "throttled")}
        {key("fleet-key open", "M1 11L11 1", "maintenance")}
        {key("fleet-key open", "", "no reading")}
        <span class="ramp">
            "0 %"
            <span class="steps" role="img" aria-label="Load from 0 to 100 percent in ten steps">
                {(0..10).map(step).collect_view()}
            </span>
            "100 %"
        </span>
    }
    .into_any()
}
