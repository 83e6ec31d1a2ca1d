//! Lines and bands, drawn straight on a canvas.

use super::canvas::{HEIGHT, WIDTH, canvas, column, ink};
use app::charts::ink::Field;
use app::charts::scale::Scale;
use forewatch::Unit;
use forewatch::series::Point;
use wasm_bindgen_test::wasm_bindgen_test;

fn field(scale: &Scale, window: (f64, f64), gap: f64) -> Field<'_> {
    Field { window, scale, left: 0.0, width: WIDTH, height: HEIGHT, gap }
}

#[wasm_bindgen_test]
fn a_line_has_ink_along_its_readings_and_none_where_there_is_no_reading() {
    let scale = Scale::fit(Unit::Ratio, 0.0, 1.0);
    // A reading a second, none from 40 to 60.
    let points: Vec<Point> =
        (0..=100).map(|at| (f64::from(at), (!(40..60).contains(&at)).then(|| f64::from(at) / 100.0))).collect();
    for density in [1.0, 2.0, 3.0] {
        let surface = canvas(density);
        // They are near enough to be joined: only the missing readings keep them apart.
        let field = field(&scale, (0.0, 100.0), 50.0);
        field.line(&surface.context, &points, &mut Vec::new());
        for at in [5.0, 20.0, 35.0, 65.0, 80.0, 95.0] {
            let found = ink(&surface.canvas, field.x(at) * density).expect("ink at a reading");
            let expected = field.y(at / 100.0) * density;
            assert!((found - expected).abs() <= density, "at {at}, {density} a pixel: {found}, not {expected}");
        }
        for at in [42.0, 50.0, 57.0] {
            assert_eq!(ink(&surface.canvas, field.x(at) * density), None, "ink at {at}, where nothing is known");
        }
        surface.canvas.remove();
    }
}

#[wasm_bindgen_test]
fn readings_too_far_apart_are_not_joined_and_one_alone_is_a_dot() {
    let scale = Scale::fit(Unit::Ratio, 0.0, 1.0);
    let (surface, field) = (canvas(1.0), field(&scale, (0.0, 100.0), 2.5));
    surface.context.set_line_cap("round");
    field.line(&surface.context, &[(10.0, Some(0.5)), (50.0, Some(0.5)), (52.0, Some(0.5))], &mut Vec::new());
    assert!(ink(&surface.canvas, field.x(10.0)).is_some() && ink(&surface.canvas, field.x(51.0)).is_some());
    assert_eq!(ink(&surface.canvas, field.x(30.0)), None);
    surface.canvas.remove();
}

#[wasm_bindgen_test]
fn a_hundred_and_fifty_thousand_readings_are_one_line_and_its_only_spike_reaches_the_top() {
    let scale = Scale::fit(Unit::Ratio, 0.0, 1.0);
    let points: Vec<Point> =
        (0..150_000).map(|at| (f64::from(at), Some(if at == 90_101 { 1.0 } else { 0.1 }))).collect();
    let (surface, field) = (canvas(1.0), field(&scale, (0.0, 150_000.0), 2_250.0));
    field.line(&surface.context, &points, &mut Vec::new());
    let top = |x: f64| column(&surface.canvas, x).iter().take(10).any(|alpha| *alpha > 0);
    assert!(top(field.x(90_101.0)), "the spike is lost");
    assert!(!top(field.x(30_000.0)) && !top(field.x(120_000.0)));
    let broken: Vec<u32> = (0..400).filter(|x| ink(&surface.canvas, f64::from(*x)).is_none()).collect();
    assert!(broken.is_empty(), "the line is broken in columns {broken:?}, where every second has a reading");
    surface.canvas.remove();
}

#[wasm_bindgen_test]
fn a_band_fills_what_lies_between_the_devices_and_stops_at_a_gap() {
    let scale = Scale::fit(Unit::Ratio, 0.0, 1.0);
    let band = |value: f64| -> Vec<Point> {
        (0..=100).map(|at| (f64::from(at), (!(40..60).contains(&at)).then_some(value))).collect()
    };
    let (surface, field) = (canvas(1.0), field(&scale, (0.0, 100.0), 2.5));
    field.band(&surface.context, &band(0.25), &band(0.75), &mut Vec::new());
    let filled = column(&surface.canvas, field.x(20.0)).iter().map(|alpha| f64::from(*alpha) / 255.0).sum::<f64>();
    assert!((48.0..=50.0).contains(&filled), "half of the height is filled, not {filled} pixels");
    assert_eq!(ink(&surface.canvas, field.x(50.0)), None);
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
