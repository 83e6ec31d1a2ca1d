//! The lines, from what is kept of a worker.

use super::{Happened, Line, MOST, Sign};
use crate::backend::WorkerPast;
use crate::escape::escape;
use forewatch::alert::{AlertComponent, AlertStep};
use forewatch::control::{ControlCommand, ControlRecord};
use forewatch::event::Annotation;
use forewatch::gpu::xid_needs_action;
use forewatch::worker::{WorkerMoment, WorkerStep};
use forewatch::{Alert, AlertSeverity, Timestamp, WorkerMetrics, format};

/// Puts together what happened to a worker.
pub(crate) fn tell(worker: &WorkerMetrics, past: WorkerPast, alerts: &[Alert], notes: Vec<Annotation>) -> Happened {
    let first = line(worker.first_seen, Sign::Turn, "First heard of");
    let mut lines = vec![first];
    lines.extend(past.moments.into_iter().map(|moment| of_moment(worker, moment)));
    lines.extend(past.asked.into_iter().filter_map(of_command));
    lines.extend(alerts.iter().flat_map(of_alert));
    lines.extend(notes.into_iter().filter_map(of_note));
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    let is_cut = lines.len() > MOST;
    lines.truncate(MOST);
    let has_devices = alerts.iter().any(|alert| alert.component == AlertComponent::Gpu);
    Happened { lines, is_cut, has_devices }
}

/// Whether a note is about a worker: one of its tags names it, its host or what it is labelled with.
pub(crate) fn about(note: &Annotation, worker: &WorkerMetrics) -> bool {
    let names = [Some(worker.worker_id.as_str()), Some(&*worker.name), worker.hostname.as_deref()];
    note.tags.iter().any(|tag| {
        let name = tag.strip_prefix("worker:").or_else(|| tag.strip_prefix("host:")).unwrap_or(tag);
        names.contains(&Some(name)) || worker.tags.contains(tag)
    })
}

fn line(at: Timestamp, sign: Sign, text: impl Into<String>) -> Line {
    Line { at, sign, text: text.into(), link: None, more: None }
}

fn of_moment(worker: &WorkerMetrics, moment: WorkerMoment) -> Line {
    let at = moment.at;
    match moment.what {
        WorkerStep::Registered => line(at, Sign::Turn, "Registered again"),
        WorkerStep::Online => line(at, Sign::Well, "Came online"),
        WorkerStep::Failing => line(at, Sign::Bad(AlertSeverity::Error), "Said that something is wrong with it"),
        WorkerStep::Maintenance => line(at, Sign::Out, "Went into maintenance"),
        WorkerStep::Left => line(at, Sign::Gone, "Said good-bye"),
        WorkerStep::Lost => {
            let more = ["no sign of life for ", &format::duration(worker.health_limit)].concat();
            Line { more: Some(more), ..line(at, Sign::Gone, "Went offline") }
        }
        WorkerStep::Restarted => line(at, Sign::Turn, "Its host started anew"),
        WorkerStep::Version { from, to } => {
            Line { more: Some(["before ", &from].concat()), ..line(at, Sign::Turn, ["Version ", &to].concat()) }
        }
        WorkerStep::Xid { gpu, code } => {
            let severity = if xid_needs_action(code) { AlertSeverity::Critical } else { AlertSeverity::Warning };
            line(at, Sign::Bad(severity), format!("GPU {gpu} reported XID {code}"))
        }
    }
}

/// What a person asked, and what came of it.
fn of_command(record: ControlRecord) -> Option<Line> {
    let queue = |queue: &str| Some(["/queues/", &escape(queue)].concat());
    let (sign, text, link) = match record.command {
        ControlCommand::Drain { .. } => (Sign::Out, "Drained".to_owned(), None),
        ControlCommand::Undrain { .. } => (Sign::Person, "Put back to work".to_owned(), None),
        ControlCommand::ShutDown { .. } => (Sign::Out, "Told to end".to_owned(), None),
        ControlCommand::Resize { by, .. } => {
            let (count, word) = (by.unsigned_abs(), if by > 0 { "more" } else { "fewer" });
            (Sign::Person, format!("Told to have {count} {word} processes"), None)
        }
        ControlCommand::LimitRate { name, rate, .. } => {
            (Sign::Person, format!("Told to start at most {rate} of {name}"), None)
        }
        ControlCommand::PauseQueue { queue: id } => (Sign::Out, ["Queue ", &id, " paused"].concat(), queue(&id)),
        ControlCommand::ResumeQueue { queue: id } => (Sign::Person, ["Queue ", &id, " resumed"].concat(), queue(&id)),
        ControlCommand::Revoke { .. } | ControlCommand::Retry { .. } | ControlCommand::Ping { .. } => return None,
    };
    let came = record.outcome.map(|outcome| [": ", &outcome.summary].concat()).unwrap_or_default();
    let more = Some(["by ", &record.by, &came].concat());
    Some(Line { link, more, ..line(record.at, sign, text) })
}

/// When an alert was raised, taken and over.
fn of_alert(alert: &Alert) -> Vec<Line> {
    let told = alert.timeline.iter().filter_map(|moment| {
        let by = |word: &str, itself: &str| match &moment.by {
            Some(who) => [word, " by ", who].concat(),
            None => itself.to_owned(),
        };
        let (sign, more) = match moment.what {
            AlertStep::Firing => (Sign::Bad(alert.severity), by("raised", "raised")),
            AlertStep::Reopened => (Sign::Bad(alert.severity), by("reopened", "is back")),
            AlertStep::Acknowledged => (Sign::Person, by("acknowledged", "acknowledged")),
            AlertStep::Unacknowledged => (Sign::Person, by("given back", "given back")),
            AlertStep::Resolved => (Sign::Well, by("resolved", "is over")),
            AlertStep::Pending
            | AlertStep::Recovering
            | AlertStep::AcknowledgementExpired
            | AlertStep::Commented
            | AlertStep::SeverityChanged => return None,
        };
        let link = Some(["/alerts/", &escape(&alert.alert_id)].concat());
        Some(Line { link, more: Some(more), ..line(moment.at, sign, alert.title.clone()) })
    });
    told.collect()
}

fn of_note(note: Annotation) -> Option<Line> {
    let more = Some(note.tags.join(", "));
    Some(Line { more, ..line(note.at?, Sign::Note, note.title) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::alert::AlertMoment;

    fn worker() -> WorkerMetrics {
        serde_json::from_str(include_str!("../../../tests/golden/worker_metrics.json")).expect("a worker")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(1_900_000_000 + second, 0).expect("a time")
    }

    fn texts(happened: &Happened) -> Vec<(String, Option<String>)> {
        happened.lines.iter().map(|line| (line.text.clone(), line.more.clone())).collect()
    }

    #[test]
    fn what_happened_stands_newest_first_whoever_tells_of_it() {
        let golden: Alert = serde_json::from_str(include_str!("../../../tests/golden/alert.json")).expect("an alert");
        let step = |second, what, by: Option<&str>| AlertMoment {
            at: at(second),
            what,
            by: by.map(str::to_owned),
            detail: None,
        };
        let timeline = vec![
            step(20, AlertStep::Pending, None),
            step(30, AlertStep::Firing, None),
            step(50, AlertStep::Resolved, Some("Mara")),
        ];
        let alert = Alert { title: "gpu-7 is offline".to_owned(), timeline, ..golden };
        let drained = serde_json::json!({
            "control_id": "c", "at": at(40), "by": "Ada",
            "command": { "command": "drain", "worker_id": "w" }, "outcome": { "summary": "Done", "answers": [] },
        });
        let past = WorkerPast {
            moments: vec![WorkerMoment { at: at(10), what: WorkerStep::Lost }],
            asked: vec![serde_json::from_value(drained).expect("a record")],
        };
        let note =
            Annotation { at: Some(at(60)), title: "New fans".to_owned(), tags: vec!["gpu-7".to_owned()], by: None };
        let worker = WorkerMetrics { health_limit: 30.0, ..worker() };
        let happened = tell(&worker, past, &[alert], vec![note]);
        let expected = [
            ("New fans", Some("gpu-7")),
            ("gpu-7 is offline", Some("resolved by Mara")),
            ("Drained", Some("by Ada: Done")),
            ("gpu-7 is offline", Some("raised")),
            ("Went offline", Some("no sign of life for 30 s")),
            ("First heard of", None),
        ];
        let expected = expected.map(|(text, more)| (text.to_owned(), more.map(str::to_owned)));
        assert_eq!(texts(&happened), expected);
        assert!(!happened.is_cut);
    }

    #[test]
    fn of_much_the_newest_is_shown_and_that_there_is_more() {
        let moment = |n| WorkerMoment { at: at(n), what: WorkerStep::Online };
        let past = WorkerPast { moments: (0..40).map(moment).collect(), ..WorkerPast::default() };
        let happened = tell(&worker(), past, &[], Vec::new());
        assert_eq!((happened.lines.len(), happened.is_cut, happened.lines[0].at), (MOST, true, at(39)));
    }

    #[test]
    fn a_note_is_about_a_worker_when_a_tag_names_it_its_host_or_its_label() {
        let note = |tag: &str| Annotation { at: None, title: String::new(), tags: vec![tag.to_owned()], by: None };
        let worker = WorkerMetrics {
            name: "gpu-7".to_owned(),
            hostname: Some("host-7".to_owned()),
            tags: vec!["site:fra".to_owned()],
            ..worker()
        };
        for tag in ["gpu-7", "worker:gpu-7", "host:host-7", "site:fra"] {
            assert!(about(&note(tag), &worker), "{tag}");
        }
        for tag in ["gpu-77", "deploy", "site:ber", "worker:"] {
            assert!(!about(&note(tag), &worker), "{tag}");
        }
    }
}
