//! People's commands, sent again under the same key.

use super::{settings, start};
use crate::alerts::Engine;
use crate::collector::{
    Changes, Collector, Command, CommandError, Fleet, Journal, Outputs, Past, Presence, Projector, Retention, apply,
    clock,
};
use crate::history::{History, Kept, Limits};
use crate::live::Hub;
use crate::store::sqlite::{self, Place};
use crate::telemetry::Counters;
use arc_swap::ArcSwap;
use chrono::TimeDelta;
use forewatch::alert::AlertCommand;
use forewatch::event::Actor;
use forewatch::{AlertState, EventId};
use std::sync::Arc;

pub(super) fn collector(place: &Place) -> Collector {
    let parts = sqlite::open(place).expect("a store");
    let span = TimeDelta::days(1);
    let (fleet, counters) = (Fleet::empty(start()), Arc::new(Counters::default()));
    let shared = Arc::new(fleet.clone());
    let limits = Limits { series_per_subject: 1, series: 1, samples: 1 };
    let kept = Kept { samples: span, minutes: span, hours: span, days: span };
    let history = History::start(Box::new(parts.history), Box::new(parts.history_reader), limits, kept)
        .expect("a thread can be started");
    let outputs = Outputs {
        published: Arc::new(ArcSwap::new(shared.clone())),
        hub: Arc::new(Hub::new("epoch".into(), shared, counters.clone())),
        history: Arc::new(history),
        projector: Projector::start(Box::new(parts.snapshots), Box::new(parts.projection), Retention::of(span))
            .expect("a thread can be started"),
        counters,
        health: Arc::default(),
    };
    Collector {
        fleet,
        settings: settings(),
        engine: Engine::of_defaults(start()),
        journal: Journal::of(Box::new(parts.log)),
        outputs,
        changes: Changes::default(),
        lost_after: span,
        presence: Presence::starting(start()),
        past: Past::start(Arc::new(parts.records)).expect("a thread can be started"),
    }
}

#[test]
fn a_command_sent_again_is_answered_with_its_alert_also_once_that_has_left_the_live_list() {
    let place = Place::temporary().expect("a folder");
    let mut collector = collector(&place);
    let key = |name: &str| Some(EventId::new(format!("command:{name}")).expect("valid"));
    let actor = Actor { name: "ada".to_owned() };
    let alert = serde_json::from_value(serde_json::json!({
        "title": "Twice", "severity": "info", "component": "system", "component_id": "all",
    }))
    .expect("an alert");
    let raise = Command::Raise { actor: actor.clone(), alert };
    let id = collector.decide(&raise, key("raise")).expect("it is raised").alert_id;
    let resolve = Command::Handle { alert_id: id.clone(), actor, command: AlertCommand::Resolve { note: None } };
    let resolved = collector.decide(&resolve, key("resolve")).expect("it is open");
    assert_eq!(collector.decide(&resolve, key("resolve")).expect("it was done before"), resolved);
    assert_eq!(collector.decide(&raise, key("raise")).expect("it was done before").state, AlertState::Resolved);
    assert_eq!(collector.fleet.alerts.len(), 1);
    assert!(matches!(collector.decide(&resolve, key("another")), Err(CommandError::Conflict { .. })));

    apply::tick(&mut collector.fleet, &collector.settings, clock() + TimeDelta::hours(2), &mut collector.changes);
    assert!(collector.fleet.alerts.is_empty());
    for (command, name) in [(&raise, "raise"), (&resolve, "resolve")] {
        assert!(matches!(collector.decide(command, key(name)), Err(CommandError::Repeated(left)) if left == id));
    }
    assert!(matches!(collector.decide(&resolve, key("another")), Err(CommandError::NotFound(_))));
    collector.finish();
}
