//! Settings: how Forewatch itself is set up, and how it is doing.

mod sources;
mod storage;

use crate::components::page_title::PageTitle;
use crate::server_fns::{SettingsData, load_settings};
use leptos::prelude::*;
use sources::Sources;
use storage::StoragePanel;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_settings());
    view! {
        <PageTitle name="Settings"/>
        {super::loaded(data, "The settings did not load", |data| view! { <Settings data/> })}
    }
    .into_any()
}

#[component]
fn Settings(data: SettingsData) -> impl IntoView {
    view! {
        <div class="title-row">
            <h1>"Settings"</h1>
            <span class="soft">"Forewatch "{data.version}", you are "{data.actor}</span>
        </div>
        <Sources sources=data.sources/>
        <StoragePanel storage=data.storage/>
    }
    .into_any()
}
