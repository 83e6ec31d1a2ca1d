//! The rows of the list: as the server sent them with the page, then as the live topic says that something changed, and
//! the older ones that were loaded behind them.
//!
//! - [`loaded`]: the pages, one behind the other. Pure.
//! - [`older`]: when the next page is asked for, and what comes of it.

mod loaded;
mod older;

use crate::live::use_live;
use crate::server_fns::TasksData;
use crate::task_search::TaskSearch;
use forewatch::{TaskId, TaskMetrics, Timestamp, format};
use leptos::html::Div;
use leptos::prelude::*;
use loaded::Loaded;
use older::Asking;

/// Tasks that the live topic knows at most: more than these may have come.
pub(super) const KNOWN: usize = forewatch::live::TASKS_WINDOW;

/// The list as it is shown.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    loaded: RwSignal<Loaded>,
    stuck_from: RwSignal<Vec<(TaskId, Timestamp)>>,
    /// When the server put the first page together.
    as_of: RwSignal<Timestamp>,
    paused: RwSignal<bool>,
    /// Someone points into the list: it does not move under the finger.
    pointed: RwSignal<bool>,
    /// The keyboard's focus is in a row, which stays that of its task.
    focused: RwSignal<bool>,
    asking: RwSignal<Asking>,
    /// Someone has come to the end of the first page, or beyond it: it stays as it is.
    read_on: Memo<bool>,
    live: Signal<std::sync::Arc<Vec<TaskMetrics>>>,
    search: StoredValue<String>,
    /// What stands above the rows.
    pub(super) head: NodeRef<Div>,
    /// What stands below them.
    pub(super) foot: NodeRef<Div>,
}

impl Rows {
    /// The rows of a page; only the newest page follows what happens.
    pub(super) fn of(data: TasksData, search: String, is_first: bool) -> Self {
        let (loaded, asking) = (RwSignal::new(Loaded::of(data.page)), RwSignal::new(Asking::No));
        let rows = Self {
            loaded,
            stuck_from: RwSignal::new(data.stuck_from),
            as_of: RwSignal::new(data.now),
            paused: RwSignal::new(!is_first),
            pointed: RwSignal::new(false),
            focused: RwSignal::new(false),
            asking,
            read_on: Memo::new(move |_| asking.get() != Asking::No || !loaded.read().older().is_empty()),
            live: use_live().tasks(data.live),
            search: StoredValue::new(search),
            head: NodeRef::new(),
            foot: NodeRef::new(),
        };
        #[cfg(feature = "hydrate")]
        {
            rows.follow();
            rows.watch_end();
        }
        rows
    }

    /// All that is loaded.
    pub(super) fn loaded(self) -> ReadSignal<Loaded> {
        self.loaded.read_only()
    }

    /// The rows of the first page.
    pub(super) fn tasks(self) -> Signal<Vec<TaskMetrics>> {
        Signal::derive(move || self.loaded.read().first.items.clone())
    }

    /// From when on each that runs is stuck.
    pub(super) fn stuck_from(self) -> Signal<Vec<(TaskId, Timestamp)>> {
        self.stuck_from.into()
    }

    /// Whether there are none.
    pub(super) fn is_empty(self) -> bool {
        self.loaded.read().first.items.is_empty()
    }

    /// Where the next page begins.
    pub(super) fn next_cursor(self) -> Option<String> {
        self.loaded.read().next_cursor().map(str::to_owned)
    }

    /// "1,204 tasks".
    pub(super) fn sentence(self) -> String {
        let page = &self.loaded.read().first;
        let more = if page.total_exact { "" } else { "more than " };
        match page.total {
            1 => "1 task".to_owned(),
            total => format!("{more}{} tasks", format::count(total)),
        }
    }

    /// Whether the list stands still until someone has it go on.
    pub(super) fn is_paused(self) -> bool {
        self.paused.get() || self.read_on.get()
    }

    /// Pauses the list, or shows what has come and goes on.
    pub(super) fn pause_or_follow(self) {
        let paused = !untrack(|| self.is_paused());
        self.paused.set(paused);
        if !paused {
            self.refresh();
        }
    }

    /// Says whether someone points into the list.
    pub(super) fn read_by_pointer(self, pointed: bool) {
        self.pointed.set(pointed);
    }

    /// Says whether the keyboard's focus is in a row.
    pub(super) fn read_by_keys(self, focused: bool) {
        self.focused.set(focused);
    }

    /// Whether it is said to be.
    pub(super) fn is_read_by_keys(self) -> bool {
        self.focused.get_untracked()
    }

    /// Whether nothing moves, for whatever reason.
    fn stands(self) -> bool {
        self.read_on.get() || [self.paused, self.pointed, self.focused].iter().any(|reason| reason.get())
    }

    /// How many tasks have come while the list stood still. Where a search looks into their texts it is not known.
    pub(super) fn came(self) -> usize {
        if !self.stands() {
            return 0;
        }
        let as_of = self.as_of.get();
        let filter = self.search.with_value(|search| TaskSearch::parse(search, as_of).filter);
        let began = |task: &TaskMetrics| task.submitted_at.or(task.started_at).is_some_and(|at| at > as_of);
        let came = |task: &&TaskMetrics| began(task) && filter.finds(task) == Some(true);
        self.live.read().iter().filter(came).count()
    }

    /// Asks for the first page anew, and begins with it.
    pub(super) fn refresh(self) {
        leptos::task::spawn_local(async move { self.show(self.ask().await) });
    }

    async fn ask(self) -> Option<TasksData> {
        // What does not arrive is asked for again with the next change; the mark of the connection tells why.
        crate::server_fns::load_tasks(self.search.get_value(), None).await.ok()
    }

    fn show(self, data: Option<TasksData>) {
        // The page may be gone by now.
        let Some(data) = data.filter(|_| !self.loaded.is_disposed()) else { return };
        let read_on = self.read_on.get_untracked();
        self.stuck_from.set(data.stuck_from);
        self.loaded.set(Loaded::of(data.page));
        self.as_of.set(data.now);
        if read_on {
            self.begin_anew();
        }
    }

    /// Asks anew once a second at most, while something changes and nobody reads.
    #[cfg(feature = "hydrate")]
    fn follow(self) {
        const AT_MOST: std::time::Duration = std::time::Duration::from_secs(1);
        let reason = move || {
            self.live.track();
            !self.stands()
        };
        // Somebody may have begun to read while the answer was on its way.
        let question = move || async move {
            let data = self.ask().await;
            crate::turns::next_task().await;
            if !self.loaded.is_disposed() && !untrack(|| self.stands()) {
                self.show(data);
            }
        };
        crate::live::again::ask_again(AT_MOST, reason, question);
    }
}
