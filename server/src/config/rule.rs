//! The section `[[rule]]`, as it is written: what its words mean is found out by [`crate::alerts`].

use super::duration;
use forewatch::Unit;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::time::Duration;

/// One rule. Everything is optional, so that a mistake in one key never hides those in others.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RuleText {
    pub(crate) id: String,
    /// With false a rule that comes with Forewatch is not used.
    pub(crate) enabled: Option<bool>,
    pub(crate) component: Option<String>,
    pub(crate) metric: Option<String>,
    pub(crate) kind: Option<String>,
    #[serde(rename = "where")]
    pub(crate) filter: Option<BTreeMap<String, String>>,
    pub(crate) op: Option<String>,
    pub(crate) threshold: Option<Amount>,
    pub(crate) clear: Option<Amount>,
    #[serde(rename = "for")]
    pub(crate) lasts: Option<Span>,
    pub(crate) keep_firing_for: Option<Span>,
    pub(crate) severity: Option<String>,
    pub(crate) severities: Option<Vec<StepText>>,
    pub(crate) min_samples: Option<u64>,
    pub(crate) window: Option<Span>,
    pub(crate) agg: Option<String>,
    pub(crate) by: Option<Vec<String>>,
    pub(crate) at_least: Option<Span>,
    pub(crate) status: Option<String>,
    pub(crate) renotify: Option<Span>,
    pub(crate) inhibits: Option<Vec<String>>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) runbook: Option<String>,
}

/// A step of `severities`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StepText {
    pub(crate) at: Option<Amount>,
    pub(crate) severity: Option<String>,
}

/// A number, or a span of time, which counts in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Amount(pub(crate) f64);

/// A span of time, maybe none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl Amount {
    /// Reads what a person writes of a value in the base unit of `unit`: `90 %`, `5 min`, `1,200`, `0.9`.
    pub(crate) fn read(unit: Unit, text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (text, part) = match text.strip_suffix('%') {
            Some(percent) if unit == Unit::Ratio => (percent.trim_end(), 100.0),
            _ => (text, 1.0),
        };
        let number = text.replace(',', "").replace('−', "-").parse::<f64>().ok().filter(|number| number.is_finite());
        match number {
            Some(number) => Ok(Self(number / part)),
            None if unit == Unit::Seconds => duration::read_any(text).map(|span| Self(span.as_secs_f64())),
            None => Err(format!("\"{text}\" is not a number")),
        }
    }
}

impl Span {
    /// Reads what a person writes: `2 min`, `1 h 30 min`, `0s`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        duration::read_any(text.trim()).map(Self)
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a number or a duration such as \"5m\"")]
enum NumberOrText {
    Number(f64),
    Text(String),
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match NumberOrText::deserialize(deserializer)? {
            NumberOrText::Number(number) if number.is_finite() => Ok(Self(number)),
            NumberOrText::Number(number) => {
                Err(serde::de::Error::custom(format!("{number} is no number to compare with")))
            }
            NumberOrText::Text(text) => {
                duration::read_any(&text).map(|span| Self(span.as_secs_f64())).map_err(serde::de::Error::custom)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        duration::read_any(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::format;

    #[test]
    fn a_value_is_read_as_it_is_written() {
        for (unit, value) in [
            (Unit::Ratio, 0.07),
            (Unit::Ratio, 0.975),
            (Unit::Seconds, 5_430.0),
            (Unit::Seconds, 0.5),
            (Unit::Bytes, 8e9),
            (Unit::Celsius, -3.0),
            (Unit::Count, 1_200.0),
        ] {
            let text = format::field(unit, value);
            assert_eq!(Amount::read(unit, &text), Ok(Amount(value)), "{text}");
        }
        assert_eq!(Amount::read(Unit::Ratio, " 0.9 "), Ok(Amount(0.9)));
        assert_eq!(Amount::read(Unit::Count, "1,200"), Ok(Amount(1_200.0)));
        assert_eq!(Span::read("1 h 30 min"), Ok(Span(Duration::from_mins(90))));
        for (unit, text) in [(Unit::Count, "90 %"), (Unit::Seconds, "soon"), (Unit::Ratio, ""), (Unit::Count, "inf")] {
            assert!(Amount::read(unit, text).is_err(), "{text}");
        }
    }
}
