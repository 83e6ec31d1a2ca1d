//! A share as a bar with its number. Unknown is a dash and no bar, never 0.

use forewatch::{Ratio, format};
use leptos::prelude::*;

/// A share.
#[component]
pub fn Meter(
    /// The share; unknown when absent.
    #[prop(into)]
    value: Signal<Option<Ratio>>,
    /// From here on it is drawn as a warning.
    #[prop(default = 0.9)]
    warn: f64,
    /// What stands where there is no number.
    #[prop(into, default = Signal::stored(format::UNKNOWN))]
    unknown: Signal<&'static str>,
) -> impl IntoView {
    move || match value.get() {
        Some(ratio) => {
            let class = if ratio.get() >= warn { "m warn" } else { "m" };
            view! {
                <span class=class>
                    <Bar value=ratio/>
                    <span class="v">{format::ratio(ratio.get())}</span>
                </span>
            }
            .into_any()
        }
        None => view! { <span class="quiet">{unknown.get()}</span> }.into_any(),
    }
}

/// The bar alone.
#[component]
pub fn Bar(
    /// The share.
    value: Ratio,
) -> impl IntoView {
    let width = format!("{:.1}%", value.get() * 100.0);
    view! {
        <svg class="tr" aria-hidden="true">
            <rect width=width height="100%" rx="3"></rect>
        </svg>
    }
}
