//! The types of events, and which fields each takes.

use super::field::{Field, FieldSet};
use super::read::{self, Scalar};
use crate::list::UnknownWord;
use crate::task::TaskEventKind;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Task(TaskEventKind),
    QueueSampled,
    WorkerRegistered,
    WorkerHeartbeat,
    WorkerDeregistered,
    Annotation,
}

/// Every type by its name in `type`.
pub(super) const KINDS: [(&str, Kind); 12] = [
    ("task.submitted", Kind::Task(TaskEventKind::Submitted)),
    ("task.started", Kind::Task(TaskEventKind::Started)),
    ("task.progress", Kind::Task(TaskEventKind::Progress)),
    ("task.retried", Kind::Task(TaskEventKind::Retried)),
    ("task.completed", Kind::Task(TaskEventKind::Completed)),
    ("task.failed", Kind::Task(TaskEventKind::Failed)),
    ("task.cancelled", Kind::Task(TaskEventKind::Cancelled)),
    ("queue.sampled", Kind::QueueSampled),
    ("worker.registered", Kind::WorkerRegistered),
    ("worker.heartbeat", Kind::WorkerHeartbeat),
    ("worker.deregistered", Kind::WorkerDeregistered),
    ("annotation", Kind::Annotation),
];

/// Reads `type`.
pub(super) fn read(scalar: Scalar<'_>) -> Result<Kind, String> {
    let word = read::text(scalar)?;
    KINDS
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, kind)| *kind)
        .ok_or_else(|| UnknownWord::new(&word, KINDS.iter().map(|(name, _)| *name)).to_string())
}

/// What every event may have.
const ENVELOPE: FieldSet = FieldSet::of(&[Field::Type, Field::At, Field::EventId]);

/// What any event of a task may say of it, so that a task whose submission was lost is still described.
const DESCRIPTION: FieldSet = FieldSet::of(&[
    Field::TaskId,
    Field::ContentType,
    Field::Name,
    Field::Queue,
    Field::Priority,
    Field::UserId,
    Field::Eta,
    Field::Expires,
    Field::ParentId,
    Field::RootId,
    Field::Args,
    Field::Kwargs,
    Field::InputFileSize,
    Field::Retries,
    Field::SourceState,
]);

/// What the end of an attempt may tell.
const USE: FieldSet =
    FieldSet::of(&[Field::WorkerId, Field::Runtime, Field::CpuTime, Field::GpuTime, Field::MemoryPeak]);

impl Kind {
    /// Its name in `type`.
    pub(super) fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether its body is a type of its own, read as one: it finds its unknown fields itself.
    pub(super) fn reads_whole_body(self) -> bool {
        matches!(self, Self::WorkerRegistered | Self::WorkerHeartbeat)
    }

    /// The fields that it takes.
    pub(super) fn fields(self) -> FieldSet {
        use Field::{
            ConfidenceScore, Delayed, ErrorMessage, Heartbeat, Message, OldestAge, OutputFileSize, Pending, Processing,
            Progress, QualityDegraded, Queue, Reason, Registration, Requeue, Reserved, Result, Tags, TimedOut, Title,
            Traceback, WorkerCount, WorkerId,
        };
        let own = match self {
            Self::Task(what) => DESCRIPTION.and(match what {
                TaskEventKind::Progress => FieldSet::of(&[WorkerId, Progress, Message]),
                TaskEventKind::Retried => USE.and(FieldSet::of(&[ErrorMessage, Traceback])),
                TaskEventKind::Completed => {
                    USE.and(FieldSet::of(&[OutputFileSize, ConfidenceScore, QualityDegraded, Result]))
                }
                TaskEventKind::Failed => USE.and(FieldSet::of(&[ErrorMessage, Traceback, TimedOut])),
                TaskEventKind::Cancelled => USE.and(FieldSet::of(&[Reason, Requeue])),
                TaskEventKind::Submitted => FieldSet::of(&[]),
                _ => FieldSet::of(&[WorkerId]),
            }),
            Self::QueueSampled => {
                FieldSet::of(&[Queue, Pending, Processing, WorkerCount, Delayed, Reserved, OldestAge])
            }
            Self::WorkerRegistered => FieldSet::of(&[Registration]),
            Self::WorkerHeartbeat => FieldSet::of(&[Heartbeat]),
            Self::WorkerDeregistered => FieldSet::of(&[WorkerId]),
            Self::Annotation => FieldSet::of(&[Title, Tags]),
        };
        own.and(ENVELOPE)
    }
}
