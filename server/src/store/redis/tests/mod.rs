//! What only a store on Redis can meet: a cut connection, a full or forgetful Redis, a second writer.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod ahead;
mod outages;
mod proxy;
mod sentinel;
mod tls;
mod writers;

use crate::store::{Log, Store};
use chrono::DateTime;
use forewatch::{Event, EventBody, SourceName, WorkerId};

/// An event that bears a number.
fn event(number: usize) -> Event {
    let worker_id = WorkerId::new(format!("w{number}")).unwrap();
    let (source, at) = (SourceName::new("test").unwrap(), DateTime::UNIX_EPOCH);
    Event { event_id: None, source, at, received_at: at, body: EventBody::WorkerWentOffline { worker_id } }
}

fn append(store: &mut Store, numbers: std::ops::Range<usize>) -> Result<u64, crate::store::StoreError> {
    store.log.append(&numbers.map(event).collect::<Vec<_>>())
}

/// The numbers of the events in the log, with their sequences.
fn logged(log: &dyn Log) -> Vec<(u64, String)> {
    let mut logged = Vec::new();
    log.read_after(0, &mut |last, events| {
        let first = last + 1 - events.len() as u64;
        for (sequence, event) in (first..).zip(events) {
            let EventBody::WorkerWentOffline { worker_id } = event.body else { panic!("{event:?}") };
            logged.push((sequence, worker_id.to_string()));
        }
    })
    .unwrap();
    logged
}

fn numbers(log: &dyn Log) -> Vec<String> {
    logged(log).into_iter().map(|(_, number)| number).collect()
}
