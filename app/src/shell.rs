//! The HTML document around the dashboard. Only the server renders it.

use crate::components::icon::SPRITE;
use crate::routes::App;
use crate::session::Preferences;
use crate::site::SiteFiles;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The whole document. Its files are named by their hashed addresses; the theme is the one that the
/// request's cookie names, so that nothing flashes; scripts carry the request's nonce.
pub fn shell(files: SiteFiles) -> impl IntoView {
    let theme = Preferences::of_request().theme;
    let start = format!(
        "import init, {{ hydrate }} from \"{}\"; await init({{ module_or_path: \"{}\" }}); hydrate();",
        files.script, files.wasm
    );
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=files.style/>
                <link rel="modulepreload" href=files.script/>
                <link rel="preload" href=files.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="module" nonce=use_nonce()>{start}</script>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <div inner_html=SPRITE></div>
            </body>
        </html>
    }
}
