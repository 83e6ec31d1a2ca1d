//! Ways to other tools of the team's.

use crate::backend::Link;
use leptos::prelude::*;

/// A button a link; nothing where the configuration has none.
#[component]
pub fn Links(
    /// Where they lead.
    links: Vec<Link>,
) -> impl IntoView {
    let link = |Link { title, url }| {
        view! {
            <a class="btn" href=url target="_blank" rel="noreferrer">
                {title}<span aria-hidden="true">" ↗"</span><span class="vh">" (new tab)"</span>
            </a>
        }
    };
    (!links.is_empty())
        .then(|| view! { <div class="acts">{links.into_iter().map(link).collect_view()}</div> })
        .into_any()
}
