//! The rows of the list: as the server sent them with the page, then as the live topic says that something changed.

use crate::live::use_live;
use crate::server_fns::TasksData;
use forewatch::list::Page;
use forewatch::{TaskId, TaskMetrics, Timestamp, format};
use leptos::prelude::*;

/// Tasks that the live topic knows at most: more than these may have come.
pub(super) const KNOWN: usize = forewatch::live::TASKS_WINDOW;

/// The list as it is shown.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    page: RwSignal<Page<TaskMetrics>>,
    stuck_from: RwSignal<Vec<(TaskId, Timestamp)>>,
    /// When the server put the page together.
    as_of: RwSignal<Timestamp>,
    paused: RwSignal<bool>,
    /// Someone points into the list: it does not move under the finger.
    pointed: RwSignal<bool>,
    live: Signal<std::sync::Arc<Vec<TaskMetrics>>>,
    search: StoredValue<String>,
    #[cfg(feature = "hydrate")]
    waiting: StoredValue<bool>,
}

impl Rows {
    /// The rows of a page; only the newest page follows what happens.
    pub(super) fn of(data: TasksData, search: String, is_first: bool) -> Self {
        let rows = Self {
            page: RwSignal::new(data.page),
            stuck_from: RwSignal::new(data.stuck_from),
            as_of: RwSignal::new(data.now),
            paused: RwSignal::new(!is_first),
            pointed: RwSignal::new(false),
            live: use_live().tasks(data.live),
            search: StoredValue::new(search),
            #[cfg(feature = "hydrate")]
            waiting: StoredValue::new(false),
        };
        #[cfg(feature = "hydrate")]
        rows.follow();
        rows
    }

    /// The rows.
    pub(super) fn tasks(self) -> Signal<Vec<TaskMetrics>> {
        Signal::derive(move || self.page.read().items.clone())
    }

    /// From when on each that runs is stuck.
    pub(super) fn stuck_from(self) -> Signal<Vec<(TaskId, Timestamp)>> {
        self.stuck_from.into()
    }

    /// Whether there are none.
    pub(super) fn is_empty(self) -> bool {
        self.page.read().items.is_empty()
    }

    /// Where the next page begins.
    pub(super) fn next_cursor(self) -> Option<String> {
        self.page.read().next_cursor.clone()
    }

    /// "1,204 tasks".
    pub(super) fn sentence(self) -> String {
        let page = self.page.read();
        let more = if page.total_exact { "" } else { "more than " };
        match page.total {
            1 => "1 task".to_owned(),
            total => format!("{more}{} tasks", format::count(total)),
        }
    }

    /// Whether the list stands still because someone asked for it.
    pub(super) fn is_paused(self) -> bool {
        self.paused.get()
    }

    /// Pauses the list, or shows what has come and goes on.
    pub(super) fn pause_or_follow(self) {
        let paused = !self.paused.get_untracked();
        self.paused.set(paused);
        if !paused {
            self.refresh();
        }
    }

    /// Says whether someone points into the list.
    pub(super) fn read_by_pointer(self, pointed: bool) {
        self.pointed.set(pointed);
    }

    /// How many tasks have come while the list stood still. A search may leave some of them out: then it is not known.
    pub(super) fn came(self) -> usize {
        if !(self.paused.get() || self.pointed.get()) || self.search.with_value(|search| !search.is_empty()) {
            return 0;
        }
        let as_of = self.as_of.get();
        let began = |task: &TaskMetrics| task.submitted_at.or(task.started_at).is_some_and(|at| at > as_of);
        self.live.read().iter().filter(|task| began(task)).count()
    }

    /// Asks for the page anew.
    pub(super) fn refresh(self) {
        leptos::task::spawn_local(async move {
            let search = self.search.get_value();
            // What does not arrive is asked for again with the next change; the mark of the connection tells why.
            if let Ok(data) = crate::server_fns::load_tasks(search, None).await {
                let _ = self.stuck_from.try_set(data.stuck_from);
                let _ = self.page.try_set(data.page);
                let _ = self.as_of.try_set(data.now);
            }
        });
    }

    /// Asks anew once a second at most, while something changes and nobody reads.
    #[cfg(feature = "hydrate")]
    fn follow(self) {
        use std::time::Duration;
        const AT_MOST: Duration = Duration::from_secs(1);
        Effect::new(move |before: Option<()>| {
            self.live.track();
            let stands = self.paused.get() || self.pointed.get();
            if before.is_none() || stands || self.waiting.get_value() {
                return;
            }
            self.waiting.set_value(true);
            set_timeout(
                move || {
                    let _ = self.waiting.try_set_value(false);
                    let stands = self.paused.try_get_untracked().unwrap_or(true)
                        || self.pointed.try_get_untracked().unwrap_or(true);
                    if !stands {
                        self.refresh();
                    }
                },
                AT_MOST,
            );
        });
    }
}
