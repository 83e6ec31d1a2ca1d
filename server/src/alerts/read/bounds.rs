//! Whether the bounds of a rule make sense: it can fire, and it can clear.

use super::words::Told;
use crate::alerts::rule::Op;
use crate::alerts::watches::Watches;
use forewatch::Unit;

/// Between what values lie.
struct Range {
    low: f64,
    high: f64,
    /// In words.
    told: &'static str,
}

pub(super) fn check(watches: &Watches, op: Op, threshold: f64, clear: f64, told: &mut Told) {
    let range = range(watches);
    let (low, high) = (range.low, range.high);
    let fires = if op.is_upward() { op.holds(high, threshold) } else { op.holds(low, threshold) };
    let clears = if op.is_upward() { !op.holds(low, clear) } else { !op.holds(high, clear) };
    if !fires {
        told.mistake("threshold", &format!("can never be reached: {}", range.told));
    } else if op.is_upward() && clear > threshold {
        told.mistake(
            "clear",
            &format!("{clear} lies above the threshold {threshold}: it would be over while it is true"),
        );
    } else if !op.is_upward() && clear < threshold {
        told.mistake(
            "clear",
            &format!("{clear} lies below the threshold {threshold}: it would be over while it is true"),
        );
    } else if !clears {
        let key = if clear.total_cmp(&threshold).is_eq() { "threshold" } else { "clear" };
        told.mistake(key, &format!("would never be over once it is true: {}", range.told));
    }
}

fn range(watches: &Watches) -> Range {
    let flag = Range { low: 0.0, high: 1.0, told: "it is 1 or 0" };
    let any = Range { low: f64::NEG_INFINITY, high: f64::INFINITY, told: "it is any number" };
    match watches {
        Watches::Absent(_) | Watches::Status(_) | Watches::GpuFault | Watches::GpuGone => return flag,
        Watches::Metric(id) if matches!(id.metric().name, "worker.online" | "gpu.throttled" | "gpu.fault") => {
            return flag;
        }
        Watches::Metric(id) if id.metric().name == "worker.clock_skew" => return any,
        Watches::GpuHeat => return any,
        _ => {}
    }
    match watches.unit() {
        Unit::Ratio => Range { low: 0.0, high: 1.0, told: "a share lies between 0 and 1 (0.9 is 90 percent)" },
        Unit::Celsius => any,
        _ => Range { low: 0.0, high: f64::INFINITY, told: "it is never below 0" },
    }
}
