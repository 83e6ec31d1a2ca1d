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
    let is_known = Memo::new(move |_| value.read().is_some());
    // Of the unknown nothing of this is shown.
    let share = Signal::derive(move || value.get().unwrap_or_default());
    let class = move || if share.get().get() >= warn { "m warn" } else { "m" };
    move || {
        if is_known.get() {
            view! {
                <span class=class>
                    <Bar value=share/>
                    <span class="v">{move || format::ratio(share.get().get())}</span>
                </span>
            }
            .into_any()
        } else {
            view! { <span class="quiet">{unknown}</span> }.into_any()
        }
    }
}

/// The bar alone.
#[component]
pub fn Bar(
    /// The share.
    #[prop(into)]
    value: Signal<Ratio>,
) -> impl IntoView {
    let width = move || format!("{:.1}%", value.get().get() * 100.0);
    view! {
        <svg class="tr" aria-hidden="true">
            <rect width=width height="100%" rx="3"></rect>
        </svg>
    }
}
