//! The hours and days of a time zone.

use super::{DAY, StatsError};
use chrono::{DateTime, NaiveDate, Offset as _, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;

/// Hours that are told when nothing else is asked, the newest.
pub(crate) const HOURS: u32 = 24;
/// Days that are told when nothing else is asked, the newest.
pub(crate) const DAYS: u32 = 30;
/// Periods of an answer at most: the hours of three months, or the days of six years.
pub(super) const MAX_PERIODS: usize = 2_232;
/// Days that a range may reach back.
pub(super) const MAX_AGE_DAYS: i64 = 20 * 365;
/// Borders of hours and days lie on whole quarters of an hour in every zone, also where its clocks change.
const QUARTER: TimeDelta = TimeDelta::minutes(15);

/// What a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Hour,
    Day,
}

/// What tells a period from its neighbours.
#[derive(Debug, PartialEq, Eq)]
enum Label {
    /// The hour that the clocks show, and by which offset: an hour that comes twice is two.
    Hour(NaiveDate, u32, i32),
    Day(NaiveDate),
}

/// Consecutive periods, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Periods {
    pub(super) unit: Unit,
    /// Where each begins, and where the last one ends, Unix seconds.
    borders: Vec<i64>,
}

impl Unit {
    fn label(self, zone: Tz, at: DateTime<Utc>) -> Label {
        let local = at.with_timezone(&zone);
        match self {
            Self::Hour => Label::Hour(local.date_naive(), local.hour(), local.offset().fix().local_minus_utc()),
            Self::Day => Label::Day(local.date_naive()),
        }
    }
}

impl Periods {
    /// The periods that have a part in `from..to` and have begun by `now`.
    pub(crate) fn within(
        unit: Unit,
        zone: Tz,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self, StatsError> {
        if from < now - TimeDelta::days(MAX_AGE_DAYS) {
            return Err(StatsError::Old);
        }
        let (from, to) = (from.min(now), to.min(now));
        let mut begin = quarter(from);
        while unit.label(zone, begin - QUARTER) == unit.label(zone, begin) {
            begin -= QUARTER;
        }
        let mut borders = vec![begin.timestamp()];
        let mut at = begin;
        while from < to && at < to {
            at = unit.end(zone, at);
            borders.push(at.timestamp());
            if borders.len() > MAX_PERIODS + 1 {
                return Err(StatsError::Wide);
            }
        }
        Ok(Self { unit, borders })
    }

    /// The newest `count` periods (UTC), the last of which holds `now`.
    pub(crate) fn newest(unit: Unit, count: u32, now: DateTime<Utc>) -> Self {
        let seconds = match unit {
            Unit::Hour => 3_600,
            Unit::Day => DAY,
        };
        let end = super::begin(now, seconds) + seconds;
        let borders = (0..=i64::from(count)).rev().map(|before| end - before * seconds).collect();
        Self { unit, borders }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.borders.len() - 1
    }

    /// Where the first begins, Unix seconds.
    pub(super) fn start(&self) -> i64 {
        self.borders[0]
    }

    /// Where the last ends, Unix seconds.
    pub(super) fn end(&self) -> i64 {
        self.borders[self.len()]
    }

    /// Begin and end of each, Unix seconds.
    pub(super) fn each(&self) -> impl Iterator<Item = (i64, i64)> {
        self.borders.windows(2).map(|pair| (pair[0], pair[1]))
    }

    /// The period that a time (Unix seconds) lies in.
    pub(super) fn of(&self, at: i64) -> Option<usize> {
        self.borders.partition_point(|begin| *begin <= at).checked_sub(1).filter(|place| *place < self.len())
    }

    /// Whether all borders are multiples of `seconds`.
    pub(super) fn are_whole(&self, seconds: i64) -> bool {
        self.borders.iter().all(|border| border % seconds == 0)
    }
}

impl Unit {
    /// Where the period ends that begins at `begin`.
    fn end(self, zone: Tz, begin: DateTime<Utc>) -> DateTime<Utc> {
        let label = self.label(zone, begin);
        let is_within = |at: &DateTime<Utc>| self.label(zone, *at) == label;
        // No day is so short, as a rule: where one is, every quarter is looked at.
        let most = if self == Self::Day { begin + TimeDelta::hours(20) } else { begin };
        let mut end = if is_within(&most) { most } else { begin };
        while is_within(&end) {
            end += QUARTER;
        }
        end
    }
}

/// The begin of the quarter of an hour.
fn quarter(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(super::begin(at, QUARTER.num_seconds()), 0).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn periods(unit: Unit, zone: &str, from: &str, to: &str) -> Vec<String> {
        let zone = zone.parse().expect("a zone");
        let now = at("2026-12-31T00:00:00Z");
        let periods = Periods::within(unit, zone, at(from), at(to), now).expect("it is not wide");
        periods
            .borders
            .iter()
            .map(|s| DateTime::from_timestamp(*s, 0).expect("a time").format("%d %H:%M").to_string())
            .collect()
    }

    #[test]
    fn days_begin_at_midnight_of_their_zone_and_are_as_long_as_its_clocks_say() {
        // Berlin's clocks go forward on 29 March 2026 and back on 25 October.
        let days = |from, to| periods(Unit::Day, "Europe/Berlin", from, to);
        assert_eq!(
            days("2026-03-28T12:00:00Z", "2026-03-29T23:00:00Z"),
            ["27 23:00", "28 23:00", "29 22:00", "30 22:00"]
        );
        assert_eq!(days("2026-10-25T00:00:00Z", "2026-10-25T22:59:00Z"), ["24 22:00", "25 23:00"]);
        assert_eq!(
            periods(Unit::Day, "Asia/Kathmandu", "2026-05-05T12:00:00Z", "2026-05-05T13:00:00Z"),
            ["04 18:15", "05 18:15"]
        );
        // Where midnight itself does not exist, the day begins when its clocks first show it.
        assert_eq!(
            periods(Unit::Day, "Africa/Cairo", "2026-04-24T12:00:00Z", "2026-04-24T13:00:00Z"),
            ["23 22:00", "24 21:00"]
        );
    }

    #[test]
    fn an_hour_that_comes_twice_is_two_hours() {
        let hours = periods(Unit::Hour, "Europe/Berlin", "2026-10-25T00:10:00Z", "2026-10-25T01:10:00Z");
        assert_eq!(hours, ["25 00:00", "25 01:00", "25 02:00"]);
        let hours = periods(Unit::Hour, "Asia/Kolkata", "2026-10-25T00:10:00Z", "2026-10-25T01:10:00Z");
        assert_eq!(hours, ["24 23:30", "25 00:30", "25 01:30"]);
    }

    #[test]
    fn a_time_lies_in_the_period_that_it_is_within() {
        let periods = Periods::newest(Unit::Hour, 3, at("2026-11-24T14:20:00Z"));
        assert_eq!((periods.len(), periods.end() - periods.start()), (3, 3 * 3_600));
        assert_eq!(periods.of(at("2026-11-24T14:59:59Z").timestamp()), Some(2));
        assert_eq!(periods.of(at("2026-11-24T12:00:00Z").timestamp()), Some(0));
        assert_eq!(periods.of(at("2026-11-24T11:59:59Z").timestamp()), None);
        assert_eq!(periods.of(at("2026-11-24T15:00:00Z").timestamp()), None);
    }

    #[test]
    fn what_is_too_wide_or_too_old_is_refused_and_the_future_is_empty() {
        let now = at("2026-11-24T14:20:00Z");
        let within = |from: DateTime<Utc>, to| Periods::within(Unit::Hour, Tz::UTC, from, to, now);
        assert!(matches!(within(now - TimeDelta::days(94), now), Err(StatsError::Wide)));
        assert!(within(now - TimeDelta::days(92), now).is_ok());
        assert!(matches!(within(DateTime::<Utc>::MIN_UTC, now), Err(StatsError::Old)));
        assert_eq!(within(now + TimeDelta::days(1), DateTime::<Utc>::MAX_UTC).expect("it is empty").len(), 0);
    }
}
