//! The way to a whole table as a file, quietly at the foot of its panel.

use leptos::prelude::*;

/// The foot.
#[component]
pub fn CsvFoot(
    /// The file's address.
    #[prop(into)]
    file: String,
    /// What is in it, for those who hear the page: "Rules".
    what: &'static str,
) -> impl IntoView {
    let label = [what, " as CSV"].concat();
    view! {
        <div class="panel-h foot-row">
            <div class="right"><a class="btn bare" href=file download="" rel="external" aria-label=label>"CSV"</a></div>
        </div>
    }
    .into_any()
}
