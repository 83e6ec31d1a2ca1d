//! The HTML document around the dashboard. Only the server renders it.

use crate::components::icon::SPRITE;
use crate::pages::asks_for_wall;
use crate::routes::App;
use crate::session::Preferences;
use crate::site::SiteFiles;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The icon, as `public/favicon.svg` has it: in the page it costs a visitor half of what a request for it does.
pub(crate) const ICON: &str = concat!(
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>",
    "<style>path{fill:%234347c6}@media (prefers-color-scheme:dark){path{fill:%23a5abff}}</style>",
    "<path fill-rule='evenodd' d='M8 1a7 7 0 1 0 7 7h-2a5 5 0 1 1-5-5zm0 4a3 3 0 1 0 3 3H8z'/>",
    "<path d='M9.5 1.2A7 7 0 0 1 14.8 6.5h-2.1a5 5 0 0 0-3.2-3.2z' opacity='.55'/></svg>",
);

/// Starts the program once the page is painted: on a slow line the page, which can be read and used without it, does not
/// wait for it. What is not seen is not painted, and starts at once; what is hidden before it is painted, after a second.
const START: &str = "let begun; const start = async () => { if (begun) return; begun = true; const wasm = fetch(\"WASM\"); \
    const { default: init, hydrate } = await import(\"SCRIPT\"); await init({ module_or_path: wasm }); setTimeout(hydrate); }; \
    if (document.hidden) start(); else { new PerformanceObserver(start).observe({ type: \"paint\", buffered: true }); setTimeout(start, 1000); }";

/// The whole document. Its files are named by their hashed addresses; the theme is the one that the
/// request's cookie names, so that nothing flashes; scripts carry the request's nonce.
pub fn shell(files: SiteFiles) -> impl IntoView {
    let theme = Preferences::of_request().theme;
    let start = START.replace("SCRIPT", &files.script).replace("WASM", &files.wasm);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href=ICON type="image/svg+xml"/>
                <link rel="stylesheet" href=files.style/>
                {(!is_overview()).then(|| view! { <link rel="stylesheet" href=files.pages/> })}
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

/// Whether the overview is asked for, whose style is whole in the first sheet.
fn is_overview() -> bool {
    use_context::<http::request::Parts>()
        .is_some_and(|parts| parts.uri.path() == "/" && !asks_for_wall(parts.uri.query().unwrap_or_default()))
}
