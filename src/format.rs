//! How people read numbers: one way for the dashboard, alert titles and reports.
//!
//! Every function takes the base unit that the model keeps (ratio 0..=1, seconds, bytes, watts) and
//! gives short text with its unit. What is not a finite number is [`UNKNOWN`]; what is above zero and
//! too small to show is `<0.1 …`, never a zero; a minus is the typographic one. No locale, no clock:
//! server and browser write the same text.

mod digits;
mod setting;

pub use setting::{field, period, setting};

use crate::Unit;
use digits::{group, plain, scaled, signed, three_digits, trimmed, visible};

/// Stands where there is no number.
pub const UNKNOWN: &str = "–";

/// A value in the base unit of `unit`, such as a metric's.
pub fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Ratio => ratio(value),
        Unit::Seconds => duration(value),
        Unit::Bytes => bytes(value),
        Unit::BytesPerSecond => bytes_per_second(value),
        Unit::Watts => watts(value),
        Unit::Joules => joules(value),
        Unit::Celsius => celsius(value),
        Unit::Hertz => hertz(value),
        Unit::PerSecond => per_second(value),
        Unit::PerHour => per_hour(value),
        Unit::Count => number(value),
    }
}

/// Like [`value`], with [`UNKNOWN`] for what is not there.
pub fn optional(unit: Unit, reading: Option<f64>) -> String {
    reading.map_or_else(|| UNKNOWN.to_owned(), |reading| value(unit, reading))
}

/// A whole count with thousands apart: `9,040`. Exact beyond 2^53.
pub fn count(count: u64) -> String {
    group(&count.to_string())
}

/// A count that may be a mean: `9,040`, `0.25`, `3.7`.
pub fn number(value: f64) -> String {
    signed(value, |value| {
        if value >= 1e15 {
            format!("{value:.2e}")
        } else if value.fract() == 0.0 {
            group(&format!("{value:.0}"))
        } else {
            visible(value, three_digits(value))
        }
    })
}

/// A share 0..=1 in percent: `87 %`, `3.4 %`. It says `100 %` and `0 %` only when that is exact, so that one
/// failure in a million is seen.
pub fn ratio(value: f64) -> String {
    signed(value, |value| {
        let percent = value * 100.0;
        let text = if percent > 99.0 && percent < 100.0 {
            format!("{:.1}", percent.min(99.9))
        } else if percent < 9.95 {
            trimmed(visible(percent, 1))
        } else {
            visible(percent, 0)
        };
        text + " %"
    })
}

/// A size in decimal units: `512 B`, `3.2 GB`, `141 GB`.
pub fn bytes(value: f64) -> String {
    scaled(value, BYTES, one_digit)
}

/// A rate of bytes: `3.2 MB/s`.
pub fn bytes_per_second(value: f64) -> String {
    let text = bytes(value);
    if text == UNKNOWN { text } else { text + "/s" }
}

/// Power: `318 W`, `2.02 kW`.
pub fn watts(value: f64) -> String {
    scaled(value, &[(1.0, "W"), (1e3, "kW"), (1e6, "MW")], |value, step| match step {
        0 => usize::from(value < 9.95),
        _ => three_digits(value),
    })
}

/// Energy, from a watt-hour on in the units of a bill: `820 J`, `1.25 kWh`.
pub fn joules(value: f64) -> String {
    let steps = [(1.0, "J"), (3.6e3, "Wh"), (3.6e6, "kWh"), (3.6e9, "MWh")];
    scaled(value, &steps, |value, _| three_digits(value))
}

/// A temperature: `79 °C`.
pub fn celsius(value: f64) -> String {
    signed(value, |value| if value < 0.5 { "0 °C".to_owned() } else { visible(value, 0) + " °C" })
}

/// A frequency: `2.46 GHz`, `810 MHz`.
pub fn hertz(value: f64) -> String {
    let steps = [(1.0, "Hz"), (1e3, "kHz"), (1e6, "MHz"), (1e9, "GHz"), (1e12, "THz")];
    scaled(value, &steps, |value, _| three_digits(value))
}

/// Things a second; slow ones by the minute or the hour: `12.4 /s`, `3 /min`, `2.5 /h`.
pub fn per_second(value: f64) -> String {
    signed(value, |value| {
        let (amount, unit) = match value {
            v if v >= 0.9995 => (v, "/s"),
            v if v == 0.0 || v * 60.0 >= 0.0995 => (v * 60.0, "/min"),
            v => (v * 3600.0, "/h"),
        };
        format!("{} {unit}", plain(amount))
    })
}

/// Things an hour: `9,040 /h`.
pub fn per_hour(value: f64) -> String {
    signed(value, |value| format!("{} /h", plain(value)))
}

/// How long something took: `340 ms`, `4.2 s`, `1 min 04 s`, `2 h 05 min`, `3 d 4 h`.
pub fn duration(seconds: f64) -> String {
    signed(seconds, |seconds| match seconds {
        0.0 => "0 s".to_owned(),
        s if s < 999.5e-6 => visible(s * 1e6, 0) + " µs",
        s if s < 0.9995 => format!("{:.0} ms", s * 1e3),
        s if s < 9.95 => format!("{s:.1} s"),
        s => span(s.round()),
    })
}

/// How long ago something was, in whole seconds: `3 s`, `4 min 06 s`, `2 h 05 min`, `3 d 4 h`. What is a little
/// ahead (two clocks are never the same) is `0 s`.
pub fn age(seconds: f64) -> String {
    if seconds.is_finite() { span(seconds.max(0.0).floor()) } else { UNKNOWN.to_owned() }
}

/// How long ago something was, roughly: the larger unit of [`age`], as in `4 min`.
pub fn age_roughly(seconds: f64) -> String {
    let age = age(seconds);
    let end = age.match_indices(' ').nth(1).map_or(age.len(), |(at, _)| at);
    age[..end].to_owned()
}

/// Whole seconds in the two largest units that fit.
fn span(seconds: f64) -> String {
    const LONGEST: f64 = 1e15;
    if seconds >= LONGEST {
        return format!("{:.1e} d", seconds / 86_400.0);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= seconds < LONGEST")]
    let seconds = seconds as u64;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min {:02} s", seconds % 60),
        3600..86_400 => format!("{hours} h {:02} min", minutes % 60),
        _ if days < 100 => format!("{days} d {} h", hours % 24),
        _ => format!("{} d", count(days)),
    }
}

const BYTES: &[(f64, &str)] =
    &[(1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB"), (1e15, "PB"), (1e18, "EB")];

/// Decimals for sizes: one below 100.
fn one_digit(value: f64, _step: usize) -> usize {
    usize::from(value < 99.95)
}
