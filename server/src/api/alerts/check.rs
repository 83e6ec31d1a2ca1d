//! What may stand in a request about alerts.

use crate::error::ApiError;
use chrono::Utc;
use forewatch::alert::ManualAlert;
use forewatch::list::UnknownWord;
use forewatch::problem::FieldError;
use forewatch::{AlertId, Timestamp, time};
use std::str::FromStr;

const STATES: [&str; 8] =
    ["active", "acknowledged", "suppressed", "pending", "firing", "recovering", "resolved", "all"];

/// A word that `state` takes.
pub(super) struct StateWord(pub(super) &'static str);

impl FromStr for StateWord {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let known = STATES.into_iter().find(|known| *known == word);
        known.map(Self).ok_or_else(|| UnknownWord::new(word, STATES.into_iter()))
    }
}

/// The alert that a path names.
pub(super) fn alert_id(text: &str) -> Result<AlertId, ApiError> {
    AlertId::new(text).map_err(|error| ApiError::not_found(format!("there is no such alert: the id {error}")))
}

/// The end of an acknowledgement, which lies ahead.
pub(super) fn until(text: &str) -> Result<Timestamp, ApiError> {
    let now = Utc::now();
    let until = time::parse(text, now).map_err(|error| ApiError::field("/until", error.to_string()))?;
    if until > now {
        Ok(until)
    } else {
        Err(ApiError::field("/until", "lies in the past: choose a time ahead, such as now+1h"))
    }
}

/// Checks an alert that is raised by hand; names everything that is wrong.
pub(super) fn manual(alert: &ManualAlert) -> Result<(), ApiError> {
    let mut errors = Vec::new();
    let mut text = |pointer: &str, text: &str, least: usize, most: usize, lines: bool| {
        let length = text.trim().chars().count();
        let detail = if length < least {
            "is empty".to_owned()
        } else if length > most {
            format!("has {length} characters: at most {most} are taken")
        } else if text.chars().any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\t'))) {
            "has a control character: remove it".to_owned()
        } else {
            return;
        };
        errors.push(FieldError { pointer: pointer.to_owned(), detail });
    };
    text("/title", &alert.title, 1, 200, false);
    text("/description", &alert.description, 0, 4_000, true);
    text("/component_id", &alert.component_id, 1, 255, false);
    for (index, tag) in alert.tags.iter().take(20).enumerate() {
        text(&format!("/tags/{index}"), tag, 1, 100, false);
    }
    if alert.tags.len() > 20 {
        let detail = format!("holds {} tags: at most 20 are taken", alert.tags.len());
        errors.push(FieldError { pointer: "/tags".to_owned(), detail });
    }
    if errors.is_empty() { Ok(()) } else { Err(ApiError::fields(errors)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::alert::{AlertComponent, AlertSeverity};

    #[test]
    fn everything_that_is_wrong_with_an_alert_is_named_at_once() {
        let alert = ManualAlert {
            title: " ".to_owned(),
            description: "two\nlines".to_owned(),
            severity: AlertSeverity::Error,
            component: AlertComponent::Queue,
            component_id: "a\u{7}".to_owned(),
            tags: vec!["fine".to_owned(); 21],
        };
        let error = manual(&alert).expect_err("three fields are wrong");
        assert!(error.detail().starts_with('3'), "{}", error.detail());
    }

    #[test]
    fn an_acknowledgement_ends_in_the_future() {
        assert!(until("now+1h").is_ok());
        assert!(until("now-1h").is_err() && until("1999-01-01T00:00:00Z").is_err() && until("later").is_err());
    }
}
