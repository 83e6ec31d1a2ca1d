//! Quiet hours: a stretch of each day in a zone, in which only what cannot wait is told.

use crate::config;
use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use forewatch::AlertSeverity;

/// When to be quiet.
#[derive(Debug, Clone)]
pub(crate) struct Quiet {
    from: NaiveTime,
    to: NaiveTime,
    zone: Tz,
    except: Option<AlertSeverity>,
}

impl Quiet {
    /// Reads it; says of each key what is wrong with it.
    pub(crate) fn of(quiet: &config::Quiet) -> Result<Self, Vec<(&'static str, String)>> {
        let mut wrong = Vec::new();
        let mut time = |key, text: &str| {
            let read = NaiveTime::parse_from_str(text, "%H:%M");
            if read.is_err() {
                wrong.push((key, format!("\"{text}\" is not a time of the day: write 22:00")));
            }
            read.unwrap_or_default()
        };
        let (from, to) = (time("from", &quiet.from), time("to", &quiet.to));
        if wrong.is_empty() && from == to {
            wrong.push(("to", "is the same as from: quiet hours need a beginning and an end".to_owned()));
        }
        let zone = quiet.zone.parse().unwrap_or_else(|_| {
            wrong.push(("zone", format!("\"{}\" is not a time zone: write one such as Europe/Berlin", quiet.zone)));
            Tz::UTC
        });
        if wrong.is_empty() { Ok(Self { from, to, zone, except: quiet.except }) } else { Err(wrong) }
    }

    /// Whether an alert of this severity waits at `now`.
    pub(crate) fn holds(&self, severity: AlertSeverity, now: DateTime<Utc>) -> bool {
        if self.except.is_some_and(|least| severity >= least) {
            return false;
        }
        let time = now.with_timezone(&self.zone).time();
        if self.from < self.to { self.from <= time && time < self.to } else { self.from <= time || time < self.to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AlertSeverity::{Critical, Error};

    fn quiet(from: &str, to: &str, zone: &str) -> Result<Quiet, Vec<(&'static str, String)>> {
        let [from, to, zone] = [from, to, zone].map(str::to_owned);
        Quiet::of(&config::Quiet { from, to, zone, except: Some(Critical) })
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn the_night_is_that_of_the_zone_in_summer_and_in_winter() {
        let night = quiet("22:00", "07:00", "Europe/Berlin").expect("it is right");
        for (time, is_quiet) in [
            ("2026-07-01T19:59:00Z", false),
            ("2026-07-01T20:00:00Z", true),
            ("2026-07-02T04:59:59Z", true),
            ("2026-07-02T05:00:00Z", false),
            ("2026-12-01T20:30:00Z", false),
            ("2026-12-01T21:00:00Z", true),
            ("2026-12-02T05:30:00Z", true),
        ] {
            assert_eq!(night.holds(Error, at(time)), is_quiet, "{time}");
            assert!(!night.holds(Critical, at(time)), "{time}");
        }
    }

    #[test]
    fn hours_of_one_day_end_on_it() {
        let lunch = quiet("12:00", "13:30", "UTC").expect("it is right");
        assert!(lunch.holds(Error, at("2026-07-01T13:29:00Z")) && !lunch.holds(Error, at("2026-07-01T13:30:00Z")));
        assert!(!lunch.holds(Error, at("2026-07-01T11:59:00Z")));
    }

    #[test]
    fn every_key_that_is_wrong_is_named() {
        let keys = |from, to, zone| quiet(from, to, zone).expect_err("wrong").iter().map(|w| w.0).collect::<Vec<_>>();
        assert_eq!(keys("22", "25:00", "Mars/Olympus"), ["from", "to", "zone"]);
        assert_eq!(keys("22:00", "22:00", "UTC"), ["to"]);
    }
}
