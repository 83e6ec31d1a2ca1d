//! New error and critical alerts, told beyond the page where this browser is asked to: by a sound, by a notification on
//! the desktop. Nothing of it is loaded where nobody asked.

#[cfg(feature = "hydrate")]
pub mod browser;
#[cfg(any(feature = "hydrate", test))]
mod notes;

#[cfg(feature = "hydrate")]
use crate::attention::{open_ids, tell_new_alerts};
use crate::backend::Snapshot;
use crate::components::layout::FrameResource;
use crate::components::once::once_on_server;
#[cfg(feature = "hydrate")]
use crate::handling::shown_alerts;
use forewatch::Alert;
use leptos::prelude::*;

/// Tells of what is new from now on.
#[component]
pub fn Teller() -> impl IntoView {
    let frame = FrameResource::expect().0;
    view! {
        <Suspense fallback=|| ()>
            {once_on_server(move || Suspend::new(async move {
                frame.await.ok().map(|data| view! { <Telling initial=data.alerts/> })
            }))}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Telling(
    /// The alerts as the page came with them.
    initial: Snapshot<Vec<Alert>>,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        let alerts = shown_alerts(initial);
        // What is there when it begins is not new.
        let known = open_ids(&alerts.read_untracked());
        tell_new_alerts(alerts, known, tell());
    }
    // The server renders no page that tells.
    #[cfg(not(feature = "hydrate"))]
    drop(initial);
}

#[cfg(feature = "hydrate")]
fn tell() -> Box<dyn Fn(Vec<Alert>)> {
    let tells = crate::session::TellsChoice::expect();
    let navigate = leptos_router::hooks::use_navigate();
    Box::new(move |new| {
        let tells = tells.now();
        if tells.sound {
            browser::ring();
        }
        for note in notes::notes(&new).into_iter().filter(|_| tells.desktop) {
            let (navigate, address) = (navigate.clone(), note.address.clone());
            let open = move || navigate(&address, leptos_router::NavigateOptions::default());
            browser::notify(&note.title, &note.address, open);
        }
    })
}
