//! Older pages, which are asked for when the end of the list comes near the screen.

use super::Rows;
use super::loaded::OlderPage;
use crate::server_fns::load_tasks;
use leptos::prelude::*;

/// How far the question for the next page is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Asking {
    /// None is open.
    No,
    /// One is on its way.
    Now,
    /// The last one was not answered; somebody has to ask again.
    InVain,
}

impl Rows {
    /// The pages behind the first one.
    pub(in crate::pages::tasks) fn older(self) -> Signal<Vec<OlderPage>> {
        Signal::derive(move || self.loaded.read().older().to_vec())
    }

    /// Whether the next page was asked for in vain.
    pub(in crate::pages::tasks) fn older_failed(self) -> bool {
        self.asking.get() == Asking::InVain
    }

    /// Asks for the next page, unless that has been done.
    pub(in crate::pages::tasks) fn load_older(self) {
        let cursor = self.loaded.read_untracked().wanted().map(str::to_owned);
        let Some(cursor) = cursor.filter(|_| self.asking.get_untracked() != Asking::Now) else { return };
        self.asking.set(Asking::Now);
        let search = self.search.get_value();
        leptos::task::spawn_local(async move {
            let answer = load_tasks(search, Some(cursor.clone())).await;
            // The page may be gone by now.
            if self.loaded.is_disposed() {
                return;
            }
            let asking = if answer.is_ok() { Asking::No } else { Asking::InVain };
            if let Ok(data) = answer {
                self.stuck_from.update(|stuck_from| stuck_from.extend(data.stuck_from));
                self.loaded.update(|loaded| loaded.append(&cursor, data.page));
            }
            self.asking.set(asking);
        });
    }

    /// Back to the top of a list that has one page again. What is on its way comes too late.
    pub(super) fn begin_anew(self) {
        if self.asking.get_untracked() == Asking::InVain {
            self.asking.set(Asking::No);
        }
        if let Some(head) = self.head.get_untracked() {
            head.scroll_into_view();
        }
    }

    /// Loads a page whenever the end comes near. Where somebody looks at the beginning none is loaded, however high the
    /// screen is: the list goes on following what happens.
    #[cfg(feature = "hydrate")]
    pub(super) fn watch_end(self) {
        use crate::components::near;

        /// Beyond the screen: as much as is read while a page is on its way.
        const NEAR: &str = "100% 0px";

        let is_begun = RwSignal::new(false);
        Effect::new(move || {
            let Some(head) = self.head.get() else { return };
            near::watch(&head, "0px", move |is_seen| {
                let _ = is_begun.try_set(!is_seen);
            });
        });
        let waits = Memo::new(move |_| {
            is_begun.get() && self.asking.get() == Asking::No && self.loaded.read().wanted().is_some()
        });
        // Watched anew after each page, so that one that does not fill the screen is followed by another.
        Effect::new(move || {
            let Some(foot) = self.foot.get().filter(|_| waits.get()) else { return };
            let end = foot.clone();
            near::watch(&end, NEAR, move |is_near| {
                // Whom the keyboard has led to what stands below the list is not led away from it.
                let is_passed = foot.query_selector(":focus-visible").is_ok_and(|focus| focus.is_some());
                if is_near && !is_passed {
                    self.load_older();
                }
            });
        });
    }
}
