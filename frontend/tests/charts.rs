//! Charts on a real canvas: ink where there are readings, none where there are not, and as sharp as the screen.
#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

mod support;

mod charts {
    mod canvas;
    mod history;
    mod strip;
    mod surface;
}
