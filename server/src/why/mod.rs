//! Why tasks wait, and which are stuck: what holds a queue or a task back, said from the published fleet alone. Pure: nothing here reads a clock or
//! the store, and what is not known is said to be unknown.
//!
//! - [`hands`]: the workers that take from each queue, and what is known of each.
//! - [`open`]: what the open tasks tell of workers: what each runs, and what it has reserved.
//! - [`limit`]: the verdict on a queue, and its sentence; [`task`]: that on one task.
//! - [`stuck`]: how long tasks of a name usually run.

mod hands;
mod limit;
mod newest;
mod open;
mod stuck;
mod task;
#[cfg(test)]
mod tests;

use crate::collector::{Fleet, Queue};
use forewatch::QueueName;
use forewatch::limit::Limit;
use hands::Hands;
pub(crate) use newest::NewestLimits;
use open::Open;
pub(crate) use stuck::usual_run;
pub(crate) use task::task_limit;

/// What holds a queue back.
pub(crate) fn limit(fleet: &Fleet, queue: &Queue) -> Limit {
    limit::of(fleet, queue, &Hands::of(fleet), &Open::of(fleet))
}

/// What holds each queue back.
fn limits(fleet: &Fleet) -> Vec<(QueueName, Limit)> {
    let (hands, open) = (Hands::of(fleet), Open::of(fleet));
    fleet.queues.values().map(|queue| (queue.id.clone(), limit::of(fleet, queue, &hands, &open))).collect()
}
