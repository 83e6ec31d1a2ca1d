//! Times: always UTC, written as RFC 3339 with a `Z`; and the relative form that queries accept.

pub use chrono::TimeDelta;
use chrono::{DateTime, Utc};

/// A moment in UTC.
pub type Timestamp = DateTime<Utc>;

/// Why a text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a time: use RFC 3339 such as 2026-11-24T14:00:00Z, or now, now-15m, now-1h, now-7d")]
pub struct TimeError(String);

/// Reads an RFC 3339 time, or `now` with an offset (`now-1h`, `now-90s`, `now+5m`; units s, m, h, d, w, y).
pub fn parse(text: &str, now: Timestamp) -> Result<Timestamp, TimeError> {
    let error = || TimeError(text.chars().take(60).collect());
    let Some(rest) = text.strip_prefix("now") else {
        return DateTime::parse_from_rfc3339(text).map(|t| t.to_utc()).map_err(|_| error());
    };
    if rest.is_empty() {
        return Ok(now);
    }
    let (sign, span) = match rest.split_at_checked(1) {
        Some(("-", span)) => (-1, span),
        Some(("+", span)) => (1, span),
        _ => return Err(error()),
    };
    let span = parse_span(span).ok_or_else(error)?;
    now.checked_add_signed(span * sign).ok_or_else(error)
}

/// Reads a whole number with a unit: `90s`, `15m`, `1h`, `7d`, `2w`, `2y` (365 days). `None` when it is something else.
pub fn parse_span(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let amount: i64 = text[..text.len() - unit.len_utf8()].parse().ok().filter(|n| *n >= 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        'y' => 365 * 86_400,
        _ => return None,
    };
    TimeDelta::try_seconds(amount.checked_mul(seconds)?)
}

/// Seconds since the Unix epoch, with fractions down to the microsecond.
pub fn unix_seconds(at: Timestamp) -> f64 {
    at.timestamp_micros() as f64 / 1e6
}

/// The moment `seconds` after the Unix epoch; `None` when it is not finite or beyond the calendar.
pub fn from_unix_seconds(seconds: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    let micros = (seconds.is_finite() && seconds.abs() < 8.0e12).then(|| (seconds * 1e6).round() as i64)?;
    DateTime::from_timestamp_micros(micros)
}

/// The seconds from `from` to `to`, negative when `to` is earlier.
pub fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    (to - from).num_microseconds().map_or_else(|| (to - from).num_seconds() as f64, |us| us as f64 / 1e6)
}
