//! The past as strips on one time axis, the last hour first, with what happened meanwhile.

use crate::charts::{Line, Mark, Source, Strip, StripChart, Tone};
use forewatch::{Alert, SystemMetrics, format};
use leptos::prelude::*;

/// Alerts that are marked at most; the newest.
const MARKS: usize = 6;

/// The strips.
#[component]
pub(in crate::pages) fn Past(
    system: Signal<SystemMetrics>,
    alerts: Memo<Vec<Alert>>,
    error_rate_limit: f64,
) -> impl IntoView {
    let strips = vec![
        Strip::new(
            "Throughput",
            "tasks completed, an hour",
            vec![Line::new("", "system.throughput", Tone::BLUE).with_yesterday()],
        ),
        Strip::new(
            "Queue depth",
            "tasks waiting by class",
            vec![
                Line::new("gpu", "system.gpu_queue_size", Tone::BLUE),
                Line::new("cpu", "system.cpu_queue_size", Tone::GREEN),
                Line::new("fallback", "system.fallback_queue_size", Tone::PURPLE),
            ],
        ),
        Strip::new(
            "Utilisation",
            "mean over the fleet",
            vec![
                Line::new("GPU", "system.gpu_usage", Tone::BLUE),
                Line::new("memory", "system.memory_usage", Tone::OCHRE),
                Line::new("CPU", "system.cpu_usage", Tone::GREEN),
            ],
        ),
        Strip::new(
            "Error rate",
            "of tasks that ended",
            vec![Line::new("", "system.error_rate", Tone::BLUE).with_yesterday()],
        )
        .with_limit(error_rate_limit, String::from("alerts at ") + &format::ratio(error_rate_limit)),
    ];
    let marks = Signal::derive(move || marks(&alerts.read()));
    view! { <StripChart strips source=Source::System(system) marks/> }.into_any()
}

/// The newest alerts that were raised, as marks.
fn marks(alerts: &[Alert]) -> Vec<Mark> {
    let mut raised: Vec<&Alert> = alerts.iter().filter(|a| a.state != forewatch::AlertState::Pending).collect();
    raised.sort_by_key(|a| std::cmp::Reverse(a.timestamp));
    raised.into_iter().take(MARKS).map(Mark::of_alert).collect()
}
