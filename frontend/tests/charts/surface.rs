//! A canvas as sharp as the screen, and pictures on it.

use super::canvas::{HEIGHT, WIDTH, canvas, column, ink};
use app::charts::raster::Raster;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn a_canvas_shows_a_picture_as_it_is_and_the_next_one_in_its_place() {
    let surface = canvas(1.0);
    let mut raster = Raster::default();
    raster.fit(400, 100);
    for (x, top) in [(100_u32, 10.0_f32), (300, 40.0)] {
        raster.clear();
        raster.span(x as usize, top, top + 20.5, |_| 1.0);
        raster.ink([0, 114, 178], 1.0);
        surface.show(&raster);
        let shown = column(&surface.canvas, f64::from(x));
        let expected: Vec<u8> = raster.pixels().chunks_exact(4).skip(x as usize).step_by(400).map(|p| p[3]).collect();
        assert_eq!(shown, expected);
        assert_eq!(shown.iter().filter(|alpha| **alpha > 0).count(), 21);
    }
    assert_eq!(ink(&surface.canvas, 100.0), None, "the picture before is still there");
    surface.canvas.remove();
}

#[wasm_bindgen_test]
fn a_canvas_has_the_pixels_of_the_screen_and_is_emptied_only_when_they_change() {
    let mut surface = canvas(1.5);
    assert_eq!((surface.canvas.width(), surface.canvas.height()), (600, 150));
    surface.context.fill_rect(0.0, 0.0, WIDTH, HEIGHT);
    assert!(!surface.fit(WIDTH, HEIGHT, 1.5));
    assert!(ink(&surface.canvas, 599.0).is_some(), "a CSS pixel is one and a half on the screen");
    assert!(surface.fit(WIDTH, HEIGHT, 2.0));
    assert_eq!((surface.canvas.width(), ink(&surface.canvas, 300.0)), (800, None));
    surface.canvas.remove();
}
