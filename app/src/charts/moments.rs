//! Moments on the time axis: at which times a mark lies, and what it is called.

use crate::components::moment::{clock, clock_seconds, date, date_clock};
use crate::session::Zone;
use forewatch::time;

/// The steps between marks, seconds.
const STEPS: [f64; 14] =
    [1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 10_800.0, 21_600.0, 86_400.0];

/// The moments from `from` to `to` (Unix seconds) at which a mark lies: about `most` at the most, at whole steps.
pub fn moments(from: f64, to: f64, most: usize) -> Vec<f64> {
    let width = to - from;
    if most == 0 || width <= 0.0 || !width.is_finite() {
        return Vec::new();
    }
    let most = most as f64;
    let days = || (width / most / 86_400.0).ceil() * 86_400.0;
    let step = STEPS.into_iter().find(|step| width / step <= most).unwrap_or_else(days);
    let first = (from / step).ceil() * step;
    let mut moments = Vec::new();
    let mut at = first;
    while at <= to {
        moments.push(at);
        at += step;
    }
    moments
}

/// The names on the time axis: whole moments, and the right edge. A moment too near to the edge gives way.
pub(crate) fn names(window: (f64, f64), most: usize, zone: Zone) -> Vec<(f64, String)> {
    // How it is written, and how much of the way between two moments that takes.
    let (write, share): (fn(_, _) -> _, _) = match window.1 - window.0 {
        ..300.0 => (clock_seconds, 0.7),
        ..90_000.0 => (clock, 0.45),
        ..200_000.0 => (date_clock, 0.7),
        _ => (date, 0.45),
    };
    let write = |at: f64| time::from_unix_seconds(at).map(|at| write(at, zone)).unwrap_or_default();
    let room = (window.1 - window.0) / most.max(1) as f64 * share;
    let mut names: Vec<_> = moments(window.0, window.1, most)
        .into_iter()
        .filter(|at| window.1 - at > room)
        .map(|at| (at, write(at)))
        .collect();
    names.push((window.1, write(window.1)));
    names
}
