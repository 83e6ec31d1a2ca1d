//! Reports, for the API and for the page.

use super::BackendFor;
use super::past::beside;
use crate::collector::clock;
use crate::report::{Asked, Form, Sources, fragment, make};
use crate::stats::StatsError;
use app::backend::{BackendError, ReportAsked, ReportShown};
use chrono::{
    DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Timelike as _, Utc,
};
use forewatch::Timestamp;
use forewatch::report::{KeptReport, Report};
use forewatch::time;

impl BackendFor {
    /// The report over `from..to`; without `to`, until the moment at which it is made. What ended up to then is counted
    /// already, while of an hour's part single tasks are read.
    pub(crate) async fn report_of(
        &self,
        from: Timestamp,
        to: Option<Timestamp>,
    ) -> Result<Result<Report, StatsError>, BackendError> {
        let asked = Asked::plain(from, to.unwrap_or(Timestamp::MAX_UTC));
        self.with_past(move |records, past, kept, now| make(&Sources { records, past, kept }, &asked, now)).await
    }

    /// The reports that the schedule made, the newest first.
    pub(crate) fn reports_kept(&self) -> Result<Vec<KeptReport>, BackendError> {
        self.person()?;
        Ok(self.state.reports.all())
    }

    /// One of their files.
    pub(crate) async fn kept_report(&self, name: String) -> Result<(Form, Vec<u8>), BackendError> {
        self.person()?;
        let missing =
            || BackendError::NotFound("there is no such report: it may have made room for newer ones".to_owned());
        let (path, form) = self.state.reports.file(&name).ok_or_else(missing)?;
        // It may have gone in this moment.
        let bytes = beside(move || std::fs::read(path)).await?.map_err(|_| missing())?;
        Ok((form, bytes))
    }

    /// The report that the page asks for.
    pub(super) async fn report_shown(&self, asked: ReportAsked) -> Result<ReportShown, BackendError> {
        let (from, to) = span(&asked, clock()).map_err(BackendError::Invalid)?;
        let report = self.report_of(from, to).await?.map_err(|error| BackendError::Invalid(error.to_string()))?;
        let stamp = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        Ok(ReportShown { from: stamp(report.from), to: stamp(report.to), html: fragment(&report) })
    }
}

/// The period that an address means; without an end it goes on.
fn span(asked: &ReportAsked, now: Timestamp) -> Result<(Timestamp, Option<Timestamp>), String> {
    let hour = now.date_naive().and_hms_opt(now.hour(), 0, 0).map_or(now, |hour| hour.and_utc());
    let today = midnight(now.date_naive());
    let (from, to) = match (asked.range.as_deref(), &asked.from, &asked.to) {
        (Some("24h"), ..) => (hour - TimeDelta::hours(24), None),
        (Some("7d"), ..) | (None, None, None) => (hour - TimeDelta::days(7), None),
        (Some("30d"), ..) => (hour - TimeDelta::days(30), None),
        (Some("day"), ..) => (today - TimeDelta::days(1), Some(today)),
        (Some("week"), ..) => {
            let monday = today - TimeDelta::days(i64::from(now.weekday().num_days_from_monday()));
            (monday - TimeDelta::days(7), Some(monday))
        }
        (Some("month"), ..) => {
            let first = today - TimeDelta::days(i64::from(now.day0()));
            (first - Months::new(1), Some(first))
        }
        (Some(other), ..) => {
            let told: String = other.chars().take(60).collect();
            return Err(format!("\"{told}\" is no period: use 24h, 7d, 30d, day, week or month, or from and to."));
        }
        (None, from, to) => {
            let from = from.as_deref().map(|text| moment(text, now, 0)).transpose()?;
            // The last day belongs to it, as far as it has come.
            let to = to.as_deref().map(|text| moment(text, now, 1)).transpose()?.filter(|to| *to <= now);
            (from.unwrap_or_else(|| to.unwrap_or(hour) - TimeDelta::days(7)), to)
        }
    };
    match from {
        from if from >= now => Err("The period lies ahead: nothing is known of it yet.".to_owned()),
        from if from >= to.unwrap_or(now) => Err("The period must begin before it ends.".to_owned()),
        from => Ok((from, to)),
    }
}

/// A day (its first midnight, UTC, or one so many days later) or a time.
fn moment(text: &str, now: Timestamp, later: u64) -> Result<Timestamp, String> {
    match text.parse::<NaiveDate>() {
        Ok(day) => day.checked_add_days(Days::new(later)).map(midnight).ok_or_else(|| format!("{text} is no day.")),
        Err(_) => time::parse(text, now).map_err(|error| error.to_string()),
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(range: Option<&str>, from: Option<&str>, to: Option<&str>) -> Result<String, String> {
        // A Wednesday.
        let now = "2026-11-25T14:20:00Z".parse().expect("a time");
        let word = |word: Option<&str>| word.map(str::to_owned);
        let asked = ReportAsked { range: word(range), from: word(from), to: word(to) };
        span(&asked, now).map(|(from, to)| {
            format!(
                "{} {}",
                from.format("%m-%d %H:%M"),
                to.map_or("on".to_owned(), |to| to.format("%m-%d %H:%M").to_string())
            )
        })
    }

    #[test]
    fn periods_are_whole_days_weeks_and_months_or_the_last_hours() {
        for (range, expected) in [
            (None, "11-18 14:00 on"),
            (Some("24h"), "11-24 14:00 on"),
            (Some("day"), "11-24 00:00 11-25 00:00"),
            (Some("week"), "11-16 00:00 11-23 00:00"),
            (Some("month"), "10-01 00:00 11-01 00:00"),
        ] {
            assert_eq!(told(range, None, None).as_deref(), Ok(expected), "{range:?}");
        }
        for (from, to, expected) in [
            (Some("2026-11-01"), Some("now-1d"), "11-01 00:00 11-24 14:20"),
            (Some("2026-11-20"), Some("2026-11-20"), "11-20 00:00 11-21 00:00"),
            (Some("2026-11-20"), Some("2026-11-25"), "11-20 00:00 on"),
            (None, Some("2026-11-20"), "11-14 00:00 11-21 00:00"),
        ] {
            assert_eq!(told(None, from, to).as_deref(), Ok(expected), "{from:?} {to:?}");
        }
    }

    #[test]
    fn what_is_no_period_is_told() {
        for (range, from, to) in [
            (Some("fortnight"), None, None),
            (None, Some("yesterday"), None),
            (None, Some("2026-11-02"), Some("2026-11-01")),
            (None, Some("2026-11-26"), Some("2026-11-27")),
            (None, Some("2026-11-20"), Some("+262142-12-31")),
        ] {
            assert!(told(range, from, to).is_err(), "{range:?} {from:?} {to:?}");
        }
    }
}
