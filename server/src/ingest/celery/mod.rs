//! Observing an unmodified Celery application through its Redis broker.
//!
//! Reads the events that workers and clients publish and the lengths of queues and, unless told only to
//! listen, switches task events on and asks workers what they have. Registers nothing in the broker and
//! leaves no key behind.
//!
//! How its parts fit: [`subscriber`] listens, with [`push`] to understand Redis; [`reader`] empties the socket; [`translate`] turns messages into events of the model,
//! with [`envelope`], [`event`], [`task_event`], [`workers`] and [`shortfall`] (all pure); [`queues`] samples lengths with
//! [`bindings`] and [`unacked`]; [`at_workers`] knows which tasks workers have, [`recall`] when that is in doubt, and [`inspect`]
//! asks workers, in the words of [`request`] and [`control`]; [`observe`] connects, joins what they bring and connects again.
//!
//! Names: an application named `celery`, the default, is the source `celery`, one named `prod` the source
//! `celery:prod`. A worker's id is `NAME:node`, such as `celery:gpu@host`; tasks keep Celery's ids.

mod at_workers;
mod bindings;
#[cfg(test)]
mod broker_tests;
mod clocks;
mod command;
mod connection;
mod control;
mod count;
mod envelope;
mod event;
mod inspect;
mod lenient;
mod losses;
mod observe;
mod push;
mod queues;
mod reader;
mod recall;
mod redact;
mod refusal;
#[cfg(test)]
pub(crate) mod replay;
mod request;
mod settings;
mod shortfall;
mod start;
mod subscriber;
mod task_event;
mod text;
mod tracked;
mod translate;
mod unacked;
mod workers;

pub(crate) use command::{CommandFailure, Commander, Commanders, NewTask, commanders, in_place_of};
pub(crate) use count::{Counts, Reason};
use forewatch::Event;
pub(crate) use settings::{Settings, Talk};
pub(crate) use start::start;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// An application that is being observed.
pub(crate) struct Observed {
    /// What came and what did not.
    pub(crate) counts: Arc<Counts>,
    /// Ends after `stop`, once nothing is left in the broker, or when nobody takes the events.
    pub(crate) task: JoinHandle<()>,
}

/// A task that a node has taken, as far as is known.
pub(crate) struct Taken {
    pub(crate) task: String,
    pub(crate) node: String,
    /// Whether it runs there.
    pub(crate) runs: bool,
}

/// Tells which tasks nodes have taken: asked when something may have been missed, since these may have ended meanwhile.
pub(crate) type Known = Box<dyn Fn() -> Vec<Taken> + Send + Sync>;

/// Begins to observe an application, of which `known` tells what is known. `commander` hears which workers come up. Its events go to `sink` in batches; while `sink` is full they wait in
/// a bounded queue, whose overflow is counted and told as [`forewatch::EventBody::EventsLost`].
pub(crate) fn observe(
    settings: Settings,
    known: Known,
    sink: mpsc::Sender<Vec<Event>>,
    commander: Option<Arc<Commander>>,
    stop: CancellationToken,
) -> Observed {
    let counts = Arc::new(Counts::default());
    let observer = observe::Observer::new(settings, known, counts.clone(), sink, commander);
    Observed { counts, task: tokio::spawn(observer.run(stop)) }
}
