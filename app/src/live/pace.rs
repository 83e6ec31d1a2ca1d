//! When what came over the socket is put on the page: with the next frame; in a hidden tab, which has none, once a second; and
//! after a frame that kept the page busy for long, not before it had time for whoever uses it.

use super::clock::Clock;
use super::waits;
use leptos::prelude::{document, request_animation_frame, set_timeout};
use std::cell::Cell;
use std::time::Duration;

/// A hidden tab takes what came this often.
const HIDDEN_TICK: Duration = Duration::from_secs(1);

/// The pace of one page.
#[derive(Default)]
pub(super) struct Pace {
    is_arranged: Cell<bool>,
    /// By the browser's clock.
    rests_until: Cell<f64>,
}

impl Pace {
    /// Has `take` called when it is time, unless something is arranged already.
    pub(super) fn arrange(&self, take: impl FnOnce() + 'static) {
        if self.is_arranged.replace(true) {
            return;
        }
        let rest = (self.rests_until.get() - Clock::local()).min(waits::LONGEST_REST);
        if document().hidden() {
            set_timeout(take, HIDDEN_TICK);
        } else if rest >= 1.0 {
            set_timeout(move || request_animation_frame(take), Duration::from_secs_f64(rest / 1_000.0));
        } else {
            request_animation_frame(take);
        }
    }

    /// What was arranged is done.
    pub(super) fn done(&self) {
        self.is_arranged.set(false);
    }

    /// What began at `began` is on the page now.
    pub(super) fn shown(&self, began: f64) {
        let now = Clock::local();
        self.rests_until.set(now + waits::rest(now - began));
    }
}
