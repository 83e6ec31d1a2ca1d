//! What people set, such as a threshold or how long something must last: exact, and without what is nothing.

use super::digits::trimmed;
use super::{UNKNOWN, value};
use crate::Unit;

/// A value in the base unit of `unit` as somebody set it: `97.5 %`, `5 min`. Shares and times are exact to a millionth,
/// other units are written as [`value`] has them.
pub fn setting(unit: Unit, set: f64) -> String {
    match unit {
        Unit::Ratio if set.is_finite() => digits(set * 100.0) + " %",
        Unit::Seconds => period(set),
        _ => value(unit, set),
    }
}

/// The same as a field of a form holds it, from which it can be read again: where [`setting`] rounds, a plain number in
/// the base unit.
pub fn field(unit: Unit, set: f64) -> String {
    match unit {
        Unit::Ratio | Unit::Seconds => setting(unit, set),
        _ => digits(set),
    }
}

/// How long something is to last: `0.5 s`, `2 min`, `1 h 30 min`, `7 d`.
pub fn period(seconds: f64) -> String {
    const LONGEST: f64 = 1e12;
    if !(0.0..LONGEST).contains(&seconds) {
        return if seconds.is_finite() { digits(seconds) + " s" } else { UNKNOWN.to_owned() };
    }
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, unit) in [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min")] {
        let many = (rest / size).floor();
        rest -= many * size;
        if many > 0.0 {
            parts.push(format!("{many:.0} {unit}"));
        }
    }
    let last = digits(rest);
    if parts.is_empty() || last != "0" {
        parts.push(last + " s");
    }
    parts.join(" ")
}

/// A number in all its digits, to a millionth.
fn digits(number: f64) -> String {
    let text = trimmed(format!("{number:.6}"));
    if text == "-0" { "0".to_owned() } else { text }
}
