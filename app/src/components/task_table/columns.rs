//! The columns of a table of tasks: which there are, and what stands in them.

use super::names::{short_id, task_name};
use super::spent::WaitedRan;
use crate::components::moment::{Moment, Style};
use crate::components::status::TaskStateMark;
use crate::escape::escape;
use crate::live::use_live;
use forewatch::{TaskId, TaskMetrics, TaskStatus, Timestamp, format};
use leptos::prelude::*;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskColumn {
    /// When something was last heard of it.
    Heard,
    /// Its name and the beginning of its id.
    Task,
    /// How it is.
    Status,
    /// The queue it was put into.
    Queue,
    /// Who runs or ran it.
    Worker,
    /// For whom it works.
    User,
    /// What it works on.
    Type,
    /// How urgent it is.
    Priority,
    /// When it was put into its queue.
    Sent,
    /// How long it waited and ran.
    Time,
    /// How often it was tried again.
    Retries,
    /// The time of GPUs that it used.
    GpuTime,
    /// The most memory that it held.
    Memory,
    /// What it was called with.
    Arguments,
    /// What went wrong.
    Error,
}

use TaskColumn::{
    Arguments, Error, GpuTime, Heard, Memory, Priority, Queue, Retries, Sent, Status, Task, Time, Type, User, Worker,
};

/// All columns in their order: the word in an address, and the head.
pub const ALL: [(TaskColumn, &str, &str); 15] = [
    (Heard, "heard", "Heard"),
    (Task, "task", "Task"),
    (Status, "status", "Status"),
    (Queue, "queue", "Queue"),
    (Worker, "worker", "Worker"),
    (User, "user", "User"),
    (Type, "type", "Type"),
    (Priority, "priority", "Priority"),
    (Sent, "sent", "Sent"),
    (Time, "time", "Waited, ran"),
    (Retries, "retries", "Retries"),
    (GpuTime, "gpu", "GPU time"),
    (Memory, "memory", "Peak memory"),
    (Arguments, "arguments", "Arguments"),
    (Error, "error", "Error"),
];

/// What is shown where nobody chose.
pub const USUAL: &[TaskColumn] = &[Heard, Task, Status, Queue, Worker, Time, Retries, Error];
/// What is shown where all are of one worker, and there is less room.
pub const OF_ONE_WORKER: &[TaskColumn] = &[Heard, Task, Status, Queue, Time, Error];
/// What is shown of those behind an alert.
pub const BEHIND: &[TaskColumn] = &[Heard, Task, Status, Worker, Error];

/// The columns that an address names; the usual ones where it names none. The task itself always is one.
pub fn chosen(words: &[String]) -> Vec<TaskColumn> {
    let named =
        |(column, word, _): &(TaskColumn, &str, &str)| *column == Task || words.iter().any(|named| named == word);
    let columns: Vec<_> = ALL.iter().filter(|column| named(column)).map(|(column, ..)| *column).collect();
    if columns.len() > 1 { columns } else { USUAL.to_vec() }
}

impl TaskColumn {
    /// Its head and class.
    pub(super) fn head(self) -> (&'static str, &'static str) {
        let head = ALL.iter().find(|(column, ..)| *column == self).map_or("", |(_, _, head)| head);
        match self {
            Priority | Retries | GpuTime | Memory => (head, "num"),
            Error | Arguments => (head, "wide"),
            _ => (head, ""),
        }
    }

    /// What stands in it.
    pub(super) fn cell(
        self,
        task: Signal<TaskMetrics>,
        longest: Memo<f64>,
        stuck_from: Signal<Vec<(TaskId, Timestamp)>>,
    ) -> AnyView {
        let (head, _) = self.head();
        let read = move |what: Says| move || what(&task.read()).unwrap_or_else(|| format::UNKNOWN.to_owned());
        let plain = |what| view! { <td class="soft" data-l=head>{read(what)}</td> }.into_any();
        let number = |what| view! { <td class="num soft hide-s">{read(what)}</td> }.into_any();
        let text = |what: Says| {
            let text = move || what(&task.read()).unwrap_or_default();
            let class = move || if text().is_empty() { "clip soft hide-s" } else { "clip soft full" };
            view! { <td class=class title=text>{text}</td> }.into_any()
        };
        match self {
            Heard => {
                let at = Signal::derive(move || task.read().timestamp);
                view! { <td class="soft" data-l=head><Moment at style=Style::Seconds/></td> }.into_any()
            }
            Task => view! {
                <th scope="row" class="full first">
                    <a class="strong" href=move || format!("/tasks/{}", escape(&task.read().task_id)) title=move || task_name(&task.read())>{move || task_name(&task.read())}</a>
                    <span class="mono quiet beside">{move || short_id(&task.read().task_id)}</span>
                </th>
            }
            .into_any(),
            Status => view! { <td data-l=head><TaskStateMark task/>{stuck(task, stuck_from)}</td> }.into_any(),
            Queue => plain(|task| task.queue.clone()),
            Worker => {
                let id = Memo::new(move |_| task.read().worker_id.clone());
                let link = move || match id.get() {
                    Some(id) => {
                        let (name, title) = (id.to_string(), id.to_string());
                        view! { <a href=format!("/workers/{}", escape(&id)) title=title>{name}</a> }.into_any()
                    }
                    None => view! { <span class="quiet">{format::UNKNOWN}</span> }.into_any(),
                };
                view! { <td data-l=head>{link}</td> }.into_any()
            }
            User => plain(|task| task.user_id.clone()),
            Type => plain(|task| task.content_type.clone()),
            Priority => number(|task| task.priority.map(|priority| priority.to_string())),
            Sent => {
                let at = Memo::new(move |_| task.read().submitted_at);
                let moment = move || match at.get() {
                    Some(at) => view! { <Moment at style=Style::Seconds/> }.into_any(),
                    None => format::UNKNOWN.into_any(),
                };
                view! { <td class="soft" data-l=head>{moment}</td> }.into_any()
            }
            Time => view! { <td class="full" data-l=head><WaitedRan task longest/></td> }.into_any(),
            Retries => number(|task| Some(task.retry_count.to_string())),
            GpuTime => number(|task| task.gpu_time.map(format::duration)),
            Memory => number(|task| task.memory_peak.map(|bytes| format::bytes(bytes as f64))),
            Arguments => text(|task| {
                let given = [&task.args, &task.kwargs].map(|text| text.as_deref().unwrap_or_default());
                let given = given.into_iter().filter(|text| !matches!(*text, "" | "()" | "[]" | "{}"));
                Some(given.collect::<Vec<_>>().join(" "))
            }),
            Error => text(|task| task.error_message.clone()),
        }
    }
}

/// What a cell says of a task.
type Says = fn(&TaskMetrics) -> Option<String>;

/// The mark of one that runs far longer than is usual.
fn stuck(task: Signal<TaskMetrics>, stuck_from: Signal<Vec<(TaskId, Timestamp)>>) -> AnyView {
    let now = use_live().known_until();
    let is_stuck = Memo::new(move |_| {
        let (task, known) = (task.read(), stuck_from.read());
        let from = known.iter().find(|(id, _)| *id == task.task_id).map(|(_, from)| *from);
        task.status == TaskStatus::Processing && from.is_some_and(|from| from <= now.get())
    });
    view! { {move || is_stuck.get().then(|| view! { <span class="badge warning beside">"stuck"</span> })} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Vec<TaskColumn> {
        chosen(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn columns_stand_in_their_order_and_the_task_is_always_one() {
        assert_eq!(of(&["user", "heard"]), [Heard, Task, User]);
        assert_eq!(of(&["no-such-column"]), USUAL);
        assert_eq!(of(&[]), USUAL);
    }

    #[test]
    fn every_column_has_a_word_of_its_own_and_a_head() {
        for (column, word, _) in ALL {
            assert_eq!(ALL.iter().filter(|(_, other, _)| *other == word).count(), 1, "{word}");
            assert!(!column.head().0.is_empty(), "{word}");
        }
    }
}
