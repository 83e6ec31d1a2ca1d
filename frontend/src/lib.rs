//! The browser's entry point: hydrates the page that the server rendered, and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the server's page live. Called once by the script in the page.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
