//! Who waited for whom.

use crate::group::Percentiles;
use serde::{Deserialize, Serialize};

/// How long the tasks of each user waited, and whose tasks ran meanwhile.
///
/// Of each task that ended in the period, the time from its submission to its first start is looked at. Each moment of that
/// is shared evenly among the tasks that run in that moment on the queue's workers: those that ran a task of the same queue in
/// the period. What falls to a user's tasks is how long others waited for that user. Moments in which nothing ran there
/// count as idle. A task runs from the begin of its last attempt to its end; also those count as running that ended up to a
/// day after the period or still run. Queues beyond the 50 with the longest waits count as one queue.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Waits {
    /// The users whose tasks waited and ran longest, those that waited longest first; then the rest as one.
    pub users: Vec<UserWait>,
    /// How many users there are in all.
    pub total: u64,
}

/// The waits of one user's tasks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserWait {
    /// The user; absent where tasks do not tell theirs.
    pub key: Option<String>,
    /// Whether these are all users that are not told apart.
    #[serde(default)]
    pub is_other: bool,
    /// Tasks that ended and whose wait is known.
    pub tasks: u64,
    /// How long they waited, seconds, all together.
    pub seconds: f64,
    /// How long they waited, seconds, exactly.
    pub wait: Option<Percentiles>,
    /// Of `seconds`: while nothing ran on the queue's workers.
    pub idle_seconds: f64,
    /// Of `seconds`: for each user whose tasks ran meanwhile, this one too; the longest first.
    pub waited_for: Vec<WaitedFor>,
    /// How long the tasks of others waited for this user's, seconds.
    pub caused_seconds: f64,
}

/// A part of a user's waiting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitedFor {
    /// The user whose tasks ran; absent where tasks do not tell theirs.
    pub key: Option<String>,
    /// Whether these are all users that are not told apart.
    #[serde(default)]
    pub is_other: bool,
    /// How long, seconds.
    pub seconds: f64,
}

impl UserWait {
    /// Of `seconds`: while its own tasks ran.
    pub fn own_seconds(&self) -> f64 {
        self.waited_for.iter().filter(|part| self.is_of(part)).map(|part| part.seconds).sum()
    }

    /// Of `seconds`: while the tasks of others ran.
    pub fn others_seconds(&self) -> f64 {
        self.waited_for.iter().filter(|part| !self.is_of(part)).map(|part| part.seconds).sum()
    }

    /// Whether a part is for this same user.
    pub fn is_of(&self, part: &WaitedFor) -> bool {
        (&self.key, self.is_other) == (&part.key, part.is_other)
    }
}
