//! Notes on the time line, made by people. They go the way of those that programs report: read and checked by the same rules,
//! and into the same queue.

use super::BackendFor;
use crate::collector::{Fleet, clock, own_source};
use app::backend::BackendError;
use chrono::TimeDelta;
use forewatch::Timestamp;
use forewatch::event::{Annotation, EventBody};
use forewatch::ingest::{IncomingEvent, parse_event};
use forewatch::problem::FieldError;
use serde_json::json;

/// How far back a note may lie: as far as charts reach. Programs report no older than what samples are kept of.
const LONGEST: TimeDelta = TimeDelta::days(731);

impl BackendFor {
    /// Makes a note; answers once every reader can see it.
    pub(super) async fn note(
        &self,
        title: String,
        tags: Vec<String>,
        at: Option<Timestamp>,
    ) -> Result<Annotation, BackendError> {
        let actor = self.person()?.name.clone();
        let now = clock();
        let mut event = read(&title, &tags, at.unwrap_or(now), now)?;
        let EventBody::Annotation(note) = &mut event.body else { unreachable!("it was read as a note") };
        note.by = Some(actor);
        let seen = Annotation { at: Some(event.at), ..note.clone() };
        let taken = self.state.intake.submit(vec![event.into_event(own_source(), now)]).await;
        taken.map_err(|error| BackendError::Unavailable(error.to_string()))?;
        self.state.until_published(|fleet: &Fleet| fleet.annotations.contains(&seen)).await;
        Ok(seen)
    }
}

/// Reads a note by the rules of what is reported.
fn read(title: &str, tags: &[String], at: Timestamp, now: Timestamp) -> Result<IncomingEvent, BackendError> {
    let reported = json!({ "type": "annotation", "at": at, "title": title, "tags": tags });
    let event = parse_event(&reported.to_string(), now).map_err(|errors| BackendError::Invalid(in_words(&errors)))?;
    let wrong = match at > now {
        true => "The time lies ahead: a note is about what has happened.",
        false => "The time is too long ago: notes are taken for the last two years.",
    };
    event.check_age(now, LONGEST).map_err(|_| BackendError::Invalid(wrong.to_owned()))?;
    Ok(event)
}

fn in_words(errors: &[FieldError]) -> String {
    let sentence = |error: &FieldError| {
        let field = error.pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        format!("The {field} {}.", error.detail)
    };
    errors.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(title: &str, tags: &[&str], hours: i64) -> Result<EventBody, String> {
        let now: Timestamp = "2026-11-24T14:00:00Z".parse().expect("a time");
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let event = read(title, &tags, now + TimeDelta::hours(hours), now);
        event.map(|event| event.body).map_err(|error| error.to_string())
    }

    #[test]
    fn a_note_is_read_as_a_reported_one_is() {
        let title = "Deployed \"7.1\"".to_owned();
        let note = Annotation { at: None, title: title.clone(), tags: vec!["deploy".to_owned()], by: None };
        assert_eq!(told(&title, &["deploy"], -1), Ok(EventBody::Annotation(note)));
    }

    #[test]
    fn what_is_wrong_with_it_is_said_in_a_sentence() {
        assert_eq!(told(" ", &[], 0), Err("The title is empty: say in a few words what happened.".to_owned()));
        assert!(told("Deployed", &[], 2).is_err_and(|text| text.starts_with("The time lies ahead")));
        assert!(told("Deployed", &[], -24 * 800).is_err_and(|text| text.starts_with("The time is too long ago")));
        assert!(told("Deployed", &[], -24 * 700).is_ok());
    }
}
