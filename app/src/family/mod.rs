//! The family of a task: the first task of its chain, the way down to it, its siblings, and what came of it.
//!
//! - `gather`: what is known of it, asked of the server in a bounded number of steps.
//! - `tree`: which of that is shown, and what hangs from what. Pure.
//!
//! Tasks tell who submitted them and which was the first of their chain; Celery says both of chains, of what a task sends
//! while it runs, and of a chord's end, whose parent is the member that was last. Nothing says which tasks were sent as
//! one group by a program that is no task itself: those have no family.

#[cfg(feature = "ssr")]
mod gather;
#[cfg(feature = "ssr")]
mod tree;

#[cfg(feature = "ssr")]
pub use gather::family;
#[cfg(feature = "ssr")]
pub use tree::{Known, grow};

use forewatch::{TaskId, TaskMetrics, Timestamp};
use serde::{Deserialize, Serialize};

/// A family, as much of it as is shown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Family {
    /// The tasks, each behind that from which it hangs; none where a task has no family.
    pub relatives: Vec<Relative>,
    /// Whether a search for the first task finds all.
    pub is_rooted: bool,
    /// Whether more are left out than is told: not all were read.
    pub at_least: bool,
    /// Whether one of them, shown or not, has not ended.
    pub is_open: bool,
    /// When something was last heard of one of them.
    pub heard: Timestamp,
}

/// A task in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Relative {
    /// The task.
    pub id: TaskId,
    /// The task from which it hangs; none of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<TaskId>,
    /// Whether the page is about it.
    #[serde(default)]
    pub is_me: bool,
    /// Tasks between that from which it hangs and itself, which are left out.
    #[serde(default)]
    pub between: u64,
    /// Tasks that came of it and are left out.
    #[serde(default)]
    pub more: u64,
    /// The task as lists have it; none where it is no longer known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskMetrics>,
    /// Since when it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

impl Family {
    /// The first task.
    pub fn root(&self) -> Option<&TaskId> {
        self.relatives.first().map(|first| &first.id)
    }

    /// What hangs from a task, or the first one.
    pub fn under<'a>(&'a self, id: Option<&'a TaskId>) -> impl Iterator<Item = &'a Relative> {
        self.relatives.iter().filter(move |relative| relative.under.as_ref() == id)
    }

    /// A task of it.
    pub fn relative(&self, id: &TaskId) -> Option<&Relative> {
        self.relatives.iter().find(|relative| relative.id == *id)
    }
}
