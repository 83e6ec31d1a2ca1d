//! Settings: what raises alerts, of which nobody is told, by which ways people are told, where events come from,
//! what is kept, and who gets in. Every form is a plain one: it works without any script. What only this browser does is kept by it.

mod access;
mod channels;
mod here;
mod panel;
mod rules;
mod silences;
mod sources;
mod storage;
mod trial;

use crate::backend::{BackendError, RuleAsked};
use crate::components::deliveries::Deliveries;
use crate::components::later::Later;
use crate::components::page_title::PageTitle;
use crate::server_fns::{SettingsData, load_settings, try_rule};
use access::AccessPanel;
use channels::Channels;
use forewatch::rule::RuleTrial;
use here::ThisBrowser;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rules::Rules;
use silences::Silences;
use sources::Sources;
use storage::StoragePanel;

/// A rule tried on the past, as the address asks for it.
#[derive(Clone, Copy)]
struct Trial {
    asked: Memo<RuleAsked>,
    tried: Resource<Result<Option<RuleTrial>, BackendError>>,
}

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let word = |name: &str| query.get(name).filter(|word| !word.trim().is_empty());
        RuleAsked { rule: word("try").unwrap_or_default(), threshold: word("threshold"), lasts: word("for") }
    });
    let data = Resource::new(|| (), |()| load_settings());
    let tried = Resource::new(
        move || asked.get(),
        |asked| async move { if asked.rule.is_empty() { Ok(None) } else { try_rule(asked).await.map(Some) } },
    );
    let trial = Trial { asked, tried };
    view! {
        <PageTitle name="Settings"/>
        {super::loaded(data, "The settings did not load", move |data| view! { <Settings data trial/> })}
    }
    .into_any()
}

#[component]
fn Settings(data: SettingsData, trial: Trial) -> impl IntoView {
    view! {
        <div class="title-row">
            <h1>"Settings"</h1>
            <span class="soft">"Forewatch "{data.version}", you are "{data.access.actor.clone()}</span>
        </div>
        <Later><Rules rules=data.rules trial/></Later>
        <Later><Silences silences=data.silences/></Later>
        <Later>
            <Channels channels=data.channels/>
            <ThisBrowser/>
        </Later>
        <Later>
            <Deliveries deliveries=data.deliveries file="/deliveries.csv"/>
            <Sources sources=data.sources/>
            <StoragePanel storage=data.storage/>
            <AccessPanel access=data.access/>
        </Later>
    }
    .into_any()
}
