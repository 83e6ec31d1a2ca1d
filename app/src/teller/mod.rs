//! New error and critical alerts, told beyond the page where this browser is asked to: by a sound, by a notification on
//! the desktop. Nothing of it is loaded where nobody asked.

#[cfg(feature = "hydrate")]
pub mod browser;
#[cfg(any(feature = "hydrate", test))]
mod notes;

use leptos::prelude::*;

/// Tells of what is new from now on.
#[component]
pub fn Teller() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    tell();
}

#[cfg(feature = "hydrate")]
fn tell() {
    use crate::attention::tell_new_alerts;
    use crate::components::layout::FrameResource;
    use crate::handling::shown_alerts;
    use crate::session::TellsChoice;
    use leptos_router::NavigateOptions;
    use leptos_router::hooks::use_navigate;

    let tells = TellsChoice::expect().0;
    let navigate = use_navigate();
    let Some(Ok(data)) = FrameResource::expect().0.get_untracked() else { return };
    let alerts = shown_alerts(data.alerts);
    // What is there when it begins is not new.
    let known = alerts.get_untracked();
    let tell = move |new: Vec<forewatch::Alert>| {
        let tells = tells.get_untracked();
        if tells.sound {
            browser::ring();
        }
        for note in notes::notes(&new).into_iter().filter(|_| tells.desktop) {
            let (navigate, address) = (navigate.clone(), note.address.clone());
            let open = move || navigate(&address, NavigateOptions::default());
            browser::notify(&note.title, &note.address, open);
        }
    };
    tell_new_alerts(alerts, &known, Box::new(tell));
}
