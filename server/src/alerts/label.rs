//! The labels of what rules look at.

/// A label, by which subjects are chosen and which texts may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Worker,
    Hostname,
    Source,
    Capability,
    Tag,
    Gpu,
    Model,
    Queue,
    Class,
    Name,
    Task,
    Objective,
    Reason,
}

impl Label {
    /// The word in a configuration.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Hostname => "hostname",
            Self::Source => "source",
            Self::Capability => "capability",
            Self::Tag => "tag",
            Self::Gpu => "gpu",
            Self::Model => "model",
            Self::Queue => "queue",
            Self::Class => "class",
            Self::Name => "name",
            Self::Task => "task",
            Self::Objective => "objective",
            Self::Reason => "reason",
        }
    }
}
