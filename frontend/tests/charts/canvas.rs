//! A canvas in the page, and what is drawn on it.

use app::charts::surface::Surface;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

/// The width of the canvases, CSS pixels.
pub const WIDTH: f64 = 400.0;
/// Their height.
pub const HEIGHT: f64 = 100.0;

/// A new element at the end of another.
pub fn add(name: &str, to: &HtmlElement) -> HtmlElement {
    let element = document().create_element(name).expect("an element");
    to.append_child(&element).expect("it has room");
    element.unchecked_into()
}

/// A canvas in the page, empty, of 400 by 100 CSS pixels.
pub fn canvas(density: f64) -> Surface {
    let body = document().body().expect("a page");
    let mut surface = Surface::new(add("canvas", &body).unchecked_into()).expect("a canvas to draw on");
    assert!(surface.fit(WIDTH, HEIGHT, density));
    surface.clear();
    surface
}

/// The opaqueness of every pixel of one column of the screen, from the top; `x` in device pixels.
pub fn column(canvas: &HtmlCanvasElement, x: f64) -> Vec<u8> {
    let context: CanvasRenderingContext2d = canvas
        .get_context("2d")
        .ok()
        .flatten()
        .and_then(|context| context.dyn_into().ok())
        .expect("it was drawn on before");
    let pixels = context.get_image_data(x.round(), 0.0, 1.0, f64::from(canvas.height())).expect("pixels").data();
    pixels.chunks_exact(4).map(|pixel| pixel[3]).collect()
}

/// The middle of the ink in a column, device pixels from the top; none where nothing is drawn.
pub fn ink(canvas: &HtmlCanvasElement, x: f64) -> Option<f64> {
    let column = column(canvas, x);
    let weight: f64 = column.iter().map(|alpha| f64::from(*alpha)).sum();
    let moment: f64 = column.iter().enumerate().map(|(y, alpha)| (y as f64 + 0.5) * f64::from(*alpha)).sum();
    (weight > 0.0).then(|| moment / weight)
}
