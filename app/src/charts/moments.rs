//! Moments on the time axis: at which times a mark lies.

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
