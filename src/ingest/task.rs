//! The body of `task.*`.

use super::field::{Field, FieldSet};
use super::kind::Kind;
use super::limits;
use super::read::{self, Reader, Scalar};
use crate::event::EventBody;
use crate::task::{TaskEvent, TaskEventKind, TaskFields};
use crate::{TaskId, WorkerId};

/// Reads what an event of this kind may say; `None` when a field that it needs is missing or bad.
pub(super) fn body(kind: TaskEventKind, reader: &mut Reader<'_, '_>) -> Option<EventBody> {
    let mut read = TaskReader { kind: Kind::Task(kind), taken: Kind::Task(kind).fields(), reader };
    let task_id = read.required(Field::TaskId, read::id::<TaskId>);
    let worker_id = match kind {
        TaskEventKind::Started => read.required(Field::WorkerId, read::id::<WorkerId>),
        _ => read.optional(Field::WorkerId, read::id),
    };
    let content_type = match kind {
        TaskEventKind::Submitted => read.required(Field::ContentType, read::name),
        _ => read.optional(Field::ContentType, read::name),
    };
    let progress = match kind {
        TaskEventKind::Progress => read.required(Field::Progress, read::ratio),
        _ => read.optional(Field::Progress, read::ratio),
    };
    let error_message = match kind {
        TaskEventKind::Failed => read.required(Field::ErrorMessage, read::cut(limits::ERROR_MESSAGE)),
        _ => read.optional(Field::ErrorMessage, read::cut(limits::ERROR_MESSAGE)),
    };
    let fields = TaskFields {
        content_type,
        name: read.optional(Field::Name, read::name),
        queue: read.optional(Field::Queue, read::name),
        priority: read.optional(Field::Priority, read::integer),
        user_id: read.optional(Field::UserId, read::name),
        eta: read.optional(Field::Eta, read::time),
        expires: read.optional(Field::Expires, read::time),
        parent_id: read.optional(Field::ParentId, read::id),
        root_id: read.optional(Field::RootId, read::id),
        args: read.optional(Field::Args, read::payload),
        kwargs: read.optional(Field::Kwargs, read::payload),
        retries: read.optional(Field::Retries, read::small_count),
        progress,
        message: read.optional(Field::Message, read::cut(limits::MESSAGE)),
        error_message,
        traceback: read.optional(Field::Traceback, read::cut(limits::TRACEBACK)),
        reason: read.optional(Field::Reason, read::cut(limits::MESSAGE)),
        timed_out: read.optional(Field::TimedOut, read::flag),
        result: read.optional(Field::Result, read::payload),
        runtime: read.optional(Field::Runtime, read::seconds),
        cpu_time: read.optional(Field::CpuTime, read::seconds),
        gpu_time: read.optional(Field::GpuTime, read::seconds),
        memory_peak: read.optional(Field::MemoryPeak, read::bytes),
        input_file_size: read.optional(Field::InputFileSize, read::bytes),
        output_file_size: read.optional(Field::OutputFileSize, read::bytes),
        confidence_score: read.optional(Field::ConfidenceScore, read::ratio),
        quality_degraded: read.optional(Field::QualityDegraded, read::flag),
        source_state: read.optional(Field::SourceState, read::name),
        requeue: read.optional(Field::Requeue, read::flag),
    };
    Some(EventBody::Task(TaskEvent { kind, task_id: task_id?, worker_id, fields: Box::new(fields) }))
}

/// A reader that sees only the fields of its kind: the others are left out, so they cannot be wrong either.
struct TaskReader<'r, 's, 'a> {
    kind: Kind,
    taken: FieldSet,
    reader: &'r mut Reader<'s, 'a>,
}

impl<'a> TaskReader<'_, '_, 'a> {
    fn optional<T>(&mut self, field: Field, read: impl FnOnce(Scalar<'a>) -> Result<T, String>) -> Option<T> {
        if self.taken.has(field) { self.reader.optional(field, read) } else { None }
    }

    fn required<T>(&mut self, field: Field, read: impl FnOnce(Scalar<'a>) -> Result<T, String>) -> Option<T> {
        if self.reader.json(field).is_none() {
            self.reader.missing(field, &format!("{} needs it", self.kind.name()));
        }
        self.reader.optional(field, read)
    }
}
