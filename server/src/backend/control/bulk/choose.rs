//! Which tasks of a filter a deed can be done to, and why the others are left.

use crate::backend::BackendFor;
use crate::backend::control::check;
use crate::backend::control::words::counted;
use crate::collector::ControlError;
use crate::ingest::celery::NewTask;
use app::backend::Backend;
use app::query::{TaskFilter, TaskSort};
use forewatch::control::BulkDeed;
use forewatch::list::MAX_LIMIT;
use forewatch::{TaskMetrics, TaskStatus};

/// Tasks of one deed at most.
const MOST: usize = 10_000;

/// The tasks, and what is known of those that are left.
#[derive(Default)]
pub(super) struct Chosen {
    tasks: Vec<(TaskMetrics, Option<NewTask>)>,
    /// Of the filter, in a state that the deed is not for.
    other_state: u64,
    /// Of no application that takes commands.
    not_asked: u64,
    /// Whose arguments, name or queue are not known.
    unknown: u64,
    /// Why the first of those.
    example: Option<String>,
    /// More than are done at once.
    beyond: u64,
}

impl Chosen {
    pub(super) fn count(&self) -> u64 {
        self.tasks.len() as u64
    }

    pub(super) fn left(&self) -> u64 {
        self.other_state + self.not_asked + self.unknown + self.beyond
    }

    /// Why tasks are left, to follow on a sentence; empty when none is.
    pub(super) fn why_left(&self) -> String {
        let part = |count: u64, why: &str| (count > 0).then(|| format!("{count} {why}"));
        let unknown = format!("cannot be sent again ({})", self.example.as_deref().unwrap_or_default());
        let parts = [
            part(self.other_state, "in another state"),
            part(self.not_asked, "of no application that takes commands"),
            part(self.unknown, &unknown),
            part(self.beyond, &format!("beyond the {MOST} of one command")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            return String::new();
        }
        let left = usize::try_from(self.left()).unwrap_or(usize::MAX);
        format!("; {} left: {}", counted(left, "task"), parts.join(", "))
    }

    pub(super) fn into_tasks(self) -> Vec<(TaskMetrics, Option<NewTask>)> {
        self.tasks
    }
}

impl BackendFor {
    /// The tasks of a filter that a deed can be done to, those first that were heard of longest ago.
    pub(super) async fn choose(&self, filter: TaskFilter, deed: BulkDeed) -> Result<Chosen, ControlError> {
        let meant = statuses(deed);
        let status: Vec<TaskStatus> =
            meant.iter().copied().filter(|status| filter.status.is_empty() || filter.status.contains(status)).collect();
        let total = self.count_tasks(filter.clone()).await?;
        let fitting = if status.is_empty() {
            0
        } else {
            self.count_tasks(TaskFilter { status: status.clone(), ..filter.clone() }).await?
        };
        let mut chosen = Chosen::default();
        let mut cursor = None;
        while !status.is_empty() {
            let (status, sort, limit) = (status.clone(), TaskSort::Oldest, MAX_LIMIT);
            let page = self.tasks(TaskFilter { status, sort, limit, cursor, ..filter.clone() }).await?;
            for task in page.items {
                self.sort_in(task, deed, &mut chosen);
            }
            cursor = page.next_cursor;
            if cursor.is_none() || chosen.tasks.len() >= MOST {
                break;
            }
        }
        let seen = chosen.count() + chosen.other_state + chosen.not_asked + chosen.unknown + chosen.beyond;
        chosen.beyond += fitting.saturating_sub(seen);
        chosen.other_state += total.saturating_sub(fitting);
        Ok(chosen)
    }

    fn sort_in(&self, recorded: TaskMetrics, deed: BulkDeed, chosen: &mut Chosen) {
        // Records follow the live state with a short delay.
        let fleet = self.state.fleet.load();
        let task = fleet.tasks.get(&recorded.task_id).map_or(recorded, |live| TaskMetrics::clone(live));
        if !statuses(deed).contains(&task.status) {
            chosen.other_state += 1;
            return;
        }
        if self.commander_of(&task.source).is_err() {
            chosen.not_asked += 1;
            return;
        }
        if chosen.tasks.len() >= MOST {
            chosen.beyond += 1;
        } else if deed == BulkDeed::Retry {
            match check::again(task) {
                Ok(again) => chosen.tasks.push((again.old, Some(again.new))),
                Err(reason) => {
                    chosen.unknown += 1;
                    chosen.example.get_or_insert(reason);
                }
            }
        } else {
            chosen.tasks.push((task, None));
        }
    }
}

/// The tasks that a deed is for.
fn statuses(deed: BulkDeed) -> &'static [TaskStatus] {
    match deed {
        BulkDeed::Revoke => &[TaskStatus::Pending],
        BulkDeed::Terminate => &[TaskStatus::Pending, TaskStatus::Processing],
        BulkDeed::Retry => &[TaskStatus::Failed],
    }
}
