//! Settings: what raises alerts, of which nobody is told, by which ways people are told, where events come from, and
//! what is kept. Every form is a plain one: it works without any script.

mod channels;
mod rules;
mod silences;
mod sources;
mod storage;

use crate::components::deliveries::Deliveries;
use crate::components::page_title::PageTitle;
use crate::server_fns::{SettingsData, load_settings};
use channels::Channels;
use leptos::prelude::*;
use rules::Rules;
use silences::Silences;
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
        <Rules rules=data.rules/>
        <Silences silences=data.silences/>
        <Channels channels=data.channels/>
        <Deliveries deliveries=data.deliveries/>
        <Sources sources=data.sources/>
        <StoragePanel storage=data.storage/>
    }
    .into_any()
}
