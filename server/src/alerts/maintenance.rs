//! Maintenance windows: times, once or every week, in which nobody is told of some alerts.

use chrono::{DateTime, Datelike as _, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use forewatch::alert::Alert;
use forewatch::silence::Matcher;

/// A maintenance window of the configuration.
#[derive(Debug, Clone)]
pub(crate) struct Maintenance {
    pub(crate) name: String,
    /// All must fit.
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) times: Times,
}

/// When a window is.
#[derive(Debug, Clone)]
pub(crate) enum Times {
    Once {
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    },
    /// On these days by the clocks of a zone; up to the same time of the next day where `to` is not after `from`.
    Weekly {
        days: Vec<Weekday>,
        from: NaiveTime,
        to: NaiveTime,
        zone: Tz,
    },
}

impl Maintenance {
    pub(super) fn holds(&self, now: DateTime<Utc>) -> bool {
        match &self.times {
            Times::Once { from, to } => *from <= now && now < *to,
            Times::Weekly { days, from, to, zone } => {
                let local = now.with_timezone(zone);
                let (day, time) = (local.weekday(), local.time());
                if from < to {
                    return days.contains(&day) && *from <= time && time < *to;
                }
                (days.contains(&day) && *from <= time) || (days.contains(&day.pred()) && time < *to)
            }
        }
    }

    pub(super) fn fits(&self, alert: &Alert) -> bool {
        self.matchers.iter().all(|matcher| matcher.fits(alert))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weekly(days: &[Weekday], from: &str, to: &str) -> Maintenance {
        let time = |text: &str| text.parse().expect("a time");
        let zone = chrono_tz::Europe::Berlin;
        let times = Times::Weekly { days: days.to_vec(), from: time(from), to: time(to), zone };
        Maintenance { name: "patch day".to_owned(), matchers: Vec::new(), times }
    }

    fn holds(window: &Maintenance, at: &str) -> bool {
        window.holds(at.parse().expect("a time"))
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
        let window = weekly(&[Weekday::Sat], "22:00:00", "06:00:00");
        // A Saturday in winter: Berlin is an hour ahead.
        assert!(!holds(&window, "2026-11-28T20:59:59Z") && holds(&window, "2026-11-28T21:00:00Z"));
        assert!(holds(&window, "2026-11-29T04:59:59Z") && !holds(&window, "2026-11-29T05:00:00Z"));
        assert!(!holds(&window, "2026-11-29T21:30:00Z") && !holds(&window, "2026-11-28T04:00:00Z"));
    }

    #[test]
    fn a_window_keeps_to_the_clocks_of_its_zone_in_summer_too() {
        let window = weekly(&[Weekday::Mon, Weekday::Thu], "09:00:00", "12:30:00");
        assert!(holds(&window, "2026-07-06T07:00:00Z") && !holds(&window, "2026-07-06T06:59:00Z"));
        assert!(holds(&window, "2026-11-26T08:00:00Z") && !holds(&window, "2026-11-26T11:30:00Z"));
        assert!(!holds(&window, "2026-11-27T09:00:00Z"));
    }

    #[test]
    fn a_window_that_is_once_is_over_after_it() {
        let at = |text: &str| text.parse().expect("a time");
        let times = Times::Once { from: at("2026-11-24T14:00:00Z"), to: at("2026-11-24T15:00:00Z") };
        let window = Maintenance { times, ..weekly(&[], "00:00:00", "00:00:00") };
        assert!(holds(&window, "2026-11-24T14:00:00Z") && !holds(&window, "2026-11-24T15:00:00Z"));
    }
}
