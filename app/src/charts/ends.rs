//! The values where a chart ends while it does not go on with time: zoomed into, or paused.

use leptos::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// By strip and line; none while the chart goes on.
type Values = Vec<Vec<Option<f64>>>;

/// The values that the board tells and the names at the ends of the lines say. A flag tells of them, as a signal of their
/// own would make the first load larger.
#[derive(Clone)]
pub struct Ends {
    values: Arc<Mutex<Values>>,
    turned: RwSignal<bool>,
}

impl Ends {
    /// None yet.
    pub(super) fn new() -> Self {
        Self { values: Arc::default(), turned: RwSignal::new(false) }
    }

    /// The value of a line where the chart ends, and while it goes on what `now` says. Tracks it.
    pub fn of(&self, strip: usize, line: usize, now: impl FnOnce() -> Option<f64>) -> Option<f64> {
        self.turned.track();
        let end =
            self.values.lock().unwrap_or_else(PoisonError::into_inner).get(strip).map(|lines| lines.get(line).copied());
        end.flatten().unwrap_or_else(now)
    }

    /// Tells all of them.
    #[cfg(feature = "hydrate")]
    pub fn tell(&self, values: Values) {
        let is_new = {
            let mut known = self.values.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new = *known != values;
            *known = values;
            is_new
        };
        if is_new {
            // The page may be gone by now.
            self.turned.try_update(|turned| *turned = !*turned);
        }
    }
}
