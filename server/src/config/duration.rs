//! Durations, as people write them.

use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// Reads a key that holds a duration.
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    read(&text).map_err(serde::de::Error::custom)
}

/// Reads a key that may hold a duration.
pub(super) fn some_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}

fn read(text: &str) -> Result<Duration, String> {
    let duration = read_any(text)?;
    if duration.is_zero() { Err("must be longer than zero".to_owned()) } else { Ok(duration) }
}

/// Reads `250ms`, `10s`, `5m`, `48h`, `7d`, `2y` (a year is 365 days), and `0s`.
pub(super) fn read_any(text: &str) -> Result<Duration, String> {
    let years = text.strip_suffix('y').and_then(|n| n.parse::<u32>().ok());
    let duration = match years {
        Some(years) => Duration::from_secs(u64::from(years) * 365 * 86_400),
        None => humantime::parse_duration(text)
            .map_err(|_| format!("\"{text}\" is not a duration: write 250ms, 10s, 5m, 48h, 7d or 2y"))?,
    };
    Ok(duration)
}
