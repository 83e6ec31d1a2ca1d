//! A panel a GPU: load, memory, temperature, power, clocks, why it is held down, who uses it; and behind a line of its own
//! whatever else it tells.

mod more;
mod processes;

use crate::charts::Sparkline;
use crate::components::each::each;
use crate::components::icon::{Glyph, Icon};
use crate::components::later::Later;
use crate::components::meter::Bar;
use forewatch::series::Point;
use forewatch::{GpuMetrics, WorkerMetrics, format};
use leptos::prelude::*;
use more::more;
use processes::Processes;
use std::collections::HashMap;

/// The panels.
#[component]
pub(super) fn GpuPanels(
    worker: Signal<WorkerMetrics>,
    is_offline: Memo<bool>,
    loads: Vec<(u32, Vec<Point>)>,
) -> impl IntoView {
    let loads: StoredValue<HashMap<u32, Vec<Point>>> = StoredValue::new(loads.into_iter().collect());
    let devices = Memo::new(move |_| worker.read().gpus.iter().map(|g| g.index).collect::<Vec<_>>());
    let panels = move || {
        view! {
            <section aria-labelledby="worker-gpus" class="stack tight" class:is-stale=is_offline>
                <h2 id="worker-gpus">"GPUs "<span class="sub">{move || sentence(&worker.read())}</span></h2>
                <div class="gpus">
                    {each(move || devices.get(), u32::to_string, move |index| {
                        let device = Memo::new(move |_| worker.read().gpus.iter().find(|g| g.index == index).cloned());
                        let past = loads.with_value(|l| l.get(&index).cloned()).unwrap_or_default();
                        view! { <GpuPanel device is_offline past/> }.into_any()
                    })}
                </div>
            </section>
        }
    };
    view! { <Show when=move || !devices.read().is_empty()>{panels()}</Show> }
}

/// "8 × NVIDIA L40S, mean load 71 %, 2.02 kW".
fn sentence(worker: &WorkerMetrics) -> String {
    let count = worker.gpus.len();
    let first = worker.gpus.first().and_then(|g| g.name.clone());
    let same = worker.gpus.iter().all(|g| g.name == first);
    let mut text = match first.filter(|_| same) {
        Some(name) => format!("{count} × {name}"),
        None => format!("{count} devices"),
    };
    if let Some(load) = worker.gpu_usage {
        text.push_str(&format!(", mean load {}", format::ratio(load.get())));
    }
    let watts: Vec<f64> = worker.gpus.iter().filter_map(|g| g.power_draw_watts).collect();
    if !watts.is_empty() {
        text.push_str(&format!(", {}", format::watts(watts.iter().sum())));
    }
    text
}

/// One device.
#[component]
fn GpuPanel(device: Memo<Option<GpuMetrics>>, is_offline: Memo<bool>, past: Vec<Point>) -> impl IntoView {
    let read = move |what: fn(&GpuMetrics) -> String| move || device.read().as_ref().map(what);
    let wrong = Memo::new(move |_| device.read().as_ref().and_then(Wrong::of));
    let load = Signal::derive(move || device.read().as_ref()?.utilization.map(forewatch::Ratio::get));
    let colour = move || match wrong.get() {
        Some(Wrong::Fault(_)) => "k-critical",
        Some(_) => "k-error",
        None => "k6",
    };
    let head = move || match wrong.get() {
        Some(wrong) => {
            let (glyph, class) = wrong.mark();
            view! { <Icon glyph class/> }.into_any()
        }
        None => ().into_any(),
    };
    let hot = move || if matches!(wrong.get(), Some(Wrong::Hot | Wrong::Throttled)) { "c-error strong" } else { "" };
    let memory = move || {
        device
            .read()
            .as_ref()
            .and_then(GpuMetrics::memory_usage)
            .map(|value| view! { <span class="m"><Bar value/></span> })
    };
    view! {
        <article class=move || if matches!(wrong.get(), Some(Wrong::Fault(_))) { "panel gpu hot" } else { "panel gpu" }><Later>
            <div class="gpu-h">
                {head}
                <h3>{read(|g| format!("GPU {}", g.index))}</h3>
                <span class=move || format!("right {}", wrong.get().map_or("quiet", |w| w.mark().1))>
                    {move || match wrong.get() {
                        Some(wrong) => wrong.word(),
                        None if is_offline.get() => "last known".to_owned(),
                        None => "ok".to_owned(),
                    }}
                </span>
            </div>
            <div class="gpu-f">
                <b>{read(|g| number(g.utilization.map(forewatch::Ratio::get)))}</b>
                <span class=move || format!("gpu-spark {}", colour())><Sparkline points=past live=load/></span>
            </div>
            <div class="vram"><span class="quiet">"VRAM"</span><span>{read(memory_text)}</span>{memory}</div>
            <dl class="kv">
                <dt>"Temperature"</dt><dd class=hot>{read(temperature)}</dd>
                <dt>"Power"</dt><dd>{read(|g| of(g.power_draw_watts.map(format::watts), g.power_limit_watts.map(format::watts)))}</dd>
                <dt>"SM clock"</dt><dd>{read(|g| g.sm_clock_hz.map_or_else(dash, format::hertz))}</dd>
                <dt>"Memory clock"</dt><dd>{read(|g| g.memory_clock_hz.map_or_else(dash, format::hertz))}</dd>
                <dt>"Throttled by"</dt><dd>{read(throttled_by)}</dd>
            </dl>
            <MoreReadings device/>
            <Processes device/>
        </Later></article>
    }
    .into_any()
}

/// What is wrong with a device, worst first.
#[derive(Debug, Clone, PartialEq)]
enum Wrong {
    Fault(String),
    Hot,
    Throttled,
}

impl Wrong {
    fn of(gpu: &GpuMetrics) -> Option<Self> {
        if gpu.is_faulty() {
            let word = match gpu.xid_last {
                Some(xid) if forewatch::gpu::xid_needs_action(xid.code) => format!("XID {}", xid.code),
                _ => "Memory fault".to_owned(),
            };
            Some(Self::Fault(word))
        } else if gpu.is_hot() {
            Some(Self::Hot)
        } else {
            gpu.is_throttled().then_some(Self::Throttled)
        }
    }

    fn mark(&self) -> (Glyph, &'static str) {
        match self {
            Self::Fault(_) => (Glyph::Critical, "c-critical"),
            Self::Hot | Self::Throttled => (Glyph::Error, "c-error"),
        }
    }

    fn word(&self) -> String {
        match self {
            Self::Fault(word) => word.clone(),
            Self::Hot => "Hot".to_owned(),
            Self::Throttled => "Throttled".to_owned(),
        }
    }
}

fn dash() -> String {
    format::UNKNOWN.to_owned()
}

fn number(load: Option<f64>) -> String {
    load.map_or_else(dash, format::ratio)
}

/// "318 W of 350 W", as far as it is known.
fn of(value: Option<String>, limit: Option<String>) -> String {
    match (value, limit) {
        (None, _) => dash(),
        (Some(value), None) => value,
        (Some(value), Some(limit)) => format!("{value} of {limit}"),
    }
}

fn memory_text(gpu: &GpuMetrics) -> String {
    let size = |bytes: u64| format::bytes(bytes as f64);
    of(gpu.memory_used_bytes.map(size), gpu.memory_total_bytes.map(size))
}

fn temperature(gpu: &GpuMetrics) -> String {
    of(gpu.temperature_celsius.map(format::celsius), gpu.slowdown_temperature_celsius.map(format::celsius))
}

/// The reasons that hold the clocks down, readable.
fn throttled_by(gpu: &GpuMetrics) -> String {
    match &gpu.throttle_reasons {
        None => dash(),
        Some(reasons) => {
            let told: Vec<String> = reasons
                .iter()
                .filter(|r| !matches!(r.as_str(), "gpu_idle" | "none"))
                .map(|r| r.trim_end_matches("_slowdown").replace('_', " "))
                .collect();
            if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
        }
    }
}

/// What else it tells, behind a line that opens it; nothing where it tells nothing else.
#[component]
fn MoreReadings(device: Memo<Option<GpuMetrics>>) -> impl IntoView {
    let facts = Memo::new(move |_| device.read().as_ref().map(more).unwrap_or_default());
    let is_any = Memo::new(move |_| !facts.read().is_empty());
    let list = move || {
        let fact = |(name, text)| view! { <dt>{name}</dt><dd>{text}</dd> };
        facts.get().into_iter().map(fact).collect_view()
    };
    let opened = move || view! { <Opened name="More readings"><dl class="kv">{list}</dl></Opened> };
    move || is_any.get().then(opened)
}

/// A line that opens what is behind it, and stays open while that changes.
#[component]
fn Opened(#[prop(into)] name: Signal<String>, children: Children) -> impl IntoView {
    view! {
        <details class="fold gpu-more">
            <summary><Icon glyph=Glyph::Next class="chev"/>{move || name.get()}</summary>
            {children()}
        </details>
    }
    .into_any()
}
