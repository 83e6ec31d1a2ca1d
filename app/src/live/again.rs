//! Asking the server again for what no topic tells, whenever a topic says that it may have changed.

use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// Whether there is a reason to ask; what it reads is what is waited for.
type Reason = Rc<dyn Fn() -> bool>;
/// A question, and what is done with its answer.
type Question = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = ()>>>>;

/// Asks `at_most` after what `reason` reads has changed, if it says yes then: one question at a time, and once more when
/// something changed while one was on its way. While nobody sees the tab nothing is asked.
pub fn ask_again<F: Future<Output = ()> + 'static>(
    at_most: Duration,
    reason: impl Fn() -> bool + 'static,
    question: impl Fn() -> F + 'static,
) {
    let asking = Asking {
        at_most,
        reason: Rc::new(move || reason() && !document().hidden()),
        question: Rc::new(move || Box::pin(question())),
        state: StoredValue::new(State::Idle),
    };
    Effect::new(move |before: Option<()>| {
        let is_reason = (asking.reason)();
        if before.is_none() || !is_reason {
            return;
        }
        if asking.state.get_value() == State::Idle {
            asking.clone().go();
        } else {
            asking.state.set_value(State::Changed);
        }
    });
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Idle,
    Waiting,
    /// Something has changed since.
    Changed,
}

#[derive(Clone)]
struct Asking {
    at_most: Duration,
    reason: Reason,
    question: Question,
    state: StoredValue<State>,
}

impl Asking {
    fn go(self) {
        self.state.set_value(State::Waiting);
        let at_most = self.at_most;
        let ask = async move {
            // The page may be gone by now, and all that is read with it.
            if self.state.is_disposed() {
                return;
            }
            self.state.set_value(State::Waiting);
            if untrack(|| (self.reason)()) {
                (self.question)().await;
            }
            match self.state.try_get_value() {
                Some(State::Changed) => self.go(),
                _ => {
                    let _ = self.state.try_set_value(State::Idle);
                }
            }
        };
        set_timeout(move || spawn_local(ask), at_most);
    }
}
