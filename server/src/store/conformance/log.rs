//! The log and the state beside a model of them.

use super::on_every_store;
use super::places::{Kind, Place};
use crate::store::{Log, StateSnapshot, Store};
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::{Event, EventBody, SourceName, WorkerId};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

#[derive(Debug, Clone)]
enum Act {
    /// A commit of so many events, some seconds after the last.
    Append {
        count: u64,
        after: i64,
    },
    /// A state as of one of the last commits.
    Save {
        back: usize,
        size: usize,
    },
    /// The log goes as far as the state and a time allow.
    Trim {
        seconds: i64,
    },
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (1_u64..6, 0_i64..5).prop_map(|(count, after)| Act::Append { count, after }),
        2 => (0_usize..4, 0_usize..3_000).prop_map(|(back, size)| Act::Save { back, size }),
        2 => (0_i64..30).prop_map(|seconds| Act::Trim { seconds }),
        1 => Just(Act::Reopen),
    ]
}

fn event(number: u64, at: DateTime<Utc>) -> Event {
    let worker_id = WorkerId::new(format!("w{number}")).expect("a valid id");
    let source = SourceName::new("test").expect("a valid name");
    Event { event_id: None, source, at, received_at: at, body: EventBody::WorkerWentOffline { worker_id } }
}

struct Run {
    place: Place,
    /// None while it is opened again.
    store: Option<Store>,
    now: DateTime<Utc>,
    events: Vec<(u64, Event)>,
    /// The last event of each commit, and when it was received.
    commits: Vec<(u64, DateTime<Utc>)>,
    state: Option<StateSnapshot>,
    /// States that were saved while their commit was in the log.
    saved: Vec<(u64, DateTime<Utc>)>,
    /// Events up to here may be gone.
    may_be_gone: u64,
    /// Events up to here are.
    is_gone: u64,
}

impl Run {
    fn new(kind: &Kind) -> Self {
        let place = Place::new(kind);
        let store = Some(place.open());
        Self {
            place,
            store,
            now: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
            events: Vec::new(),
            commits: Vec::new(),
            state: None,
            saved: Vec::new(),
            may_be_gone: 0,
            is_gone: 0,
        }
    }

    fn store(&mut self) -> &mut Store {
        self.store.as_mut().expect("it is open")
    }

    fn log(&self) -> &dyn Log {
        &*self.store.as_ref().expect("it is open").log
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Append { count, after } => {
                self.now += TimeDelta::seconds(*after);
                let (now, before) = (self.now, self.events.last().map_or(0, |(sequence, _)| *sequence));
                let events: Vec<Event> = (0..*count).map(|n| event(self.events.len() as u64 + n, now)).collect();
                let last = self.store().log.append(&events).expect("it can be written");
                assert!(last >= before + count, "{last} is taken");
                self.events.extend((last + 1 - count..).zip(events));
                self.commits.push((last, now));
            }
            Act::Save { back, size } => {
                let Some(place) = self.commits.len().checked_sub(back + 1) else { return };
                let (sequence, at) = self.commits[place];
                let bytes = (0..*size).map(|n| u8::try_from(n % 251).expect("below 256")).collect();
                let state = StateSnapshot { version: 7, sequence, bytes };
                self.store().snapshots.save_state(&state).expect("it can be written");
                if sequence > self.may_be_gone {
                    self.saved.push((sequence, at));
                }
                self.state = Some(state);
            }
            Act::Trim { seconds } => {
                let Some(state) = &self.state else { return };
                let (before, through) = (self.now - TimeDelta::seconds(*seconds), state.sequence);
                while self.store().snapshots.trim_log(before, through).expect("it can be trimmed") {}
                let gone = |those: &[(u64, DateTime<Utc>)], through: u64| {
                    those.iter().filter(|(last, at)| *at < before && *last <= through).map(|(last, _)| *last).max()
                };
                self.may_be_gone = self.may_be_gone.max(gone(&self.commits, through).unwrap_or(0));
                self.is_gone = self.is_gone.max(gone(&self.saved, through).unwrap_or(0));
            }
            Act::Reopen => {
                self.store = None;
                self.store = Some(self.place.open());
            }
        }
    }

    fn check(&self) {
        let state = self.log().state().expect("it can be read");
        let parts = |state: &StateSnapshot| (state.version, state.sequence, state.bytes.clone());
        assert_eq!(state.as_ref().map(parts), self.state.as_ref().map(parts));
        let some = self.events.get(self.events.len() / 2).map_or(0, |(sequence, _)| *sequence);
        for after in [0, self.may_be_gone, some, self.events.last().map_or(0, |(sequence, _)| *sequence)] {
            let mut found: Vec<(u64, Event)> = Vec::new();
            self.log()
                .read_after(after, &mut |last, events| {
                    found.extend((last + 1 - events.len() as u64..).zip(events));
                })
                .expect("it can be read");
            let behind = |sequence: u64| self.events.iter().filter(move |(of, _)| *of > sequence);
            let all: Vec<(u64, Event)> = behind(after).cloned().collect();
            assert!(all.ends_with(&found), "after {after}: {found:?} of {all:?}");
            assert!(
                found.len() >= behind(after.max(self.may_be_gone)).count(),
                "after {after}: {} are left",
                found.len()
            );
            assert!(found.first().is_none_or(|(first, _)| *first > self.is_gone), "up to {} is trimmed", self.is_gone);
        }
    }
}

fn the_log_is_its_model(kind: &Kind) {
    let config =
        ProptestConfig { cases: 16, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&proptest::collection::vec(act(), 1..30), |acts| {
            let mut run = Run::new(kind);
            for act in &acts {
                run.act(act);
            }
            run.check();
            run.act(&Act::Reopen);
            run.check();
            Ok(())
        })
        .expect("the store does as the model");
}

on_every_store!(super::the_log_is_its_model, every_act);

fn states_of_one_moment_let_the_log_go_up_to_the_latest(kind: &Kind) {
    let mut run = Run::new(kind);
    for _ in 0..2 {
        run.act(&Act::Append { count: 5, after: 0 });
        run.act(&Act::Save { back: 0, size: 1 });
    }
    run.act(&Act::Append { count: 1, after: 1 });
    run.act(&Act::Trim { seconds: 0 });
    run.check();
    assert_eq!(run.is_gone, 10);
}

on_every_store!(super::states_of_one_moment_let_the_log_go_up_to_the_latest, two_states);
