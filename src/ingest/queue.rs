//! The body of `queue.sampled`.

use super::field::Field;
use super::read::{self, Reader};
use crate::event::{EventBody, QueueSample};

pub(super) fn body(reader: &mut Reader<'_, '_>) -> Option<EventBody> {
    let queue = reader.required(Field::Queue, "queue.sampled names its queue", read::name);
    let pending = reader.required(Field::Pending, "queue.sampled says how many tasks wait", read::count);
    let sample = QueueSample {
        processing: reader.optional(Field::Processing, read::count),
        worker_count: reader.optional(Field::WorkerCount, read::count),
        delayed: reader.optional(Field::Delayed, read::count),
        reserved: reader.optional(Field::Reserved, read::count),
        oldest_age: reader.optional(Field::OldestAge, read::seconds),
        queue: queue?,
        pending: pending?,
    };
    Some(EventBody::QueueSampled(sample))
}
