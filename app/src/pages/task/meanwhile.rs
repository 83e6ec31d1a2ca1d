//! What its worker did while the task ran: load of the devices and the host, from a little before to a little after.

use crate::backend::Snapshot;
use crate::charts::{ChartTime, Happenings, Line, Mark, PALETTE, Part, Source, Strip, StripChart, Tone};
use crate::components::icon::Glyph;
use crate::live::use_live;
use crate::trends::About;
use forewatch::time::unix_seconds;
use forewatch::{Alert, TaskMetrics, WorkerMetrics};
use leptos::prelude::*;

/// What is shown before its start and after its end: a share of how long it ran, within bounds. Seconds.
const AROUND: f64 = 0.2;
const AROUND_LEAST: f64 = 60.0;
const AROUND_MOST: f64 = 3_600.0;
/// Devices that have a line each; of more, the mean and its band.
const DEVICES: usize = 4;

/// The chart; nothing for a task that has not started, or whose worker is gone.
#[component]
pub(super) fn Meanwhile(
    task: Memo<TaskMetrics>,
    worker: Option<Snapshot<WorkerMetrics>>,
    alerts: Memo<Vec<Alert>>,
) -> impl IntoView {
    let shown = task.get_untracked();
    let (Some(worker), Some(started)) = (worker, shown.started_at.map(unix_seconds)) else { return ().into_any() };
    let live = use_live();
    let now = unix_seconds(live.now().get_untracked());
    let ended = move |task: &TaskMetrics| task.completed_at.map(unix_seconds);
    // How long it had run when the page came: what is shown before it does not move with every second.
    let around = ((ended(&shown).unwrap_or(now) - started) * AROUND).clamp(AROUND_LEAST, AROUND_MOST);
    let part = Memo::new(move |_| Part {
        from: started - around,
        to: ended(&task.read()).map(|end| (end + around).min(now.max(end))),
    });
    ChartTime::provide(Some(part.into()));
    let mark = |at, glyph, tone, text: &str| Mark {
        at,
        until: Some(at),
        glyph,
        tone,
        text: text.to_owned(),
        link: None,
        weight: Mark::OWN,
    };
    let marks = Signal::derive(move || {
        let end = ended(&task.read()).map(|end| mark(end, Glyph::Flat, Tone::GREY, "ended"));
        [mark(started, Glyph::Play, Tone::BLUE, "started")].into_iter().chain(end).collect::<Vec<_>>()
    });
    let strips = strips(&worker.data);
    let happenings = Happenings { about: about(&shown, &worker.data), alerts };
    let worker = live.worker(worker.data.worker_id.clone(), worker);
    view! { <StripChart title="Its worker meanwhile" strips source=Source::Worker(worker) marks happenings/> }
        .into_any()
}

/// Alerts about its worker and that worker's devices, its queue, its name, and itself.
fn about(task: &TaskMetrics, worker: &WorkerMetrics) -> About {
    let About::These(mut ids) = About::worker(&worker.worker_id) else { return About::default() };
    let queue = task.queue_id().map(|id| id.to_string());
    ids.extend([Some(task.task_id.to_string()), queue, task.name.clone()].into_iter().flatten());
    About::These(ids)
}

fn strips(worker: &WorkerMetrics) -> Vec<Strip> {
    let line = |name: &str, metric, tone| Line::new(name, metric, tone).of("worker", &worker.worker_id);
    let mut strips = Vec::new();
    if !worker.gpus.is_empty() {
        let load = if worker.gpus.len() <= DEVICES {
            let devices = worker.gpus.iter().zip(PALETTE);
            let of = |(gpu, tone): (&forewatch::GpuMetrics, _)| {
                line(&format!("GPU {}", gpu.index), "gpu.utilization", tone).of("gpu", gpu.index)
            };
            Strip::new("GPU load", "of each device", devices.map(of).collect())
        } else {
            let mean = line("mean", "worker.gpu_usage", Tone::BLUE).with_band("gpu.utilization");
            Strip::new("GPU load", "mean, band min to max", vec![mean])
        };
        let memory = line("VRAM", "worker.gpu_memory_usage", Tone::PURPLE);
        strips.extend([load, Strip::new("GPU memory", "of all devices", vec![memory])]);
    }
    let host = vec![line("memory", "worker.memory_usage", Tone::OCHRE), line("CPU", "worker.cpu_usage", Tone::GREEN)];
    strips.push(Strip::new("CPU and memory", "of the host", host));
    strips
}
