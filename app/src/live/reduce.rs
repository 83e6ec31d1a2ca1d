//! One message into one topic: applied, too old to matter, or proof that something is missing.

use super::held::Held;
use forewatch::live::{Kind, ServerMessage};

/// How far a topic's data is, by the server's count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// The server process and the last delta that is included; none until a snapshot came.
    reached: Option<(String, u64)>,
    /// A snapshot was asked for: until it comes, deltas do not matter.
    awaiting: bool,
}

impl Progress {
    /// The data of a page holds everything up to `seq`.
    pub fn at(epoch: String, seq: u64) -> Self {
        Self { reached: (!epoch.is_empty()).then_some((epoch, seq)), awaiting: false }
    }

    /// The data is no longer followed: only a snapshot counts from now on.
    pub fn lose(&mut self) {
        self.awaiting = true;
    }
}

/// What a message did.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The data is now what the message says.
    Applied,
    /// The data already included it, or a snapshot is on its way.
    Ignored,
    /// Something is missing: a snapshot must be asked for. Said once.
    Resync,
    /// The message does not fit this version of the program; the text says where. The next snapshot counts.
    Unreadable(String),
}

/// Takes one message of the topic into its data.
pub fn reduce<D: Held>(progress: &mut Progress, data: &mut D, message: &ServerMessage) -> Outcome {
    let same = progress.reached.as_ref().filter(|(epoch, _)| *epoch == message.epoch).map(|(_, seq)| *seq);
    let result = match message.kind {
        Kind::Snapshot if same.is_some_and(|seq| message.seq < seq) => return Outcome::Ignored,
        Kind::Snapshot => data.replace(&message.data),
        Kind::Delta if progress.awaiting => return Outcome::Ignored,
        Kind::Delta => match same {
            Some(seq) if message.seq <= seq => return Outcome::Ignored,
            Some(seq) if message.prev == Some(seq) => data.change(&message.data),
            _ => {
                progress.awaiting = true;
                return Outcome::Resync;
            }
        },
    };
    match result {
        Ok(()) => {
            *progress = Progress::at(message.epoch.clone(), message.seq);
            Outcome::Applied
        }
        Err(error) => {
            progress.awaiting = true;
            Outcome::Unreadable(error.to_string())
        }
    }
}
