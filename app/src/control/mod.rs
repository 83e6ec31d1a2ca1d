//! What people ask of workers from the pages: a button, a dialog that says exactly what will happen, and what came of it
//! in words. Only pages in parts of their own use it; the overview does not.
//!
//! - [`tasks`], [`queues`], [`workers`]: what can be asked of each as it is, in words. Pure.
//! - [`deeds`], [`fields`]: the buttons and their dialogs. They work without any script where the browser opens a dialog
//!   for a button by itself, and where nothing is left to be chosen.
//! - [`told`]: what came of it.

mod deeds;
mod fields;
pub mod held;
pub mod queues;
pub mod tasks;
mod told;
pub mod workers;

pub use deeds::Deeds;
pub use told::{Answer, AnswerPlace};

use crate::components::icon::Glyph;
use forewatch::control::{BulkDeed, ControlCommand};
use forewatch::{TaskId, WorkerId};

/// Something that can be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Which button it is: stays while what the button asks turns round (pause, resume).
    pub key: &'static str,
    /// What it is about, as people call it.
    pub about: String,
    /// What stands on the buttons.
    pub verb: &'static str,
    /// Its mark.
    pub glyph: Option<Glyph>,
    /// Whether it ends something that runs.
    pub ends: Ends,
    /// The question, and what will happen, in a sentence. None is done at once: it changes nothing.
    pub question: Option<(String, String)>,
    /// What it does.
    pub does: Does,
}

/// Whether something that runs is ended by what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// It is.
    Something,
    /// It is not.
    Nothing,
}

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Does {
    /// Asks this.
    Asks(ControlCommand),
    /// A worker's pool gets larger or smaller by what is chosen.
    Resizes {
        /// The worker.
        worker_id: WorkerId,
        /// Its processes now, where that is known.
        size: Option<u32>,
    },
    /// A worker starts tasks of a name as often as is chosen.
    Limits {
        /// The worker.
        worker_id: WorkerId,
        /// Names to choose from; others can be written.
        names: Vec<String>,
    },
    /// A task whose queue is not known is sent again to that which is chosen.
    Sends {
        /// The task.
        task_id: TaskId,
        /// Own names of queues to choose from.
        queues: Vec<String>,
    },
    /// Something is done to all tasks of a search, once they are counted.
    All {
        /// The search.
        search: String,
        /// What is done to them.
        deed: BulkDeed,
    },
}

/// "1 task", "1,204 tasks".
fn counted(count: u64, one: &str) -> String {
    match count {
        1 => ["1 ", one].concat(),
        many => [&forewatch::format::count(many), " ", one, "s"].concat(),
    }
}
