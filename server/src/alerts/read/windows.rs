//! The maintenance windows of a configuration: `[[silence]]`.

use super::words::Told;
use crate::alerts::maintenance::{Maintenance, Times};
use crate::config::{ConfigError, SilenceText};
use chrono::{DateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use forewatch::silence::Matcher;

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

/// Reads the windows; what is wrong with one is told, and it is left out.
pub(super) fn read(written: &[SilenceText], mistakes: &mut Vec<ConfigError>) -> Vec<Maintenance> {
    let mut windows = Vec::new();
    for (place, text) in written.iter().enumerate() {
        let mut told = Told::of(Some(format!("silence[{place}]")));
        let name = text.name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            told.mistake("name", "is needed: 1 to 100 characters, by which alerts are marked");
        }
        let matchers = matchers(text, &mut told);
        let times = times(text, &mut told);
        windows.extend(times.map(|times| Maintenance { name: name.to_owned(), matchers, times }));
        mistakes.append(&mut told.mistakes);
    }
    windows
}

fn matchers(text: &SilenceText, told: &mut Told) -> Vec<Matcher> {
    let mut matchers = Vec::new();
    for (label, value) in &text.filter {
        let known = Matcher::LABELS.iter().map(|name| (*name, ()));
        if told.word(&format!("where.{label}"), label, known).is_some() {
            matchers.push(Matcher::of(label, value));
        }
    }
    matchers
}

fn times(text: &SilenceText, told: &mut Told) -> Option<Times> {
    match &text.days {
        Some(days) => weekly(text, days, told),
        None => once(text, told),
    }
}

fn once(text: &SilenceText, told: &mut Told) -> Option<Times> {
    let mut time = |key: &str, written: &str| {
        let time = DateTime::parse_from_rfc3339(written).ok();
        if time.is_none() {
            told.mistake(key, "is no time: write 2026-11-28T20:00:00Z, or name `days` for a window of every week");
        }
        time.map(|time| time.with_timezone(&Utc))
    };
    let (from, to) = (time("from", &text.from), time("to", &text.to));
    if text.zone.is_some() {
        told.mistake("zone", "goes with `days`: a window that is once has times with a zone of their own");
    }
    let (from, to) = (from?, to?);
    if to <= from {
        told.mistake("to", "must lie after `from`");
    }
    Some(Times::Once { from, to })
}

fn weekly(text: &SilenceText, days: &[String], told: &mut Told) -> Option<Times> {
    let mut chosen = Vec::new();
    for (place, day) in days.iter().enumerate() {
        chosen.extend(told.word(&format!("days[{place}]"), day, DAYS.into_iter()));
    }
    if days.is_empty() {
        told.mistake("days", "names no day: there are mon, tue, wed, thu, fri, sat, sun");
    }
    let mut time = |key: &str, written: &str| {
        let time = NaiveTime::parse_from_str(written, "%H:%M").ok();
        if time.is_none() {
            told.mistake(key, "is no time of day: write 22:00");
        }
        time
    };
    let (from, to) = (time("from", &text.from), time("to", &text.to));
    let zone = text.zone.as_deref().unwrap_or("UTC");
    let zone: Option<Tz> = zone.parse().ok();
    if zone.is_none() {
        told.mistake("zone", "is no time zone: write one such as Europe/Berlin");
    }
    Some(Times::Weekly { days: chosen, from: from?, to: to?, zone: zone? })
}
