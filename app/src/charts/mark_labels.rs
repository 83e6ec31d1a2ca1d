//! What happened, in words above the strips: each where its line runs through them.

use super::strip::Mark;
use crate::components::each::each;
use crate::components::icon::Icon;
use leptos::prelude::*;

/// The names of the marks.
#[component]
pub(crate) fn MarkLabels(#[prop(into)] marks: Signal<Vec<Mark>>) -> impl IntoView {
    view! {
        <div class="strip marks">
            <div class="strip-cap cap">"Alerts and events"</div>
            <div class="plot"><div class="area">
                {each(
                    // The chart may be gone by now, with what it marks: on the wall an alert takes its place.
                    move || marks.try_get().unwrap_or_default(),
                    |mark| [&mark.at.to_bits().to_string(), " ", &mark.text, " ", &mark.weight.to_string()].concat(),
                    |mark| view! { <MarkLabel mark/> }.into_any(),
                )}
            </div></div>
        </div>
    }
    .into_any()
}

/// The name of something that happened.
#[component]
fn MarkLabel(mark: Mark) -> impl IntoView {
    let class = match mark.tone.class {
        "k-critical" => "c-critical",
        "k-error" => "c-error",
        "k-warning" => "c-warning",
        _ => "c-info",
    };
    let (at, weight) = (mark.at.to_string(), mark.weight.to_string());
    let title = mark.text.clone();
    let inner = view! { <Icon glyph=mark.glyph class/><span>{mark.text}</span> };
    match mark.link {
        Some(link) => {
            view! { <a class="mark" href=link data-at=at data-weight=weight title=title>{inner}</a> }.into_any()
        }
        None => view! { <span class="mark" data-at=at data-weight=weight title=title>{inner}</span> }.into_any(),
    }
}
