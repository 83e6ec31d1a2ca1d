//! What series are about.

use forewatch::{QueueName, WorkerId};

/// What a table of samples is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Subject {
    System,
    Queue(QueueName),
    Worker(WorkerId),
}

impl Subject {
    /// The word for what it is.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Queue(_) => "queue",
            Self::Worker(_) => "worker",
        }
    }

    /// Its name among those of its kind.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::System => "",
            Self::Queue(name) => name,
            Self::Worker(id) => id,
        }
    }

    /// From the two; `None` when there is no such subject.
    pub(crate) fn from_parts(kind: &str, name: &str) -> Option<Self> {
        match kind {
            "system" => Some(Self::System),
            "queue" => QueueName::new(name).ok().map(Self::Queue),
            "worker" => WorkerId::new(name).ok().map(Self::Worker),
            _ => None,
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.kind(), self.name())
    }
}
