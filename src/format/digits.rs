//! Digits: rounding to what is worth reading, signs, thousands and the choice of a unit's multiple.

use super::UNKNOWN;

/// Writes `value` in the largest unit of which it has at least one, after rounding: 999.96 kB are 1.0 MB.
/// `decimals` is asked with the scaled value and the place of its unit.
pub(super) fn scaled(value: f64, steps: &[(f64, &str)], decimals: impl Fn(f64, usize) -> usize) -> String {
    signed(value, |value| {
        let mut text = String::new();
        for (step, (factor, unit)) in steps.iter().enumerate() {
            let amount = value / factor;
            let digits = decimals(amount, step);
            let shift = 10_f64.powi(i32::try_from(digits).unwrap_or(0));
            text = match step {
                0 => format!("{} {unit}", trimmed(visible(amount, digits))),
                _ => format!("{} {unit}", visible(amount, digits)),
            };
            let next = steps.get(step + 1).map_or(f64::INFINITY, |(next, _)| next / factor);
            if (amount * shift).round() / shift < next {
                break;
            }
        }
        text
    })
}

/// Decimals for three significant digits, at most two.
pub(super) fn three_digits(value: f64) -> usize {
    match value {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    }
}

/// Three significant digits without empty decimals, thousands apart.
pub(super) fn plain(value: f64) -> String {
    trimmed(visible(value, three_digits(value)))
}

/// `value` (not negative) with `decimals` places; `<0.1` when there is something that rounds to nothing.
pub(super) fn visible(value: f64, decimals: usize) -> String {
    if value >= 1e15 {
        return format!("{value:.1e}");
    }
    let text = format!("{value:.decimals$}");
    if value > 0.0 && !has_digit(&text) {
        let least = 10_f64.powi(-i32::try_from(decimals).unwrap_or(0));
        return format!("<{least:.decimals$}");
    }
    group(&text)
}

/// Without zeros after the decimal point that say nothing.
pub(super) fn trimmed(text: String) -> String {
    match text.split_once('.') {
        Some((whole, decimals)) if !text.contains('e') => match decimals.trim_end_matches('0') {
            "" => whole.to_owned(),
            rest => format!("{whole}.{rest}"),
        },
        _ => text,
    }
}

/// Sets a comma between every three digits before the decimal point.
pub(super) fn group(number: &str) -> String {
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut text = String::with_capacity(number.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

/// Writes the size of `value` with `write` and puts the sign before it; a rounded zero has no sign.
pub(super) fn signed(value: f64, write: impl Fn(f64) -> String) -> String {
    if !value.is_finite() {
        return UNKNOWN.to_owned();
    }
    let text = write(value.abs());
    match text.strip_prefix('<') {
        _ if value >= 0.0 || !has_digit(&text) => text,
        Some(least) => format!(">−{least}"),
        None => format!("−{text}"),
    }
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}
