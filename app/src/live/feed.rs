//! One topic's data as the client keeps it, whatever its type.

use super::held::Held;
use super::reduce::{Outcome, Progress, reduce};
use crate::backend::Snapshot;
use forewatch::live::ServerMessage;
use leptos::prelude::*;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// A topic's data.
pub(super) trait Feed {
    /// Takes a message.
    fn take(&self, message: &ServerMessage) -> Outcome;
    /// Nothing but a snapshot counts from now on.
    fn lose(&self);
    /// The signal: an `ArcRwSignal` of its type.
    fn data(&self) -> &dyn Any;
}

struct TopicFeed<D: Held> {
    progress: RefCell<Progress>,
    data: ArcRwSignal<D>,
}

/// A feed that begins with what a page was rendered from, and its signal.
pub(super) fn begin<D: Held>(initial: Snapshot<D>) -> (Rc<dyn Feed>, ArcRwSignal<D>) {
    let data = ArcRwSignal::new(initial.data);
    let progress = RefCell::new(Progress::at(initial.epoch, initial.seq));
    (Rc::new(TopicFeed { progress, data: data.clone() }), data)
}

impl<D: Held> Feed for TopicFeed<D> {
    fn take(&self, message: &ServerMessage) -> Outcome {
        let mut progress = self.progress.borrow_mut();
        self.data
            .try_maybe_update(|data| {
                let outcome = reduce(&mut progress, data, message);
                (outcome == Outcome::Applied, outcome)
            })
            .unwrap_or(Outcome::Ignored)
    }

    fn lose(&self) {
        self.progress.borrow_mut().lose();
    }

    fn data(&self) -> &dyn Any {
        &self.data
    }
}
