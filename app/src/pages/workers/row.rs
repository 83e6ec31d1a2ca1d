//! The rows of the list: a group's head, a worker.

use super::loads::Loads;
use super::slot::InView;
use crate::charts::Sparkline;
use crate::components::icon::{Glyph, Icon};
use crate::components::later::later_row;
use crate::components::meter::Meter;
use crate::components::status::{HeardFrom, WorkerState};
use crate::escape::escape;
use crate::roster::{RosterAsk, RosterRow};
use forewatch::{Ratio, WorkerCapability, WorkerId, WorkerSummary, format};
use leptos::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Columns of the table.
pub(super) const COLUMNS: &str = "12";
/// Tags that a row shows at most; the others are on the worker's page.
const TAGS: usize = 2;

/// What a place in the page shows; the row follows its readings, and the place's next row, in place.
#[component]
pub(super) fn PlacedRow(
    place: usize,
    visible: Memo<InView>,
    height: Memo<f64>,
    listed: Memo<Vec<RosterRow>>,
    workers: Signal<Arc<Vec<WorkerSummary>>>,
    loads: Loads,
    asked: Memo<RosterAsk>,
) -> impl IntoView {
    let group = Memo::new(move |_| visible.read().group(place));
    // Where it is seen, from where it lies.
    let shift = Memo::new(move |_| match visible.read().shift(place) {
        0 => None,
        rows => Some(format!("translateY({}px)", rows as f64 * height.get())),
    });
    view! {
        {move || match group.get() {
            Some(name) => view! { <GroupRow place visible shift name listed asked/> }.into_any(),
            None => view! { <WorkerRow place visible shift workers loads/> }.into_any(),
        }}
    }
    .into_any()
}

/// The head of a group; pressing it closes or opens the group: the address says which are closed.
#[component]
fn GroupRow(
    place: usize,
    visible: Memo<InView>,
    shift: Memo<Option<String>>,
    name: String,
    listed: Memo<Vec<RosterRow>>,
    asked: Memo<RosterAsk>,
) -> impl IntoView {
    let (title, of_group) = (name.clone(), name.clone());
    let index = move || visible.read().row_index(place);
    let head = Memo::new(move |_| {
        let rows = listed.read();
        let own = rows.iter().find_map(|row| match row {
            RosterRow::Group(head) if head.name == of_group => Some(head.clone()),
            _ => None,
        });
        own.unwrap_or_default()
    });
    let is_closed = Memo::new(move |_| head.read().closed);
    let turned = move || asked.read().turned(&name).address();
    let counts = move || {
        let head = head.read();
        let workers = if head.total == 1 { "1 worker".to_owned() } else { format!("{} workers", head.total) };
        format!("{workers}, {} online", head.online)
    };
    view! {
        <tr class="grp" data-slot=place aria-rowindex=index style:transform=move || shift.get()>
            <th colspan=COLUMNS scope="rowgroup">
                <div class="grp-in">
                    <a class="grp-b" href=turned data-noscroll="" aria-expanded=move || (!is_closed.get()).to_string()>
                        {move || view! { <Icon glyph=if is_closed.get() { Glyph::Next } else { Glyph::Down }/> }.into_any()}
                        <b>{title}</b>
                    </a>
                    <span>{counts}</span>
                    {move || head.read().mean_gpu.map(|load| view! {
                        <span class="wide-only">"mean GPU "<b>{format::ratio(load)}</b></span>
                    }.into_any())}
                </div>
            </th>
        </tr>
    }
    .into_any()
}

/// The worker that a place in the page shows.
#[component]
fn WorkerRow(
    place: usize,
    visible: Memo<InView>,
    shift: Memo<Option<String>>,
    workers: Signal<Arc<Vec<WorkerSummary>>>,
    loads: Loads,
) -> impl IntoView {
    let id = Memo::new(move |_| visible.read().worker(place));
    let index = move || visible.read().row_index(place);
    let address = move || id.read().as_ref().map(|id| format!("/workers/{}", escape(id)));
    let past = loads.of_worker(id);
    let near = AtomicUsize::new(0);
    let worker = Memo::new(move |_| find(&workers.read(), id.read().as_ref()?, &near).cloned());
    // A worker that is gone leaves with its row; until then its cells are empty.
    let read = move |what: fn(&WorkerSummary) -> String| move || worker.read().as_ref().map(what);
    let share = move |what: fn(&WorkerSummary) -> Option<Ratio>| Signal::derive(move || what(worker.read().as_ref()?));
    let state = Memo::new(move |_| worker.read().as_ref().map(|w| (w.status, w.drained.is_some())));
    let online = Memo::new(move |_| worker.read().as_ref().is_some_and(|w| w.is_online));
    let last = Signal::derive(move || worker.read().as_ref().map(|w| w.last_heartbeat).unwrap_or_default());
    let limit = Signal::derive(move || worker.read().as_ref().map_or(60.0, |w| w.health_limit));
    let no_gpu = Signal::derive(move || match worker.read().as_ref() {
        Some(worker) if worker.gpu_count == 0 => "no GPU",
        _ => format::UNKNOWN,
    });
    let tags = Memo::new(move |_| worker.read().as_ref().map(|w| w.tags.clone()).unwrap_or_default());
    let cells = move || {
        view! {
            <th scope="row" class="full"><a class="strong" href=address title=read(|w| w.name.clone())>{read(|w| w.name.clone())}</a></th>
            <td data-l="Status">{move || state.get().map(|(status, drained)| view! { <WorkerState status drained/> })}</td>
            <td data-l="Heard"><HeardFrom last limit/></td>
            <td data-l="CPU"><Meter value=share(|w| w.cpu_usage)/></td>
            <td data-l="Memory"><Meter value=share(|w| w.memory_usage)/></td>
            <td data-l="GPU"><Meter value=share(|w| w.gpu_usage) warn=1.01 unknown=no_gpu/></td>
            <td data-l="VRAM"><Meter value=share(|w| w.gpu_memory_usage) warn=0.98 unknown=no_gpu/></td>
            <td class="full c-spark" data-l="15 min">
                <span class="k6 spark-box">{move || past.get().map(|points| view! { <Sparkline points/> })}</span>
            </td>
            <td class="num" data-l="Tasks">{read(tasks)}</td>
            <td class="soft hide-s c-capability">{read(capability)}</td>
            <td class="hide-s c-tags">{move || view! { <Tags tags=tags.get()/> }}</td>
            <td class="soft hide-s c-version" title=read(|w| w.version.clone().unwrap_or_default())>{read(version)}</td>
        }
        .into_any()
    };
    let class = move || if online.get() { "" } else { "gone" };
    let attributes =
        view! { <{..} data-slot=place class=class aria-rowindex=index style:transform=move || shift.get()/> };
    later_row(vec![attributes.into_any_attr()], cells)
}

/// The worker with an id; looked for first where it was found last.
fn find<'a>(workers: &'a [WorkerSummary], id: &WorkerId, near: &AtomicUsize) -> Option<&'a WorkerSummary> {
    let known = workers.get(near.load(Ordering::Relaxed)).filter(|worker| worker.worker_id == *id);
    known.or_else(|| {
        let at = workers.iter().position(|worker| worker.worker_id == *id)?;
        near.store(at, Ordering::Relaxed);
        workers.get(at)
    })
}

/// "7 / 8": running, and how many it runs at once.
fn tasks(worker: &WorkerSummary) -> String {
    match worker.max_concurrent_tasks {
        Some(most) => format!("{} / {most}", worker.active_tasks),
        None => worker.active_tasks.to_string(),
    }
}

fn version(worker: &WorkerSummary) -> String {
    worker.version.as_deref().map_or(format::UNKNOWN, short).to_owned()
}

fn capability(worker: &WorkerSummary) -> String {
    match worker.capability {
        WorkerCapability::Unknown => format::UNKNOWN.to_owned(),
        known => known.as_str().to_owned(),
    }
}

/// The version alone, where a name stands before it: "5.5.2" of "py-celery 5.5.2".
fn short(version: &str) -> &str {
    let last = version.split_whitespace().next_back().unwrap_or(version);
    if last.starts_with(|sign: char| sign.is_ascii_digit()) { last } else { version }
}

/// The first tags, and how many more there are: where there is room for one only, the style leaves the second out.
#[component]
fn Tags(tags: Vec<String>) -> impl IntoView {
    let (count, all) = (tags.len(), tags.join(", "));
    let shown = tags.into_iter().take(TAGS).map(|tag| view! { <span class="tag">{tag}</span> " " }).collect_view();
    let more = |class, shown: usize| {
        let more = count.saturating_sub(shown);
        (more > 0).then(|| view! { <span class=class title=all.clone()>"+"{more}</span> })
    };
    view! { {shown}{more("quiet more-than-one", 1)}{more("quiet more-than-two", TAGS)} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn of_a_version_with_a_name_the_number_is_shown() {
        assert_eq!(short("py-celery 5.5.2"), "5.5.2");
        assert_eq!(short("4.2.0"), "4.2.0");
        assert_eq!(short("release candidate"), "release candidate");
    }
}
