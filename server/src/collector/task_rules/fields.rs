//! What an event tells of its task, beside that it happened.

use forewatch::TaskMetrics;
use forewatch::task::{TaskEvent, TaskEventKind};

/// Takes over what `event` tells. A newer event of its kind corrects what is known; an older one fills gaps.
pub(super) fn take(task: &mut TaskMetrics, event: &TaskEvent, newest: bool) {
    let told = &*event.fields;
    take_content_type(task, event, newest);
    macro_rules! take {
        ($($field:ident),+ $(,)?) => {
            $(if let Some(value) = &told.$field && (newest || task.$field.is_none()) {
                task.$field = Some(value.clone());
            })+
        };
    }
    take!(
        name,
        queue,
        priority,
        user_id,
        eta,
        expires,
        parent_id,
        root_id,
        args,
        kwargs,
        progress,
        traceback,
        result,
        cpu_time,
        gpu_time,
        memory_peak,
        input_file_size,
        output_file_size,
        confidence_score,
        quality_degraded,
    );
    task.retry_count = task.retry_count.max(told.retries.unwrap_or(0));
    task.timed_out |= event.kind == TaskEventKind::Failed && told.timed_out == Some(true);
}

/// The content type, or the task's name while nobody has told one.
fn take_content_type(task: &mut TaskMetrics, event: &TaskEvent, newest: bool) {
    let fell_back = task.content_type.is_none() || task.content_type == task.name;
    if let Some(content_type) = &event.fields.content_type {
        if newest || fell_back {
            task.content_type = Some(content_type.clone());
        }
    } else if let Some(name) = &event.fields.name
        && fell_back
        && (newest || task.name.is_none())
    {
        task.content_type = Some(name.clone());
    }
}
