//! Units and checked numbers.

use serde::{Deserialize, Deserializer, Serialize};

/// What a number counts. Units inside Forewatch are base units; percent exists only on the screen
/// and in the compatibility fields of a heartbeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share, 0..=1.
    Ratio,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Bytes a second.
    BytesPerSecond,
    /// Watts.
    Watts,
    /// Joules.
    Joules,
    /// Degrees Celsius.
    Celsius,
    /// Hertz.
    Hertz,
    /// Things a second.
    PerSecond,
    /// Things an hour.
    PerHour,
    /// A plain count.
    Count,
}

impl Unit {
    /// The suffix that Prometheus' naming conventions ask for, without the underscore; empty for counts.
    pub fn prometheus_suffix(self) -> &'static str {
        match self {
            Self::Ratio => "ratio",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::BytesPerSecond => "bytes_per_second",
            Self::Watts => "watts",
            Self::Joules => "joules",
            Self::Celsius => "celsius",
            Self::Hertz => "hertz",
            Self::PerSecond => "per_second",
            Self::PerHour => "per_hour",
            Self::Count => "",
        }
    }
}

/// Why a number is refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NumberError {
    /// Not within 0..=1.
    #[error("{0} is not a ratio: it must lie between 0 and 1 (0.9 is 90 percent)")]
    Ratio(f64),
    /// Not within 0..=100.
    #[error("{0} is not a percentage: it must lie between 0 and 100 (90 is 90 percent)")]
    Percent(f64),
}

/// A share from 0 to 1, always finite.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ratio(f64);

impl Ratio {
    /// Checks that `value` lies within 0..=1.
    pub fn new(value: f64) -> Result<Self, NumberError> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(NumberError::Ratio(value)) }
    }

    /// The share of `part` in `whole`, cut to 1; `None` when the whole is zero.
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        (whole > 0).then(|| Self((part as f64 / whole as f64).min(1.0)))
    }

    /// Cuts `value` into 0..=1; `None` when it is not finite.
    pub fn clamped(value: f64) -> Option<Self> {
        value.is_finite().then(|| Self(value.clamp(0.0, 1.0)))
    }

    /// The share, 0..=1.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A percentage from 0 to 100, as the compatibility fields send it. `0.9` is 0.9 percent: the size of
/// a number is never interpreted, the field's name alone decides the unit.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Percent(f64);

impl Percent {
    /// Checks that `value` lies within 0..=100.
    pub fn new(value: f64) -> Result<Self, NumberError> {
        if (0.0..=100.0).contains(&value) { Ok(Self(value)) } else { Err(NumberError::Percent(value)) }
    }

    /// The percentage, 0..=100.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl From<Percent> for Ratio {
    fn from(percent: Percent) -> Self {
        Self(percent.0 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
