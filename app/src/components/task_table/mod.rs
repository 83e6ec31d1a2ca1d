//! Tasks, a row each.

pub mod columns;
mod names;
mod older;
mod slots;
mod spent;

pub use names::{short_id, task_name};

use super::each::each;
use super::icon::{Glyph, Icon};
use super::later::later_row;
use columns::TaskColumn;
use forewatch::list::Page;
use forewatch::{TaskId, TaskMetrics, Timestamp};
use leptos::prelude::*;
use older::older_page;
use slots::Slots;
use std::sync::Arc;

/// The table.
#[component]
pub fn TaskTable(
    /// The tasks, in their order.
    #[prop(into)]
    tasks: Signal<Vec<TaskMetrics>>,
    /// Older ones, page by page: pages come at the end, do not change, and go together.
    #[prop(optional)]
    older: Signal<Vec<Arc<Page<TaskMetrics>>>>,
    /// Its columns.
    #[prop(into)]
    columns: Signal<Vec<TaskColumn>>,
    /// From when on each that runs is stuck, where that can be told.
    #[prop(into)]
    stuck_from: Signal<Vec<(TaskId, Timestamp)>>,
) -> impl IntoView {
    let longest = Memo::new(move |_| {
        let (tasks, older) = (tasks.read(), older.read());
        let all = tasks.iter().chain(older.iter().flat_map(|page| &page.items));
        all.map(|t| t.queue_wait_time.unwrap_or(0.0) + t.processing_time.unwrap_or(0.0)).fold(1.0, f64::max)
    });
    let heads = move || {
        let head = |column: TaskColumn| {
            let (head, class) = column.head();
            view! { <th scope="col" class=class>{head}</th> }
        };
        columns.get().into_iter().map(head).collect_view()
    };
    let slots = StoredValue::new(Slots::default());
    let rows = move || {
        let tasks = tasks.get();
        slots.try_update_value(|slots| slots.place(tasks)).unwrap_or_default()
    };
    // Cells stay: what they say follows their row's task.
    let row = move |task: ArcRwSignal<TaskMetrics>| {
        let cells = move || {
            let task = Signal::from(task.clone());
            columns.get().into_iter().map(|column| column.cell(task, longest, stuck_from)).collect::<Vec<_>>()
        };
        later_row(Vec::new(), || cells.into_any())
    };
    let pages = move || older.get().into_iter().enumerate().collect();
    let page = move |(_, page): (usize, Arc<Page<TaskMetrics>>)| {
        older_page(move || page.items.iter().map(|task| row(ArcRwSignal::new(task.clone()))).collect())
    };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Task table">
            <table class="tbl cards tasks">
                <thead><tr>{heads}</tr></thead>
                <tbody>{each(rows, |slot| slot.number.to_string(), move |slot| row(slot.task))}</tbody>
                {each(pages, |(number, _)| number.to_string(), page)}
            </table>
        </div>
    }
    .into_any()
}

/// What stands where no task is listed.
#[component]
pub fn NoTasks(
    /// Whether any task is known at all.
    any: bool,
) -> impl IntoView {
    if any {
        view! {
            <div class="empty">
                <p class="st strong"><Icon glyph=Glyph::Search/>"No task matches"</p>
                <p class="soft">"Take a filter away, or widen it: queue:gpu_* stands for every queue that begins so."</p>
                <a class="btn" href="/tasks">"Show all tasks"</a>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="empty">
                <p class="strong">"No tasks yet"</p>
                <p class="soft">
                    "Tasks appear when a Celery broker is attached (forewatch serve --celery redis://…) or when a worker reports them over HTTP."
                </p>
            </div>
        }
        .into_any()
    }
}
