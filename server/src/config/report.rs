//! The section `[[report]]`: reports that the server makes by itself and keeps.

use super::{ConfigError, Notify};
use crate::notify;
use crate::report::Form;
use chrono_tz::Tz;
use forewatch::report::Every;
use serde::{Deserialize, Deserializer};

/// Reports in the configuration at most.
const MAX_REPORTS: usize = 32;
/// Letters of a name: it becomes a part of the files' names.
const MAX_NAME: usize = 40;
/// Letters of a title: a line on paper.
const MAX_TITLE: usize = 120;
/// Reports of one schedule that may be kept.
const MAX_KEPT: usize = 1_000;

/// A report that is made at the end of each day, week or month.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduledReport {
    /// Letters, digits, - and _: the beginning of its files' names.
    pub(crate) name: String,
    pub(crate) every: Every,
    /// Whose days, weeks and months they are; UTC by default.
    #[serde(default, deserialize_with = "zone")]
    pub(crate) zone: Tz,
    /// The forms that are kept; HTML and PDF by default.
    #[serde(default = "usual_formats")]
    pub(crate) formats: Vec<Form>,
    /// How many are kept, the newest; 12 by default.
    #[serde(default = "usual_keep")]
    pub(crate) keep: usize,
    /// The channels (`[[notify]]`, by their names) that are told once it is made.
    #[serde(default)]
    pub(crate) notify: Vec<String>,
    /// What stands above it.
    #[serde(default)]
    pub(crate) title: Option<String>,
}

fn usual_formats() -> Vec<Form> {
    vec![Form::Html, Form::Pdf]
}

fn usual_keep() -> usize {
    12
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(|_| {
        let told: String = name.chars().take(60).collect();
        serde::de::Error::custom(format!("\"{told}\" is no time zone: write one such as UTC or Europe/Berlin"))
    })
}

/// What is wrong with the reports, whose keys in the file are `keys`.
pub(super) fn check(reports: &[ScheduledReport], keys: impl Iterator<Item = String>) -> Vec<ConfigError> {
    let mut mistakes = Vec::new();
    for ((place, report), key) in reports.iter().enumerate().zip(keys) {
        let mut wrong = |of: &str, reason: String| mistakes.push(ConfigError::new(format!("{key}{of}"), reason));
        let is_fine = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
        if place >= MAX_REPORTS {
            wrong("", format!("is one too many: {MAX_REPORTS} reports at most"));
        }
        if !(1..=MAX_NAME).contains(&report.name.len()) || !report.name.chars().all(is_fine) {
            wrong(".name", format!("must be 1 to {MAX_NAME} letters, digits, - and _"));
        } else if reports[..place].iter().any(|other| other.name.eq_ignore_ascii_case(&report.name)) {
            wrong(".name", format!("\"{}\" is taken by another report: give each its own", report.name));
        }
        if report.formats.is_empty() {
            wrong(".formats", "must name at least one of html, pdf, csv and json".to_owned());
        }
        if let Some(twice) = (1..report.formats.len()).find(|at| report.formats[..*at].contains(&report.formats[*at])) {
            wrong(".formats", format!("names {} twice", report.formats[twice].extension()));
        }
        if !(1..=MAX_KEPT).contains(&report.keep) {
            wrong(".keep", format!("must be 1 to {MAX_KEPT}"));
        }
        if let Some(title) = &report.title
            && (title.trim().is_empty() || title.chars().count() > MAX_TITLE || title.chars().any(char::is_control))
        {
            wrong(".title", format!("must be 1 to {MAX_TITLE} letters, in one line"));
        }
    }
    mistakes
}

/// What is wrong with whom the reports are told.
pub(super) fn check_told(
    reports: &[ScheduledReport],
    channels: &[Notify],
    keys: impl Iterator<Item = String>,
) -> Vec<ConfigError> {
    let mut mistakes = Vec::new();
    for (report, key) in reports.iter().zip(keys) {
        for (place, name) in report.notify.iter().enumerate() {
            let reason = match channels.iter().find(|channel| channel.name == *name) {
                _ if report.notify[..place].contains(name) => "is named twice",
                None => "is no channel: give the name of a [[notify]]",
                Some(channel) if !notify::takes_reports(channel) => "takes no reports: name a channel of another type",
                Some(_) => continue,
            };
            let told: String = name.chars().take(MAX_NAME).collect();
            mistakes.push(ConfigError::new(format!("{key}.notify"), format!("\"{told}\" {reason}")));
        }
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_needs_a_name_and_how_often_and_has_the_rest_by_default() {
        let report: ScheduledReport = toml::from_str("name = \"weekly\"\nevery = \"week\"").expect("it can be read");
        assert_eq!((report.every, report.zone, report.keep), (Every::Week, Tz::UTC, 12));
        assert_eq!(report.formats, [Form::Html, Form::Pdf]);
        assert!(check(&[report], std::iter::once("report[0]".to_owned())).is_empty());
    }

    #[test]
    fn what_cannot_be_is_named_by_its_key() {
        for (more, key) in [
            ("name = \"a b\"", ".name"),
            ("name = \"\"", ".name"),
            ("name = \"a\"\nformats = []", ".formats"),
            ("name = \"a\"\nformats = [\"pdf\", \"csv\", \"pdf\"]", ".formats"),
            ("name = \"a\"\nkeep = 0", ".keep"),
            ("name = \"a\"\nkeep = 1001", ".keep"),
            ("name = \"a\"\ntitle = \"one\\ntwo\"", ".title"),
        ] {
            let report: ScheduledReport = toml::from_str(&format!("every = \"day\"\n{more}")).expect("it can be read");
            let mistakes = check(&[report], std::iter::once("report[0]".to_owned()));
            assert_eq!(mistakes.len(), 1, "{more}");
            assert_eq!(mistakes[0].key, format!("report[0]{key}"));
        }
        for more in
            ["every = \"year\"", "every = \"day\"\nzone = \"Mars/Base\"", "every = \"day\"\nformats = [\"doc\"]"]
        {
            assert!(toml::from_str::<ScheduledReport>(&format!("name = \"a\"\n{more}")).is_err(), "{more}");
        }
    }

    #[test]
    fn a_report_is_told_to_channels_that_are_there_and_take_it_once() {
        let channel = |name: &str, kind: &str| {
            toml::from_str::<Notify>(&format!("name = \"{name}\"\ntype = \"{kind}\"")).expect("it can be read")
        };
        let channels = [channel("team", "webhook"), channel("pager", "pagerduty"), channel("alive", "heartbeat")];
        let wrong = |names: &str| {
            let text = format!("name = \"a\"\nevery = \"day\"\nnotify = {names}");
            let report: ScheduledReport = toml::from_str(&text).expect("it can be read");
            let mistakes = check_told(&[report], &channels, std::iter::once("report[0]".to_owned()));
            assert!(mistakes.iter().all(|mistake| mistake.key == "report[0].notify"));
            mistakes.into_iter().map(|mistake| mistake.reason).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(wrong("[\"team\"]"), "");
        assert!(wrong("[\"nobody\"]").contains("no channel"));
        assert!(wrong("[\"team\", \"team\"]").contains("twice"));
        assert_eq!(wrong("[\"pager\", \"alive\"]").matches("takes no reports").count(), 2);
    }

    #[test]
    fn two_reports_share_no_name() {
        let report: ScheduledReport = toml::from_str("name = \"a\"\nevery = \"day\"").expect("it can be read");
        let keys = ["report[0]", "report[2]"].map(str::to_owned);
        let mistakes = check(&[report.clone(), report], keys.into_iter());
        assert_eq!(mistakes.len(), 1);
        assert_eq!(mistakes[0].key, "report[2].name");
    }
}
