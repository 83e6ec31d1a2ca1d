//! The browser's entry point: hydrates the page that the server rendered, and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the server's page live, once the code of that page is there. Called once by the script in the page.
/// Where the code cannot be loaded the page stays as the server rendered it: readable, with links and forms that work.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let place = leptos::prelude::location();
    let (path, query) = (place.pathname().unwrap_or_default(), place.search().unwrap_or_default());
    // Leptos' own way to spawn is there only once something is mounted.
    wasm_bindgen_futures::spawn_local(async move {
        if app::pages::load_page_at(&path, &query).await {
            app::hydration::hydrate_page();
        }
    });
}
