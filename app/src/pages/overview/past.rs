//! The past as strips on one time axis, the last hour first, with what happened meanwhile.

use crate::charts::{Happenings, Line, Source, Strip, StripChart, Tone};
use crate::trends::About;
use forewatch::{Alert, SystemMetrics, format};
use leptos::prelude::*;

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
            "what no worker has taken, by class",
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
    let happenings = Happenings { about: About::Everything, alerts };
    view! { <StripChart strips source=Source::System(system) happenings/> }.into_any()
}
