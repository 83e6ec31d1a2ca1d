//! The past of a chart, and what goes on from it.

use app::charts::history::{History, Memory};
use app::charts::source::Reading;
use app::charts::{Line, Strip, Tone};
use forewatch::series::Point;
use wasm_bindgen_test::wasm_bindgen_test;

fn strips() -> Vec<Strip> {
    vec![Strip::new("Load", "", vec![Line::new("", "system.gpu_usage", Tone::BLUE)])]
}

/// A memory of a past with a point every 15 seconds.
fn past(from: u32, to: u32) -> Memory {
    let points: Vec<Point> = (from..to).step_by(15).map(|at| (f64::from(at), Some(1.0))).collect();
    Memory::of(&strips(), &History { series: vec![points], ..History::none(f64::from(to)) })
}

/// Takes a live point a second.
fn live(memory: &mut Memory, from: u32, to: u32) {
    for at in from..to {
        memory.push(0, 0, &Reading { point: (f64::from(at), Some(2.0)), band: None });
    }
}

#[wasm_bindgen_test]
fn what_was_missed_is_filled_from_history_without_a_hole_and_without_a_point_twice() {
    let mut before = past(0, 300);
    live(&mut before, 300, 330);
    // Nothing came for four minutes; then live points again, some of them after history was asked for at 600.
    live(&mut before, 570, 605);
    let mut now = past(0, 600);
    now.go_on(&before);
    let times: Vec<f64> = now.strips[0][0].own.points().iter().map(|point| point.0).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "a point twice, or out of order: {times:?}");
    let widest = times.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
    assert!(widest <= 15.0, "a hole of {widest} s");
    assert_eq!(
        (times.first(), times.last()),
        (Some(&0.0), Some(&600.0)),
        "live points stand at the beginning of their step"
    );
    assert!((now.end - 604.0).abs() < f64::EPSILON);
}

#[wasm_bindgen_test]
fn where_history_knows_nothing_the_live_points_stay() {
    let mut before = past(0, 0);
    live(&mut before, 0, 40);
    let mut now = past(0, 0);
    now.go_on(&before);
    assert_eq!(now.strips[0][0].own.points(), [0.0, 15.0, 30.0].map(|at| (at, Some(2.0))));
    // A step that began before goes on.
    now.push(0, 0, &Reading { point: (40.0, Some(13.0)), band: None });
    assert_eq!(now.strips[0][0].own.points().last(), Some(&(30.0, Some(3.0))));
}
