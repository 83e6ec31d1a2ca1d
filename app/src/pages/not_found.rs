//! There is no such page.

use crate::components::icon::{Glyph, Icon};
use crate::components::page_title::PageTitle;
use leptos::prelude::*;

/// There is no such page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    crate::session::tell_status(&crate::backend::BackendError::NotFound(String::new()));
    view! {
        <PageTitle name="Not found"/>
        <section class="panel">
            <div class="empty">
                <h1>"There is no page at this address"</h1>
                <p class="soft">"It may have moved, or the address has a typing error. Everything there is hangs on these:"</p>
                <div class="acts">
                    <a class="btn" href="/"><Icon glyph=Glyph::Overview/>"Overview"</a>
                    <a class="btn" href="/workers"><Icon glyph=Glyph::Workers/>"Workers"</a>
                    <a class="btn" href="/tasks"><Icon glyph=Glyph::Tasks/>"Tasks"</a>
                    <a class="btn" href="/queues"><Icon glyph=Glyph::Queues/>"Queues"</a>
                    <a class="btn" href="/alerts"><Icon glyph=Glyph::Bell/>"Alerts"</a>
                </div>
            </div>
        </section>
    }
    .into_any()
}
