//! The page `/design`, for whoever works on the dashboard: the tokens in both themes, and the real components in their
//! states. Only the server of a debug build has it, and it is rendered without any script.

mod components;
mod states;
mod tokens;

use crate::components::icon::SPRITE;
use crate::components::layout::FrameResource;
use crate::components::toast::Toasts;
use crate::handling::Handling;
use crate::live::provide_live;
use crate::palette::Overlays;
use crate::server_fns::load_frame;
use crate::session::{Preferences, ZoneChoice};
use crate::shell::ICON;
use crate::site::SiteFiles;
use components::{Alerts, Controls, Lists, Marks, Places};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::Router;
use tokens::{Tokens, swatch_rules};

/// What only this page needs of style.
const STYLE: &str = include_str!("design.css");

/// The document.
pub fn design(files: SiteFiles) -> impl IntoView {
    provide_meta_context();
    provide_live();
    ZoneChoice::provide();
    Toasts::provide();
    Handling::provide();
    Overlays::provide();
    provide_context(FrameResource(Resource::new(|| (), |()| load_frame())));
    let theme = Preferences::of_request().theme;
    let style = [STYLE, &swatch_rules()].concat();
    view! {
        <!DOCTYPE html>
        // As if the program ran: what needs it is shown, too.
        <html lang="en" data-theme=theme.attribute() data-live="">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>"Design · Forewatch"</title>
                <link rel="icon" href=ICON type="image/svg+xml"/>
                <link rel="stylesheet" href=files.style/>
                <link rel="stylesheet" href=files.pages/>
                <style nonce=use_nonce()>{style}</style>
            </head>
            <body>
                <Router>
                    <main class="design">
                        <h1>"Design"</h1>
                        <Tokens/>
                        <Themes/>
                    </main>
                </Router>
                <div inner_html=SPRITE></div>
            </body>
        </html>
    }
}

/// The components, in both themes.
#[component]
fn Themes() -> impl IntoView {
    let shown = [("light", "Light"), ("dark", "Dark")].map(|(class, name)| {
        view! {
            <section class=["design-theme in-", class].concat() aria-label=["Components, ", class].concat()>
                <h2>{name}</h2>
                <Controls/>
                <Marks/>
                <Alerts/>
                <Lists/>
                <Places/>
            </section>
        }
    });
    shown.collect_view()
}
