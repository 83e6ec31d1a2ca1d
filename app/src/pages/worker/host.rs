//! What is known of a worker's host. What is not known is not listed.

use crate::components::moment::{Moment, Style};
use forewatch::{WorkerMetrics, format};
use leptos::prelude::*;

/// The facts.
#[component]
pub(super) fn HostFacts(worker: Signal<WorkerMetrics>, is_offline: Memo<bool>) -> impl IntoView {
    let facts = Memo::new(move |_| facts(&worker.read()));
    let tags = Memo::new(move |_| worker.read().tags.clone());
    view! {
        <section class="panel" class:is-stale=is_offline aria-labelledby="worker-host">
            <div class="panel-h"><h2 id="worker-host">{move || if is_offline.get() { "Host, as last known" } else { "Host" }}</h2></div>
            <div class="panel-b">
                <dl class="kv wide">
                    {move || (!tags.read().is_empty()).then(|| view! {
                        <dt>"Tags"</dt>
                        <dd>{tags.get().into_iter().map(|t| view! { <span class="tag">{t}</span> " " }).collect_view()}</dd>
                    })}
                    {move || facts.get().into_iter().map(|(name, text)| view! { <dt>{name}</dt><dd>{text}</dd> }).collect_view()}
                    <dt>"First seen"</dt><dd><Moment at=worker.read_untracked().first_seen style=Style::Clock/></dd>
                </dl>
            </div>
        </section>
    }
    .into_any()
}

fn facts(worker: &WorkerMetrics) -> Vec<(&'static str, String)> {
    let size = |bytes: u64| format::bytes(bytes as f64);
    let used = |used: Option<u64>, total: Option<u64>| match (used, total) {
        (Some(used), Some(total)) => Some(format!("{} of {}", size(used), size(total))),
        (used, total) => used.or(total).map(size),
    };
    let gigabytes = |gb: Option<f64>| gb.map(|gb| format::bytes(gb * 1e9));
    let cpu = match (worker.hardware.cpu_cores, worker.load_average) {
        (Some(cores), Some(load)) => Some(format!("{cores} cores, load {:.1}", load[0])),
        (Some(cores), None) => Some(format!("{cores} cores")),
        (None, Some(load)) => Some(format!("load {:.1}", load[0])),
        (None, None) => None,
    };
    let usage = |share: Option<forewatch::Ratio>| share.map(|s| format::ratio(s.get()));
    let network = match (worker.network_rx_bytes_per_second, worker.network_tx_bytes_per_second) {
        (None, None) => None,
        (rx, tx) => {
            let rate = |r: Option<f64>| r.map_or_else(|| format::UNKNOWN.to_owned(), format::bytes_per_second);
            Some(format!("in {}, out {}", rate(rx), rate(tx)))
        }
    };
    let skew = worker.clock_skew.filter(|skew| skew.abs() >= 0.001).map(|skew| {
        let word = if skew > 0.0 { "behind" } else { "ahead" };
        format!("{} {word}", format::duration(skew.abs()))
    });
    let list = |words: &[String]| (!words.is_empty()).then(|| words.join(", "));
    let rows = [
        ("Capability", Some(worker.capability.as_str().to_owned())),
        ("Serves", list(&worker.queues)),
        ("Takes", list(&worker.supported_content_types)),
        ("CPU", usage(worker.cpu_usage)),
        ("Cores", cpu),
        (
            "Memory",
            used(worker.memory_used_bytes, worker.memory_total_bytes)
                .or(usage(worker.memory_usage))
                .or(gigabytes(worker.hardware.memory_gb)),
        ),
        (
            "Disk",
            used(worker.disk_used_bytes, worker.disk_total_bytes)
                .or(usage(worker.disk_usage))
                .or(gigabytes(worker.hardware.disk_space_gb)),
        ),
        ("Network", network),
        ("Round trip", worker.network_latency.map(format::duration)),
        ("Driver", worker.gpus.iter().find_map(|g| g.driver_version.clone())),
        ("Host name", worker.hostname.clone()),
        ("Address", worker.location.ip_address.clone()),
        ("Source", Some(worker.source.to_string())),
        ("Version", worker.version.clone()),
        ("Clock", skew),
        ("Up", worker.uptime.map(format::age)),
    ];
    rows.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}
