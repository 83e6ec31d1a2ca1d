//! Values on a vertical scale: which range is shown, where its lines lie, and how they are named.

use forewatch::{Unit, format};

const MINUTE: f64 = 60.0;

/// A vertical scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// The value at the bottom.
    pub low: f64,
    /// The value at the top.
    pub high: f64,
    /// The values at which a grid line lies.
    pub ticks: Vec<f64>,
}

impl Scale {
    /// A scale that shows everything from `low` to `high` with two or three lines. Shares and counts
    /// start at zero; what lies far from zero (a temperature) does not. Where there is nothing to show
    /// (`low` is above `high`) it has no lines.
    pub fn fit(unit: Unit, low: f64, high: f64) -> Self {
        if low > high {
            return Self { low: 0.0, high: 1.0, ticks: Vec::new() };
        }
        let low = if low.is_finite() { low } else { 0.0 };
        let high = if high.is_finite() { high } else { low };
        let from_zero = unit != Unit::Celsius || low <= 0.0;
        let bottom = if from_zero { low.min(0.0) } else { low };
        let least = match unit {
            Unit::Ratio => 0.02,
            Unit::Celsius => 10.0,
            Unit::Seconds => 0.001,
            Unit::PerSecond => 3.0 / MINUTE,
            _ => 1.0,
        };
        let span = (high - bottom).max(least);
        // A share that comes near 100 % is shown against 100 %.
        let whole = unit == Unit::Ratio && high > 0.5 && high <= 1.0;
        // Slow rates are told by the minute.
        let told_in = if unit == Unit::PerSecond && high < 1.0 { MINUTE } else { 1.0 };
        let step = if whole { 0.25 } else { nice(span * 1.1 / 3.0 * told_in) / told_in };
        // There is no half of a task to name.
        let step = if unit == Unit::Count { step.max(1.0) } else { step };
        let low = (bottom / step).floor() * step;
        let high = if whole { 1.0 } else { bottom + span * 1.12 };
        let ticks = ticks(low, high, step);
        Self { low, high, ticks: if whole { vec![0.25, 0.75] } else { ticks } }
    }

    /// Where a value lies: 0 at the top, 1 at the bottom. Beyond both it is cut off.
    pub fn place(&self, value: f64) -> f64 {
        let span = self.high - self.low;
        if span > 0.0 { ((self.high - value) / span).clamp(0.0, 1.0) } else { 1.0 }
    }

    /// What stands beside a grid line, as short as it can: whole numbers have no decimals.
    pub fn name(unit: Unit, tick: f64) -> String {
        match unit {
            Unit::PerHour => format::number(tick),
            Unit::PerSecond if tick < 1.0 => format!("{} /min", format::number((tick * MINUTE * 1e6).round() / 1e6)),
            _ => format::value(unit, tick).replace(".0 ", " "),
        }
    }
}

/// The next of 1, 2, 5, 10 … that is not below `step`.
pub fn nice(step: f64) -> f64 {
    if !step.is_finite() || step <= 0.0 {
        return 1.0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "exponents of floats")]
    let decade = 10_f64.powi(step.log10().floor() as i32);
    let share = step / decade;
    // A hair of tolerance: 0.2 / 0.1 is not exactly 2.
    let factor = [1.0, 2.0, 5.0].into_iter().find(|f| share <= f + 1e-9).unwrap_or(10.0);
    factor * decade
}

/// The multiples of `step` inside `low..high`, without the bottom line itself, which the strip's own edge is.
fn ticks(low: f64, high: f64, step: f64) -> Vec<f64> {
    let first = (low / step).floor() + 1.0;
    (0..8).map(|n| (first + f64::from(n)) * step).take_while(|tick| *tick < high - step * 0.05).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_line_of_a_whole_number_has_no_decimals() {
        for (unit, tick, name) in [
            (Unit::BytesPerSecond, 20e6, "20 MB/s"),
            (Unit::BytesPerSecond, 2.5e6, "2.5 MB/s"),
            (Unit::Bytes, 2e9, "2 GB"),
            (Unit::Ratio, 0.25, "25 %"),
            (Unit::PerSecond, 1.0 / 30.0, "2 /min"),
            (Unit::PerSecond, 2.0, "2 /s"),
        ] {
            assert_eq!(Scale::name(unit, tick), name);
        }
    }

    #[test]
    fn slow_rates_fill_their_strip_and_have_lines_at_whole_numbers_a_minute() {
        let names = |high| {
            let scale = Scale::fit(Unit::PerSecond, 0.0, high);
            scale.ticks.iter().map(|tick| Scale::name(Unit::PerSecond, *tick)).collect::<Vec<_>>()
        };
        assert_eq!(names(0.09), ["2 /min", "4 /min"]);
        assert_eq!(names(0.0), ["2 /min"]);
        assert_eq!(names(9.0), ["5 /s"]);
    }
}
