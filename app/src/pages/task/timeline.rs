//! The timeline of a task as a picture, an attempt a row on one axis, and in words below it.

use super::attempts::{Attempt, Doing, Span, attempts};
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use forewatch::task::{TaskEventKind, TaskMoment};
use forewatch::time::seconds_between;
use forewatch::{TaskMetrics, Timestamp, format};
use leptos::prelude::*;

/// The picture and the list.
#[component]
pub(super) fn Timeline(task: TaskMetrics, now: Timestamp) -> impl IntoView {
    let attempts = attempts(&task, now);
    let spans = || attempts.iter().flat_map(|a| &a.spans);
    let ends = spans().map(|s| s.from).min().zip(spans().map(|s| s.to).max());
    let has_back_off = spans().any(|s| s.doing == Doing::BackingOff);
    let has_failed = spans().any(|s| s.doing == Doing::Failing);
    let events = task.events;
    ends.map(|(from, to)| {
        let several = attempts.len() > 1;
        let rows = attempts
            .iter()
            .enumerate()
            .map(|(n, attempt)| view! { <AttemptRow attempt=attempt.clone() number=several.then_some(n + 1) from to/> })
            .collect_view();
        let events = events.into_iter().map(|moment| view! { <Event moment/> }).collect_view();
        view! {
            <section class="panel" aria-labelledby="task-timeline">
                <div class="panel-h">
                    <h2 id="task-timeline">"Timeline"</h2>
                    <span class="soft"><Moment at=from style=Style::Seconds/>" to "<Moment at=to style=Style::Seconds/></span>
                    <div class="right keys-row">
                        <Key class="wait" word="waiting"/>
                        <Key class="run" word="running"/>
                        {has_failed.then(|| view! { <Key class="bad" word="ran and failed"/> })}
                        {has_back_off.then(|| view! { <Key class="off" word="back-off before retry"/> })}
                    </div>
                </div>
                <div class="attempts">
                    {rows}
                    <div class="attempt axis-row">
                        <span></span>
                        <span class="ends"><Moment at=from style=Style::Seconds/><Moment at=to style=Style::Seconds/></span>
                    </div>
                </div>
                <div class="panel-b"><ol class="events">{events}</ol></div>
            </section>
        }
    })
}

/// One attempt as bars.
#[component]
fn AttemptRow(attempt: Attempt, number: Option<usize>, from: Timestamp, to: Timestamp) -> impl IntoView {
    let width = seconds_between(from, to).max(1e-6);
    let share = move |seconds: f64| seconds / width * 100.0;
    let words: Vec<String> = attempt.spans.iter().map(words).collect();
    let bars = attempt
        .spans
        .iter()
        .map(|span| {
            let (x, w) = (share(seconds_between(from, span.from)), share(seconds_between(span.from, span.to)).max(0.3));
            view! { <rect class=class_of(span.doing) x=format!("{x:.2}%") width=format!("{w:.2}%") y="0" height="20" rx="4"></rect> }
        })
        .collect_view();
    view! {
        <div class="attempt">
            <span class="attempt-cap">
                <b>{number.map_or_else(|| "Attempt".to_owned(), |n| format!("Attempt {n}"))}</b>
                <span class="cap">{attempt.worker.map(|w| w.to_string())}</span>
            </span>
            <span class="attempt-bars">
                <svg class="lanes" height="20" role="img" aria-label=words.join(", ")>{bars}</svg>
                <span class="cap">{words.join(", ")}</span>
            </span>
        </div>
    }
    .into_any()
}

fn class_of(doing: Doing) -> &'static str {
    match doing {
        Doing::Waiting => "lane wait",
        Doing::Running => "lane run",
        Doing::Failing => "lane bad",
        Doing::BackingOff => "lane off",
    }
}

fn words(span: &Span) -> String {
    let took = format::duration(seconds_between(span.from, span.to));
    match span.doing {
        Doing::Waiting => format!("waited {took}"),
        Doing::Running => format!("ran {took}"),
        Doing::Failing => format!("ran {took} and failed"),
        Doing::BackingOff => format!("backed off {took}"),
    }
}

/// One entry of the key.
#[component]
fn Key(class: &'static str, word: &'static str) -> impl IntoView {
    view! {
        <span class="key">
            <svg class="lanes" width="24" height="12" aria-hidden="true">
                <rect class=format!("lane {class}") width="24" height="12" rx="3"></rect>
            </svg>
            {word}
        </span>
    }
    .into_any()
}

/// One moment in words.
#[component]
fn Event(moment: TaskMoment) -> impl IntoView {
    let (glyph, class, word) = match moment.what {
        TaskEventKind::Submitted => (Glyph::Send, "", "Put into its queue"),
        TaskEventKind::Received => (Glyph::Workers, "", "Reserved by a worker"),
        TaskEventKind::Started => (Glyph::Busy, "c-info", "Started"),
        TaskEventKind::Progress => (Glyph::Busy, "c-info", "Told of its progress"),
        TaskEventKind::Custom => (Glyph::Note, "", "Told of a state of its own"),
        TaskEventKind::Retried => (Glyph::Retry, "c-warning", "Failed for now, to be tried again"),
        TaskEventKind::Completed => (Glyph::Ok, "c-ok", "Completed"),
        TaskEventKind::Failed => (Glyph::Error, "c-error", "Failed"),
        TaskEventKind::Revoked => (Glyph::Close, "", "Revoked"),
        TaskEventKind::Rejected => (Glyph::Close, "", "Rejected"),
        TaskEventKind::Cancelled => (Glyph::Close, "", "Cancelled"),
        TaskEventKind::Lost => (Glyph::Offline, "c-error", "Lost: its worker is gone"),
        TaskEventKind::Ended => (Glyph::Flat, "", "Ended; how is not known"),
    };
    let worker = moment.worker_id.map(|w| format!("on {w}"));
    view! {
        <li>
            <Moment at=moment.at style=Style::Seconds/>
            <Icon glyph class/>
            <div>
                <p>{word}" "<span class="soft">{worker}</span></p>
                {moment.detail.map(|text| view! { <p>{text}</p> })}
            </div>
        </li>
    }
    .into_any()
}
