//! What tasks are called.

use forewatch::TaskMetrics;

/// What a task is called: its name, else what it works on, else its id.
pub fn task_name(task: &TaskMetrics) -> String {
    task.name.clone().or_else(|| task.content_type.clone()).unwrap_or_else(|| short_id(&task.task_id))
}

/// What tells an id from others, in a few characters: the beginning of a UUID, which is random; the end of ids that count.
pub fn short_id(id: &str) -> String {
    const SHOWN: usize = 8;
    let is_uuid = id.len() == 36 && id.bytes().enumerate().all(|(n, b)| (b == b'-') == matches!(n, 8 | 13 | 18 | 23));
    let length = id.chars().count();
    if is_uuid {
        id.chars().take(SHOWN).collect()
    } else if length <= SHOWN + 4 {
        id.to_owned()
    } else {
        format!("…{}", id.chars().skip(length - SHOWN).collect::<String>())
    }
}
