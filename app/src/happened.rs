//! What happened to a worker, a line each: its comings and goings, what people asked of it, its alerts and those of its
//! devices, and the notes that are about it. Put together by the server; the page only shows it.

use forewatch::{AlertSeverity, Timestamp};
use serde::{Deserialize, Serialize};

/// Lines that a page shows at most.
pub const MOST: usize = 30;

/// The mark of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sign {
    /// It is as it should be.
    Well,
    /// It is gone.
    Gone,
    /// Something that needs someone, as bad as this.
    Bad(AlertSeverity),
    /// A person did something.
    Person,
    /// It was taken out on purpose.
    Out,
    /// Something began anew, or is another.
    Turn,
    /// A note.
    Note,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// Its mark.
    pub sign: Sign,
    /// What happened, or what it happened to.
    pub text: String,
    /// Where that leads.
    pub link: Option<String>,
    /// What is said behind it.
    pub more: Option<String>,
}

/// The newest lines.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Happened {
    /// The newest first.
    pub lines: Vec<Line>,
    /// Whether older ones are left out.
    pub is_cut: bool,
    /// Whether devices of it had alerts, which have a list of their own.
    pub has_devices: bool,
}

#[cfg(feature = "ssr")]
pub(crate) use tell::{about, tell};

#[cfg(feature = "ssr")]
mod tell;
