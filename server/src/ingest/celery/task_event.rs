//! A Celery task event as an event of Forewatch's model.

use super::event::CeleryEvent;
use super::redact::Redaction;
use super::text;
use chrono::{DateTime, NaiveDateTime, Utc};
use forewatch::TaskId;
use forewatch::ingest::limits;
use forewatch::task::{TaskEventKind, TaskFields};

/// The longest name of a state that is kept, in bytes.
const MAX_STATE: usize = 64;

/// What kind of event `name` (the type without `task-`) is, and Celery's name of the state it gives.
pub(super) fn kind_of(name: &str) -> Option<(TaskEventKind, String)> {
    use TaskEventKind as Kind;
    let (kind, state) = match name {
        "sent" => (Kind::Submitted, "PENDING"),
        "received" => (Kind::Received, "RECEIVED"),
        "started" => (Kind::Started, "STARTED"),
        "succeeded" => (Kind::Completed, "SUCCESS"),
        "failed" => (Kind::Failed, "FAILURE"),
        "retried" => (Kind::Retried, "RETRY"),
        "revoked" => (Kind::Revoked, "REVOKED"),
        "rejected" => (Kind::Rejected, "REJECTED"),
        "cancelled" => (Kind::Cancelled, "CANCELLED"),
        custom => return text::name(custom).map(|name| (Kind::Custom, text::head(&name.to_uppercase(), MAX_STATE))),
    };
    Some((kind, state.to_owned()))
}

/// What the event tells of its task.
pub(super) fn fields(event: &CeleryEvent<'_>, kind: TaskEventKind, redaction: &Redaction) -> TaskFields {
    match kind {
        TaskEventKind::Submitted | TaskEventKind::Received => announced(event, redaction),
        TaskEventKind::Completed => TaskFields {
            result: event.result.text().map(|result| redacted(result, redaction)),
            runtime: event.runtime.number().filter(|seconds| (0.0..=limits::SECONDS).contains(seconds)),
            ..TaskFields::default()
        },
        TaskEventKind::Failed | TaskEventKind::Retried => failed(event, redaction),
        TaskEventKind::Revoked => TaskFields { reason: Some(revoked(event)), ..TaskFields::default() },
        TaskEventKind::Rejected => TaskFields { requeue: event.requeue.flag(), ..TaskFields::default() },
        _ => TaskFields::default(),
    }
}

fn announced(event: &CeleryEvent<'_>, redaction: &Redaction) -> TaskFields {
    let id = |text: Option<&str>| text.and_then(|text| TaskId::new(text).ok());
    TaskFields {
        name: event.name.text().and_then(text::name),
        queue: event.queue.text().and_then(text::name),
        eta: event.eta.text().and_then(moment),
        expires: event.expires.text().and_then(moment),
        parent_id: id(event.parent_id.text()),
        root_id: id(event.root_id.text()),
        args: event.args.text().map(|args| redacted(args, redaction)),
        kwargs: event.kwargs.text().map(|kwargs| redacted(kwargs, redaction)),
        retries: event.retries.count().and_then(|count| u32::try_from(count).ok()),
        ..TaskFields::default()
    }
}

/// Redacted first and cut then, as [`redacted`].
fn failed(event: &CeleryEvent<'_>, redaction: &Redaction) -> TaskFields {
    let clean = |text: Option<&str>| text.map(|text| redaction.apply(text.to_owned()));
    let (exception, traceback) = (clean(event.exception.text()), clean(event.traceback.text()));
    let error_message = text::error(exception.as_deref(), traceback.as_deref());
    TaskFields {
        timed_out: error_message.as_deref().map(text::is_time_limit).filter(|timed_out| *timed_out),
        error_message,
        traceback: traceback.map(|text| text::tail(&text, text::MAX_TRACEBACK)),
        ..TaskFields::default()
    }
}

fn revoked(event: &CeleryEvent<'_>) -> String {
    if event.expired.flag() == Some(true) {
        return "expired before it started".to_owned();
    }
    if event.terminated.flag() != Some(true) {
        return "revoked".to_owned();
    }
    match (event.signum.count(), event.signum.text().and_then(text::name)) {
        (Some(number), _) => format!("terminated by signal {number}"),
        (None, Some(name)) => format!("terminated by {name}"),
        (None, None) => "terminated".to_owned(),
    }
}

/// Redacted first and cut then, so that a cut never hides a name from redaction.
fn redacted(text: &str, redaction: &Redaction) -> String {
    text::head(&redaction.apply(text.to_owned()), text::MAX_TEXT)
}

/// A time in ISO 8601; one without an offset is in UTC, as Celery's default has it.
pub(super) fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .or_else(|_| text.parse::<NaiveDateTime>().map(|at| at.and_utc()))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_whose_name_is_cut_off_from_a_traceback_does_not_stay() {
        let redaction = Redaction::new(&["password".to_owned()]);
        // The cut falls between the name and the end of its value.
        let secret = "hunter2".repeat(text::MAX_TRACEBACK / 7 + 1);
        let traceback = format!("Traceback:\n  password='{secret}'\nValueError: no");
        let body = serde_json::json!({ "exception": "ValueError('no')", "traceback": traceback }).to_string();
        let mut told = None;
        super::super::event::read(body.as_bytes(), |event| told = failed(event, &redaction).traceback)
            .expect("it is an event");
        assert_eq!(told.as_deref(), Some("Traceback:\n  password='***'\nValueError: no"));
    }
}
