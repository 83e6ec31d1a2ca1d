//! Thinning out for a screen, with the browser's arithmetic: what the eye would miss is kept, and what is
//! drawn is bounded by the width of the screen.
#![cfg(target_arch = "wasm32")]

use forewatch::series::{Point, decimate};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A point a second, as `value` has it.
fn series(len: u32, value: impl Fn(u32) -> Option<f64>) -> Vec<Point> {
    (0..len).map(|at| (f64::from(at), value(at))).collect()
}

/// Thinned out to `columns` over the whole of it.
fn thinned(points: &[Point], columns: usize) -> Vec<Point> {
    let mut out = Vec::new();
    decimate(points, 0.0, points.len() as f64, columns, &mut out);
    out
}

/// A slow wave, none of whose values is beyond 1.
fn wave(at: u32) -> f64 {
    (f64::from(at) / 5_000.0).sin()
}

#[wasm_bindgen_test]
fn a_hundred_and_fifty_thousand_points_become_at_most_five_a_column() {
    let points = series(150_000, |at| Some(wave(at)));
    for columns in [1, 320, 1_280, 3_840] {
        let out = thinned(&points, columns);
        assert!(out.len() <= 5 * columns, "{} points for {columns} columns", out.len());
        assert!(out.len() >= columns, "{} points leave some of {columns} columns empty", out.len());
    }
}

#[wasm_bindgen_test]
fn a_spike_of_one_second_is_kept_wherever_it_is() {
    for spike in [0, 1, 74_999, 75_000, 149_998, 149_999] {
        for height in [9.0, -9.0] {
            let points = series(150_000, |at| Some(if at == spike { height } else { wave(at) }));
            let out = thinned(&points, 800);
            assert!(out.contains(&(f64::from(spike), Some(height))), "the spike of {height} at {spike} is lost");
        }
    }
}

#[wasm_bindgen_test]
fn a_gap_of_one_second_stays_a_gap() {
    for missing in [0, 1, 60_000, 149_999] {
        let points = series(150_000, |at| (at != missing).then(|| wave(at)));
        let gaps: Vec<f64> = thinned(&points, 800).iter().filter(|p| p.1.is_none()).map(|p| p.0).collect();
        assert_eq!(gaps, [f64::from(missing)]);
    }
}

#[wasm_bindgen_test]
fn a_long_silence_has_no_point_that_would_be_joined_across() {
    let points = series(100_000, |at| (!(40_000..60_000).contains(&at)).then_some(1.0));
    let out = thinned(&points, 500);
    let silence: Vec<&Point> = out.iter().filter(|p| (40_000.0..60_000.0).contains(&p.0)).collect();
    assert!(silence.len() >= 100 && silence.iter().all(|p| p.1.is_none()));
    assert!(out.contains(&(39_999.0, Some(1.0))) && out.contains(&(60_000.0, Some(1.0))));
}

#[wasm_bindgen_test]
fn each_column_keeps_its_first_smallest_largest_and_last_in_order_of_time() {
    // One column of a thousand points: first 0, largest at 300, smallest at 700, last at 999.
    let points = series(1_000, |at| {
        Some(match at {
            300 => 5.0,
            700 => -5.0,
            _ => 0.0,
        })
    });
    assert_eq!(thinned(&points, 1), [(0.0, Some(0.0)), (300.0, Some(5.0)), (700.0, Some(-5.0)), (999.0, Some(0.0))]);
}

#[wasm_bindgen_test]
fn what_already_fits_is_not_touched() {
    let points = series(400, |at| Some(wave(at)));
    assert_eq!(thinned(&points, 100), points);
    assert_eq!(thinned(&points, 0), points);
}

#[wasm_bindgen_test]
fn nothing_stays_nothing_and_a_point_alone_stays_alone() {
    let mut out = vec![(7.0, Some(7.0))];
    decimate(&[], 0.0, 3_600.0, 800, &mut out);
    assert_eq!(out, []);
    decimate(&[(5.0, Some(0.5))], 0.0, 3_600.0, 800, &mut out);
    assert_eq!(out, [(5.0, Some(0.5))]);
    decimate(&[(5.0, None)], 0.0, 3_600.0, 800, &mut out);
    assert_eq!(out, [(5.0, None)]);
}

#[wasm_bindgen_test]
fn the_memory_of_the_frame_before_is_used_again() {
    let points = series(150_000, |at| Some(wave(at)));
    let mut out = Vec::with_capacity(5 * 800);
    let before = (out.as_ptr(), out.capacity());
    for _ in 0..3 {
        decimate(&points, 0.0, 150_000.0, 800, &mut out);
        assert_eq!((out.as_ptr(), out.capacity()), before);
    }
}
