#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a small picture")]

use super::Raster;

const BLUE: [u8; 3] = [10, 20, 200];
const RED: [u8; 3] = [200, 20, 10];

fn raster() -> Raster {
    let mut raster = Raster::default();
    raster.fit(60, 40);
    raster
}

fn pixel(raster: &Raster, x: usize, y: usize) -> [u8; 4] {
    let at = (y * raster.size().0 + x) * 4;
    raster.pixels()[at..at + 4].try_into().expect("four bytes a pixel")
}

/// How many pixels of a column are covered, in all.
fn ink(raster: &Raster, x: usize) -> f64 {
    (0..raster.size().1).map(|y| f64::from(pixel(raster, x, y)[3]) / 255.0).sum()
}

#[test]
fn what_is_covered_twice_before_it_is_inked_is_covered_once() {
    let mut raster = raster();
    for _ in 0..2 {
        raster.span(20, 10.0, 12.0, |_| 0.5);
    }
    raster.ink(BLUE, 1.0);
    assert_eq!(pixel(&raster, 20, 10), [10, 20, 200, 128]);
}

#[test]
fn a_colour_lies_over_what_is_there_as_much_as_it_covers() {
    let mut raster = raster();
    raster.block(0.0..10.0, 0.0..40.0);
    raster.ink(BLUE, 1.0);
    raster.block(5.0..20.0, 0.0..40.0);
    raster.ink(RED, 0.5);
    assert_eq!(pixel(&raster, 2, 7), [10, 20, 200, 255]);
    let [red, _, blue, opacity] = pixel(&raster, 7, 7);
    assert_eq!(opacity, 255);
    assert!(red.abs_diff(105) <= 1 && blue.abs_diff(105) <= 1, "half of each, not {red} and {blue}");
    assert_eq!(pixel(&raster, 15, 7), [200, 20, 10, 128]);
    assert_eq!(pixel(&raster, 20, 7), [0; 4]);
}

#[test]
fn a_span_covers_the_parts_of_pixels_at_its_ends() {
    let mut raster = raster();
    raster.span(3, 10.25, 12.5, |_| 1.0);
    raster.span(4, 10.25, 10.75, |_| 1.0);
    raster.ink(BLUE, 1.0);
    let opacities: Vec<u8> = (9..14).map(|y| pixel(&raster, 3, y)[3]).collect();
    assert_eq!(opacities, [0, 191, 255, 128, 0]);
    assert_eq!((pixel(&raster, 4, 10)[3], pixel(&raster, 4, 11)[3]), (128, 0));
}

#[test]
fn a_span_asks_for_the_share_at_the_middle_of_each_pixel() {
    let mut raster = raster();
    raster.span(3, 10.0, 14.5, |row| (row - 10.0) / 5.0);
    raster.ink(BLUE, 1.0);
    let opacities: Vec<u8> = (10..15).map(|y| pixel(&raster, 3, y)[3]).collect();
    assert_eq!(opacities, [0.1, 0.3, 0.5, 0.7, 0.45].map(|share: f32| (share * 255.0 + 0.5) as u8));
}

#[test]
fn nothing_is_drawn_in_columns_that_are_not_open() {
    let mut raster = raster();
    raster.open(10.0..20.0);
    raster.block(0.0..60.0, 0.0..40.0);
    raster.span(5, 0.0, 40.0, |_| 1.0);
    raster.ink(BLUE, 1.0);
    let inked: Vec<usize> = (0..60).filter(|x| ink(&raster, *x) > 0.0).collect();
    assert_eq!(inked, (10..20).collect::<Vec<_>>());
}

#[test]
fn what_lies_outside_is_cut_off() {
    let mut raster = raster();
    for far in [f32::NEG_INFINITY, -1e9, -0.5, 39.5, 1e9, f32::INFINITY, f32::NAN] {
        for other in [f32::NEG_INFINITY, -1e9, 0.5, 40.5, 1e9, f32::INFINITY, f32::NAN] {
            for x in [0, 59, 60, usize::MAX] {
                raster.span(x, far, other, |_| 1.0);
            }
        }
    }
    raster.ink(BLUE, 1.0);
    assert_eq!((ink(&raster, 0), ink(&raster, 30), ink(&raster, 59)), (40.0, 0.0, 40.0));
}

#[test]
fn an_emptied_picture_is_empty_and_keeps_its_memory() {
    let mut raster = raster();
    raster.block(0.0..60.0, 0.0..40.0);
    raster.ink(BLUE, 1.0);
    let memory = raster.pixels().as_ptr();
    raster.clear();
    assert!(raster.pixels().iter().all(|part| *part == 0));
    raster.fit(30, 20);
    raster.fit(60, 40);
    assert_eq!(raster.pixels().as_ptr(), memory);
    assert_eq!(raster.pixels().len(), 60 * 40 * 4);
}
