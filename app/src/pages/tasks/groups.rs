//! Tasks that ended, by what they have in common: how many, how well, how fast.

use crate::components::icon::{Glyph, Icon};
use crate::components::later::later_row;
use crate::components::meter::Bar;
use crate::components::moment::Moment;
use crate::escape::escape;
use crate::server_fns::{GroupsData, load_groups};
use crate::task_groups::{BY, GroupsAsk, SINCE};
use forewatch::group::Percentiles;
use forewatch::{TaskGroup, Timestamp, format};
use leptos::prelude::*;

/// The groups that the address asks for.
#[component]
pub(super) fn Groups(ask: Memo<Option<GroupsAsk>>) -> impl IntoView {
    let data = Resource::new(
        move || ask.get(),
        |ask| async move {
            match ask {
                Some(ask) => load_groups(ask.clone()).await.map(|data| Some((ask, data))),
                None => Ok(None),
            }
        },
    );
    crate::pages::loaded(data, "The groups did not load", |found| found.map(|(ask, data)| view! { <Table ask data/> }))
}

/// List or groups, and by what.
#[component]
pub(super) fn Ways(ask: Memo<Option<GroupsAsk>>, search: Memo<String>) -> impl IntoView {
    let list = move || "/tasks?q=".to_owned() + &escape(&search.read());
    let current = move |by: Option<&str>| (ask.read().as_ref().map(|ask| ask.by.as_str()) == by).then_some("page");
    let ways = BY.map(|(by, head)| {
        let address = move || {
            let since = ask.read().as_ref().map_or_else(|| "24h".to_owned(), |ask| ask.since.clone());
            GroupsAsk { by: by.to_owned(), since: since.clone(), q: search.get() }.address(by, &since)
        };
        view! { <a href=address aria-current=move || current(Some(by))>"By "{head.to_lowercase()}</a> }
    });
    view! {
        <nav class="seg tabs" aria-label="List or groups">
            <a href=list aria-current=move || current(None)>"List"</a>
            {ways.collect_view()}
        </nav>
    }
    .into_any()
}

#[component]
fn Table(ask: GroupsAsk, data: GroupsData) -> impl IntoView {
    let head = BY.iter().find(|(by, _)| *by == ask.by).map_or("", |(_, head)| *head);
    let remarks = data.remarks.into_iter().map(|text| {
        view! { <p class="note"><Icon glyph=Glyph::Warning class="c-warning"/><span>{text}</span></p> }
    });
    let since = SINCE.map(|(since, _, words)| {
        let current = (ask.since == since).then_some("true");
        view! { <a href=ask.address(&ask.by, since) aria-current=current>{words}</a> }
    });
    let count = match data.count {
        1 => "1 group".to_owned(),
        count if count > data.groups.len() => {
            format!("the largest {} of {} groups", data.groups.len(), format::count(count as u64))
        }
        count => format!("{} groups", format::count(count as u64)),
    };
    let file = ask.address(&ask.by, &ask.since).replacen("/tasks", "/task-groups.csv", 1);
    // What failed has no run time of completed tasks, and its rate says nothing: instead, when its kind was seen.
    let of_errors = ask.by == "error";
    let table = if data.groups.is_empty() {
        view! { <p class="panel-b soft">"Nothing that matches ended in this time."</p> }.into_any()
    } else {
        let rows = data.groups.into_iter().map(|group| view! { <Row group ask=ask.clone()/> }).collect_view();
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label="Groups of tasks">
                <table class="tbl cards">
                    <thead>
                        <tr>
                            <th scope="col">{head}</th>
                            <th scope="col" class="num">"Ended"</th>
                            <th scope="col" class="num">"Failed"</th>
                            {if of_errors {
                                view! { <th scope="col">"First seen"</th><th scope="col">"Last seen"</th> }.into_any()
                            } else {
                                view! { <th scope="col">"Failure rate"</th> }.into_any()
                            }}
                            <th scope="col" class="num">"Retries"</th>
                            <th scope="col" class="num">"Wait p50, p95"</th>
                            {(!of_errors).then(|| view! { <th scope="col" class="num">"Run p50, p95"</th> })}
                            <th scope="col" class="num">"GPU time"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let foot = if of_errors {
        "New: first seen within the last 24 h, or since the last annotation that is tagged \"deploy\". Percentiles are within 1 %."
    } else {
        "Percentiles are within 1 %. Run: the last attempt of completed tasks."
    };
    view! {
        {remarks.collect_view()}
        <section class="panel" aria-labelledby="task-groups">
            <div class="panel-h">
                <h2 id="task-groups">"What ended"</h2>
                <span class="soft">{count}</span>
                <div class="right"><nav class="seg tabs" aria-label="Since">{since.collect_view()}</nav></div>
            </div>
            {table}
            <div class="panel-h foot-row">
                <span class="cap">{foot}</span>
                <div class="right"><a class="btn bare" href=file download="" rel="external">"CSV"</a></div>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Row(group: TaskGroup, ask: GroupsAsk) -> impl IntoView {
    let name = match (&group.key, group.is_other) {
        (_, true) => view! { <span class="soft">"all others"</span> }.into_any(),
        (None, false) => view! { <span class="soft">"not known"</span> }.into_any(),
        (Some(key), false) => match ask.tasks_of(key) {
            Some(search) => {
                let address = "/tasks?q=".to_owned() + &escape(&search);
                view! { <a class="link strong" href=address>{key.clone()}</a> }.into_any()
            }
            None => view! { <span class="strong">{key.clone()}</span> }.into_any(),
        },
    };
    let span = |of: Option<Percentiles>| match of {
        Some(of) => format!("{}, {}", format::duration(of.p50), format::duration(of.p95)),
        None => format::UNKNOWN.to_owned(),
    };
    let of_errors = ask.by == "error";
    let rate = group.error_rate.map(|rate| {
        let class = if rate.get() > 0.1 { "m warn" } else { "m" };
        view! { <span class=class><Bar value=rate/><span class="v">{format::ratio(rate.get())}</span></span> }
    });
    let seen = |at: Option<Timestamp>| at.map(|at| view! { <Moment at/> });
    let course = if of_errors {
        view! {
            <td class="soft" data-l="First seen">{seen(group.first_seen)}</td>
            <td class="soft" data-l="Last seen">{seen(group.last_seen)}</td>
        }
        .into_any()
    } else {
        view! { <td data-l="Rate">{rate}</td> }.into_any()
    };
    let new = (group.is_new == Some(true)).then(|| view! { <span class="badge info beside">"new"</span> });
    let mean = group.average_queue_wait_time.map(|mean| "Mean ".to_owned() + &format::duration(mean));
    let failed = if group.failed > 0 { "num strong c-error" } else { "num" };
    let cells = move || {
        view! {
            <th scope="row" class="full words">{name}{new}</th>
            <td class="num" data-l="Ended">{format::count(group.total)}</td>
            <td class=failed data-l="Failed">{format::count(group.failed)}</td>
            {course}
            <td class="num" data-l="Retries">{format::count(group.retries)}</td>
            <td class="num full" data-l="Wait p50, p95" title=mean>{span(group.queue_wait_time)}</td>
            {(!of_errors).then(|| view! { <td class="num full" data-l="Run p50, p95">{span(group.processing_time)}</td> })}
            <td class="num" data-l="GPU time">{group.gpu_time.map_or_else(|| format::UNKNOWN.to_owned(), format::duration)}</td>
        }
        .into_any()
    };
    later_row(Vec::new(), cells)
}
