#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a small picture")]

use super::{Field, Pen, Trace, steady};
use crate::charts::raster::Raster;
use crate::charts::scale::Scale;
use crate::charts::strip::Stroke;
use forewatch::Unit;
use forewatch::series::Point;

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 100.0;
const COLOUR: [u8; 3] = [0, 114, 178];

fn scale() -> Scale {
    Scale::fit(Unit::Ratio, 0.0, 1.0)
}

fn field(scale: &Scale, window: (f64, f64), gap: f64) -> Field<'_> {
    Field { window, scale, left: 0.0, width: WIDTH, height: HEIGHT, density: 1.0, gap }
}

fn raster(density: f64) -> Raster {
    let mut raster = Raster::default();
    raster.fit((WIDTH * density) as usize, (HEIGHT * density) as usize);
    raster
}

fn draw(field: &Field<'_>, stroke: Stroke, points: &[Point]) -> Raster {
    let mut raster = raster(field.density);
    field.line(&mut raster, Pen { stroke, colour: COLOUR }, points, &mut Trace::default());
    raster
}

/// The opacity of every pixel of a column, from the top.
fn column(raster: &Raster, x: f64) -> Vec<u8> {
    let (width, _) = raster.size();
    raster.pixels().chunks_exact(4).skip(x.round() as usize).step_by(width).map(|pixel| pixel[3]).collect()
}

/// How many pixels of a column are inked, in all.
fn thickness(raster: &Raster, x: f64) -> f64 {
    column(raster, x).iter().map(|alpha| f64::from(*alpha) / 255.0).sum()
}

/// The middle of the ink in a column, from the top; none where nothing is drawn.
fn ink(raster: &Raster, x: f64) -> Option<f64> {
    let column = column(raster, x);
    let weight: f64 = column.iter().map(|alpha| f64::from(*alpha)).sum();
    let moment: f64 = column.iter().enumerate().map(|(y, alpha)| (y as f64 + 0.5) * f64::from(*alpha)).sum();
    (weight > 0.0).then(|| moment / weight)
}

#[test]
fn a_line_has_ink_along_its_readings_and_none_where_there_is_no_reading() {
    let scale = scale();
    // A reading a second, none from 40 to 60.
    let points: Vec<Point> =
        (0..=100).map(|at| (f64::from(at), (!(40..60).contains(&at)).then(|| f64::from(at) / 100.0))).collect();
    for density in [1.0, 2.0, 3.0] {
        // They are near enough to be joined: only the missing readings keep them apart.
        let field = Field { density, ..field(&scale, (0.0, 100.0), 50.0) };
        let raster = draw(&field, Stroke::Solid, &points);
        for at in [5.0, 20.0, 35.0, 65.0, 80.0, 95.0] {
            let found = ink(&raster, field.x(at) * density).expect("ink at a reading");
            let expected = field.y(at / 100.0) * density;
            assert!((found - expected).abs() <= density, "at {at}, {density} a pixel: {found}, not {expected}");
        }
        for at in [42.0, 50.0, 57.0] {
            assert_eq!(ink(&raster, field.x(at) * density), None, "ink at {at}, where nothing is known");
        }
    }
}

#[test]
fn readings_too_far_apart_are_not_joined_and_one_alone_is_a_dot() {
    let scale = scale();
    let field = field(&scale, (0.0, 100.0), 2.5);
    let raster = draw(&field, Stroke::Solid, &[(10.0, Some(0.5)), (50.0, Some(0.5)), (52.0, Some(0.5))]);
    assert!(ink(&raster, field.x(10.0)).is_some() && ink(&raster, field.x(51.0)).is_some());
    assert_eq!(ink(&raster, field.x(30.0)), None);
}

#[test]
fn a_hundred_and_fifty_thousand_readings_are_one_line_and_its_only_spike_reaches_the_top() {
    let scale = scale();
    let points: Vec<Point> =
        (0..150_000).map(|at| (f64::from(at), Some(if at == 90_101 { 1.0 } else { 0.1 }))).collect();
    let field = field(&scale, (0.0, 150_000.0), 2_250.0);
    let raster = draw(&field, Stroke::Solid, &points);
    let top = |x: f64| column(&raster, x).iter().take(10).any(|alpha| *alpha > 0);
    assert!(top(field.x(90_101.0)), "the spike is lost");
    assert!(!top(field.x(30_000.0)) && !top(field.x(120_000.0)));
    let broken: Vec<u32> = (0..400).filter(|x| ink(&raster, f64::from(*x)).is_none()).collect();
    assert!(broken.is_empty(), "the line is broken in columns {broken:?}, where every second has a reading");
}

#[test]
fn a_level_line_is_as_thick_as_its_stroke_wherever_it_lies_between_the_pixels() {
    let scale = scale();
    for density in [1.0, 2.0, 3.0] {
        for (stroke, width) in [(Stroke::Solid, 1.5), (Stroke::Dashed, 1.5), (Stroke::Dotted, 1.0)] {
            for value in [0.3, 0.3031, 0.3077] {
                let field = Field { density, ..field(&scale, (0.0, 100.0), 200.0) };
                let raster = draw(&field, stroke, &[(0.0, Some(value)), (100.0, Some(value))]);
                let thickest = (0..raster.size().0).map(|x| thickness(&raster, x as f64)).fold(0.0, f64::max);
                assert!((thickest - width * density).abs() < 0.02, "{thickest} pixels of {width} at {density}");
            }
        }
    }
}

#[test]
fn a_rising_line_is_as_thick_across_as_a_level_one() {
    let scale = scale();
    for density in [1.0, 2.0] {
        for rise in [0.02_f64, 0.05, 0.1, 0.25, 0.5] {
            let field = Field { density, ..field(&scale, (0.0, 100.0), 200.0) };
            let raster = draw(&field, Stroke::Solid, &[(0.0, Some(0.0)), (100.0, Some(rise))]);
            let slope = (field.y(0.0) - field.y(rise)) / WIDTH;
            let columns = 50 * density as u32..350 * density as u32;
            let all: f64 = columns.clone().map(|x| thickness(&raster, f64::from(x))).sum();
            let across = all / f64::from(columns.len() as u32) / slope.hypot(1.0);
            assert!((across / (1.5 * density) - 1.0).abs() < 0.06, "{across} pixels at a slope of {slope}");
        }
    }
}

#[test]
fn a_steep_line_is_as_thick_across_and_has_no_steps() {
    let scale = scale();
    for density in [1.0, 2.0] {
        for seconds in [1.0_f64, 3.3, 8.0, 20.0] {
            let field = Field { density, ..field(&scale, (0.0, 100.0), 200.0) };
            let points = [(40.0, Some(0.1)), (40.0 + seconds, Some(0.9))];
            let raster = draw(&field, Stroke::Solid, &points);
            let (wide, high) = (seconds / 100.0 * WIDTH * density, (field.y(0.1) - field.y(0.9)) * density);
            let width = raster.size().0;
            let rows = raster.pixels().chunks_exact(width * 4);
            let ink: Vec<f64> =
                rows.map(|row| row.chunks_exact(4).map(|pixel| f64::from(pixel[3]) / 255.0).sum()).collect();
            // Each row cuts the line as widely as the next one: a step would be seen as a wider row.
            let expected = 1.5 * density * wide.hypot(high) / high;
            let (top, bottom) = ((field.y(0.9) * density) as usize + 5, (field.y(0.1) * density) as usize - 5);
            for ink in &ink[top..bottom] {
                assert!((ink - expected).abs() < 0.15, "{ink} pixels in a row, not {expected}");
            }
        }
    }
}

#[test]
fn a_line_that_jumps_up_is_as_wide_there_as_elsewhere() {
    let scale = scale();
    for density in [1.0, 2.0, 3.0] {
        let field = Field { density, ..field(&scale, (0.0, 100.0), 200.0) };
        let points = [(0.0, Some(0.0)), (50.0, Some(0.0)), (50.001, Some(1.0)), (100.0, Some(1.0))];
        let raster = draw(&field, Stroke::Solid, &points);
        let middle = (HEIGHT * density / 2.0) as usize;
        let row = &raster.pixels()[middle * raster.size().0 * 4..][..raster.size().0 * 4];
        let wide: f64 = row.chunks_exact(4).map(|pixel| f64::from(pixel[3]) / 255.0).sum();
        assert!((wide - 1.5 * density).abs() <= 0.5, "{wide} pixels at {density}");
    }
}

#[test]
fn dashes_lie_along_time_and_move_with_it() {
    let scale = scale();
    for density in [1.0, 2.0] {
        let at = |from: f64| {
            let field = Field { density, ..field(&scale, (from, from + 400.0), 1_000.0) };
            let points = [(from - 10.0, Some(0.5)), (from + 410.0, Some(0.5))];
            let raster = draw(&field, Stroke::Dashed, &points);
            (0..400).map(|x| thickness(&raster, f64::from(x) * density) > 0.6).collect::<Vec<bool>>()
        };
        let inked = at(1_000.0);
        let lengths: Vec<usize> = inked.chunk_by(|a, b| a == b).map(<[bool]>::len).skip(1).take(20).collect();
        // The pen is round: it reaches half its width beyond each end of a dash of 7.
        let is_pattern = |pair: &[usize]| matches!(pair, [8 | 9, 2 | 3] | [2 | 3, 8 | 9] if pair[0] + pair[1] == 11);
        assert!(lengths.chunks(2).all(is_pattern), "dashes and gaps of {lengths:?}");
        assert_eq!(at(1_003.0)[..390], inked[3..393], "three seconds later it is three pixels further left");
    }
}

#[test]
fn a_line_that_moves_on_keeps_its_shape() {
    let scale = scale();
    let points: Vec<Point> = (0..4_000).map(|at| (f64::from(at), Some(f64::from(at * 7_919 % 100) / 100.0))).collect();
    let at = |now: f64| {
        let window = steady((now - 3_600.0, now), WIDTH);
        (window, draw(&field(&scale, window, 75.0), Stroke::Solid, &points))
    };
    let (first, before) = at(3_700.0);
    for now in [3_701.0, 3_705.5, 3_718.0] {
        let (window, after) = at(now);
        assert!(window.0 >= now - 3_600.0 && window.1 >= now, "what is newest is shown");
        let columns = (window.0 - first.0) / 9.0;
        assert!((columns - columns.round()).abs() < 1e-6 && columns < 3.0, "it moved on by {columns} columns");
        for x in 5..350 {
            assert_eq!(column(&after, f64::from(x)), column(&before, f64::from(x) + columns.round()), "{x} at {now}");
        }
    }
}

#[test]
fn a_band_fills_what_lies_between_the_devices_and_stops_at_a_gap() {
    let scale = scale();
    let band = |value: f64| -> Vec<Point> {
        (0..=100).map(|at| (f64::from(at), (!(40..60).contains(&at)).then_some(value))).collect()
    };
    let mut raster = raster(1.0);
    let field = field(&scale, (0.0, 100.0), 2.5);
    field.band(&mut raster, COLOUR, 1.0, [&band(0.25), &band(0.75)], &mut Default::default());
    let filled = thickness(&raster, field.x(20.0));
    assert!((48.0..=50.0).contains(&filled), "half of the height is filled, not {filled} pixels");
    assert_eq!(ink(&raster, field.x(50.0)), None);
}

#[test]
fn a_band_between_readings_lies_on_the_way_from_one_to_the_next() {
    let scale = scale();
    let mut raster = raster(1.0);
    let field = field(&scale, (0.0, 100.0), 200.0);
    let edges: [&[Point]; 2] = [&[(0.0, Some(0.0)), (100.0, Some(0.0))], &[(0.0, Some(0.0)), (100.0, Some(1.0))]];
    field.band(&mut raster, COLOUR, 1.0, edges, &mut Default::default());
    for share in [0.25, 0.5, 0.75] {
        let filled = thickness(&raster, WIDTH * share);
        let expected = field.y(0.0) - field.y(share);
        assert!((filled - expected).abs() < 1.0, "{filled} pixels at {share}, not {expected}");
    }
}
