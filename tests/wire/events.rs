//! Events as they lie in the journal. A journal is read by the program that comes after: its names stay.

use crate::records;
use forewatch::alert::{Alert, AlertCommand};
use forewatch::event::{Event, EventBody};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn golden() -> Map<String, Value> {
    records::read("events")
}

#[test]
fn every_kind_of_event_is_read_from_the_journal_and_written_back() {
    for (kind, expected) in golden() {
        let event: Event = serde_json::from_value(expected.clone()).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(expected["body"]["type"], kind.as_str());
        assert_eq!(serde_json::to_value(&event).expect("JSON"), expected);
        let text = serde_json::to_string(&event).expect("JSON");
        assert_eq!(serde_json::from_str::<Event>(&text).expect("an event"), event);
    }
}

#[test]
fn no_kind_of_event_is_without_a_golden_one() {
    let kinds: BTreeSet<&str> = golden()
        .values()
        .map(|event| match serde_json::from_value::<Event>(event.clone()).expect("an event").body {
            EventBody::WorkerRegistered(_) => "worker_registered",
            EventBody::WorkerHeartbeat(_) => "worker_heartbeat",
            EventBody::WorkerDeregistered { .. } => "worker_deregistered",
            EventBody::WorkerWentOffline { .. } => "worker_went_offline",
            EventBody::Task(_) => "task",
            EventBody::TaskRecalled(_) => "task_recalled",
            EventBody::QueueSampled(_) => "queue_sampled",
            EventBody::Annotation(_) => "annotation",
            EventBody::SourceChanged(_) => "source_changed",
            EventBody::EventsLost { .. } => "events_lost",
            EventBody::AlertChanged(_) => "alert_changed",
            EventBody::AlertCommanded { .. } => "alert_commanded",
            EventBody::AlertRaised { .. } => "alert_raised",
            EventBody::SilenceMade { .. } => "silence_made",
            EventBody::SilenceEnded { .. } => "silence_ended",
            EventBody::ControlAsked { .. } => "control_asked",
            EventBody::ControlAnswered { .. } => "control_answered",
            EventBody::QueuesHeld { .. } => "queues_held",
        })
        .collect();
    assert_eq!(kinds.len(), 18);
}

#[test]
fn a_note_from_before_notes_said_who_made_them_is_read_and_written_back() {
    let mut sent = golden()["annotation"].clone();
    sent["body"].as_object_mut().expect("a body").remove("by").expect("it says who");
    let event: Event = serde_json::from_value(sent.clone()).expect("an event");
    assert_eq!(serde_json::to_value(&event).expect("JSON"), sent);
}

#[test]
fn an_alert_that_opens_travels_whole() {
    let alert: Alert = records::read("alert");
    let mut sent = golden()["alert_changed"].clone();
    sent["body"]["opens"] = serde_json::to_value(&alert).expect("JSON");
    let event: Event = serde_json::from_value(sent.clone()).expect("an event");
    assert!(matches!(&event.body, EventBody::AlertChanged(change) if change.opens.as_ref() == Some(&alert)));
    assert_eq!(serde_json::to_value(&event).expect("JSON"), sent);
}

#[test]
fn every_command_is_kept_under_the_word_of_its_address() {
    for (sent, verb) in [
        (json!({"command": "acknowledge", "note": null, "until": null}), "acknowledge"),
        (json!({"command": "unacknowledge"}), "unacknowledge"),
        (json!({"command": "resolve", "note": "fixed"}), "resolve"),
        (json!({"command": "reopen"}), "reopen"),
        (json!({"command": "comment", "text": "looking"}), "comment"),
    ] {
        let command: AlertCommand = serde_json::from_value(sent.clone()).expect("a command");
        assert_eq!(command.verb(), verb);
        assert_eq!(serde_json::to_value(&command).expect("JSON"), sent);
    }
}
