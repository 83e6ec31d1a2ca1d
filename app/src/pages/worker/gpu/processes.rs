//! Who uses a device.

use super::Opened;
use crate::escape::escape;
use forewatch::gpu::GpuProcess;
use forewatch::{GpuMetrics, format};
use leptos::prelude::*;

/// Processes that a panel shows at most.
const PROCESSES: usize = 4;

/// Who uses the device: the first few, and the others behind a line that opens them.
#[component]
pub(super) fn Processes(device: Memo<Option<GpuMetrics>>) -> impl IntoView {
    let all = Memo::new(move |_| device.read().as_ref().and_then(|g| g.processes.clone()).unwrap_or_default());
    let others = Memo::new(move |_| all.read().len().saturating_sub(PROCESSES));
    let first = move || rows(all.read().iter().take(PROCESSES));
    let rest = move || rows(all.read().iter().skip(PROCESSES));
    let has_others = Memo::new(move |_| others.get() > 0);
    let name = Signal::derive(move || [&others.get().to_string(), " more"].concat());
    let opened = move || view! { <Opened name><ul class="procs">{rest}</ul></Opened> };
    view! {
        <ul class="procs">{first}</ul>
        {move || has_others.get().then(opened)}
    }
    .into_any()
}

fn rows<'a>(processes: impl Iterator<Item = &'a GpuProcess>) -> Vec<AnyView> {
    processes.map(row).collect()
}

fn row(process: &GpuProcess) -> AnyView {
    let name = process.name.clone().unwrap_or_else(|| "process".to_owned());
    let what = match &process.task_id {
        Some(task) => view! { <a class="link" href=format!("/tasks/{}", escape(task))>{name}</a> }.into_any(),
        None => view! { <span class="clip-1">{name}</span> }.into_any(),
    };
    let load = process.sm_utilization.map(|share| [", ", &format::ratio(share.get())].concat());
    let memory = process.memory_used_bytes.map(|bytes| format!(", {}", format::bytes(bytes as f64)));
    view! { <li>{what}<span class="soft">"pid "{process.pid}{load}{memory}</span></li> }.into_any()
}
