//! The live client against a server that the test plays: what it shows, what it asks for, and how it comes
//! back after the connection broke.
#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

mod support;

mod live {
    mod client;
    mod link;
    mod server;
}
