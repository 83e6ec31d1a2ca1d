//! The days, weeks and months of a zone that reports are made of.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use forewatch::report::Every;

/// A day, week or month of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
    /// Its first day in its zone.
    pub(super) first: NaiveDate,
    /// Its last day.
    pub(super) last: NaiveDate,
}

/// The periods that are over at `now` and end after `since`, oldest first: the newest, and `most` at most. Without `since`
/// the newest alone.
pub(super) fn over(
    every: Every,
    zone: Tz,
    since: Option<DateTime<Utc>>,
    most: usize,
    now: DateTime<Utc>,
) -> Vec<Period> {
    let mut first = first_day(every, now.with_timezone(&zone).date_naive());
    let mut periods = Vec::new();
    let most = if since.is_some() { most } else { 1 };
    while periods.len() < most {
        let before = match every {
            Every::Day => first.checked_sub_days(Days::new(1)),
            Every::Week => first.checked_sub_days(Days::new(7)),
            Every::Month => first.checked_sub_months(Months::new(1)),
        };
        let Some(before) = before else { break };
        let last = first.pred_opt().unwrap_or(first);
        let period = Period { from: begin(before, zone), to: begin(first, zone), first: before, last };
        if since.is_some_and(|since| period.to <= since) {
            break;
        }
        // A day that a zone left out is no period.
        if period.from < period.to && period.to <= now {
            periods.push(period);
        }
        first = before;
    }
    periods.reverse();
    periods
}

/// The first day of the period that a day is in.
fn first_day(every: Every, day: NaiveDate) -> NaiveDate {
    let back = match every {
        Every::Day => 0,
        Every::Week => day.weekday().num_days_from_monday(),
        Every::Month => day.day0(),
    };
    day.checked_sub_days(Days::new(u64::from(back))).unwrap_or(day)
}

/// When a day begins: at midnight, or where its clocks leave that out, at the first time that they show.
fn begin(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    const QUARTERS: i32 = 2 * 24 * 4;
    let midnight = day.and_time(NaiveTime::MIN);
    let times = (0..QUARTERS).map(|quarter| midnight + TimeDelta::minutes(15) * quarter);
    let mut real = times.filter_map(|time| zone.from_local_datetime(&time).earliest());
    real.next().map_or_else(|| midnight.and_utc(), |time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(every: Every, zone: &str, since: Option<&str>, most: usize, now: &str) -> Vec<String> {
        let time = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        over(every, zone.parse().expect("a zone"), since.map(time), most, time(now))
            .iter()
            .map(|period| {
                let at = |time: DateTime<Utc>| time.format("%m-%d %H:%M").to_string();
                format!("{} to {}, {}", at(period.from), at(period.to), period.first)
            })
            .collect()
    }

    #[test]
    fn the_newest_period_that_is_over_is_that_of_the_zones_own_calendar() {
        // A Wednesday; in Berlin an hour later.
        let now = "2026-11-25T14:20:00Z";
        assert_eq!(told(Every::Day, "UTC", None, 9, now), ["11-24 00:00 to 11-25 00:00, 2026-11-24"]);
        assert_eq!(told(Every::Week, "Europe/Berlin", None, 9, now), ["11-15 23:00 to 11-22 23:00, 2026-11-16"]);
        assert_eq!(told(Every::Month, "Asia/Kathmandu", None, 9, now), ["09-30 18:15 to 10-31 18:15, 2026-10-01"]);
        // At the very end it is over.
        assert_eq!(
            told(Every::Week, "UTC", None, 9, "2026-11-23T00:00:00Z"),
            ["11-16 00:00 to 11-23 00:00, 2026-11-16"]
        );
        assert_eq!(
            told(Every::Week, "UTC", None, 9, "2026-11-22T23:59:59Z"),
            ["11-09 00:00 to 11-16 00:00, 2026-11-09"]
        );
    }

    #[test]
    fn a_period_is_as_long_as_its_clocks_say() {
        let weeks = told(Every::Week, "Europe/Berlin", None, 1, "2026-10-26T12:00:00Z");
        assert_eq!(weeks, ["10-18 22:00 to 10-25 23:00, 2026-10-19"]);
        // Where midnight does not exist, the day begins when its clocks first show it.
        let days = told(Every::Day, "Africa/Cairo", None, 1, "2026-04-24T22:00:00Z");
        assert_eq!(days, ["04-23 22:00 to 04-24 21:00, 2026-04-24"]);
        // Samoa had no 30 December 2011.
        let days = told(Every::Day, "Pacific/Apia", Some("2011-12-29T10:00:00Z"), 9, "2011-12-31T12:00:00Z");
        assert_eq!(days, ["12-29 10:00 to 12-30 10:00, 2011-12-29", "12-30 10:00 to 12-31 10:00, 2011-12-31"]);
    }

    #[test]
    fn what_was_missed_since_the_last_one_is_told_oldest_first_and_no_more_than_are_kept() {
        let since = Some("2026-11-20T00:00:00Z");
        let now = "2026-11-23T06:00:00Z";
        let days = ["11-20 00:00 to 11-21 00:00, 2026-11-20", "11-21 00:00 to 11-22 00:00, 2026-11-21"];
        let newest = "11-22 00:00 to 11-23 00:00, 2026-11-22";
        assert_eq!(told(Every::Day, "UTC", since, 9, now), [days[0], days[1], newest]);
        assert_eq!(told(Every::Day, "UTC", since, 2, now), [days[1], newest]);
        assert!(told(Every::Day, "UTC", Some("2026-11-23T00:00:00Z"), 9, now).is_empty());
        // A clock that was set back makes nothing again.
        assert!(told(Every::Day, "UTC", Some("2026-12-01T00:00:00Z"), 9, now).is_empty());
    }
}
