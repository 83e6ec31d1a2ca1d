//! The timeline of a task as a picture, an attempt a row on one axis, and in words below it.

use crate::components::each::each;
use crate::components::icon::{Glyph, Icon};
use crate::components::moment::{Moment, Style};
use crate::live::use_live;
use forewatch::attempts::{Attempt, Doing, Span, attempts};
use forewatch::control::came_too_late;
use forewatch::spent::Spent;
use forewatch::task::{TaskEventKind, TaskMoment};
use forewatch::time::seconds_between;
use forewatch::{TaskMetrics, Timestamp, format};
use leptos::prelude::*;

/// The picture and the list. Both grow with what happens; with the seconds, only places and texts move.
#[component]
pub(super) fn Timeline(task: Signal<TaskMetrics>) -> impl IntoView {
    let now = use_live().known_until();
    let attempts = Memo::new(move |_| attempts(&task.read(), now.get()));
    let spans = move |fits: fn(&Span) -> bool| attempts.read().iter().flat_map(|a| &a.spans).any(fits);
    let from = Memo::new(move |_| attempts.read().iter().flat_map(|a| &a.spans).map(|s| s.from).min());
    let ended = Memo::new(move |_| {
        let attempts = attempts.read();
        let mut ends = attempts.iter().flat_map(|a| &a.spans).map(|s| s.to);
        ends.try_fold(None, |last, end| end.map(|end| last.max(Some(end)))).flatten()
    });
    let from = Signal::derive(move || from.get().unwrap_or_else(|| now.get()));
    let to = Signal::derive(move || ended.get().unwrap_or_else(|| now.get()).max(from.get()));
    let is_any = Memo::new(move |_| spans(|_| true));
    let has_reserved = Memo::new(move |_| spans(|s| s.doing == Doing::Reserved));
    let has_delayed = Memo::new(move |_| spans(|s| s.doing == Doing::Delayed));
    let has_failed = Memo::new(move |_| spans(|s| s.doing == Doing::Failing));
    let has_back_off = Memo::new(move |_| spans(|s| s.doing == Doing::BackingOff));
    let is_several = Memo::new(move |_| attempts.read().len() > 1);
    let rows = move || {
        let attempts = attempts.read();
        let number = |n: usize| (attempts.len() > 1).then_some(n + 1);
        attempts.iter().enumerate().map(|(n, attempt)| (number(n), attempt.clone())).collect()
    };
    let events = move || {
        let task = task.read();
        let told = task.events.iter().map(|moment| (moment.clone(), came_too_late(moment, &task.events)));
        told.enumerate().map(|(n, (moment, is_late))| (n, moment, is_late)).collect()
    };
    let show = move || {
        view! {
            <section class="panel" aria-labelledby="task-timeline">
                <div class="panel-h">
                    <h2 id="task-timeline">"Timeline"</h2>
                    <span class="soft"><Moment at=from style=Style::Seconds/>" to "<Moment at=to style=Style::Seconds/></span>
                    <div class="right keys-row">
                        <Key class="wait" word="waiting"/>
                        {move || has_delayed.get().then(|| view! { <Key class="delay" word="waiting for its time"/> })}
                        {move || has_reserved.get().then(|| view! { <Key class="hold" word="reserved by a worker"/> })}
                        <Key class="run" word="running"/>
                        {move || has_failed.get().then(|| view! { <Key class="bad" word="ran and failed"/> })}
                        {move || has_back_off.get().then(|| view! { <Key class="off" word="back-off before retry"/> })}
                    </div>
                </div>
                <div class="attempts">
                    {move || is_several.get().then(|| view! { <Whole task now/> })}
                    {each(rows, attempt_key, move |(number, attempt)| view! { <AttemptRow attempt number from to/> }.into_any())}
                    <div class="attempt axis-row">
                        <span></span>
                        <span class="ends"><Moment at=from style=Style::Seconds/><Moment at=to style=Style::Seconds/></span>
                    </div>
                </div>
                <div class="panel-b">
                    <ol class="events">{each(events, event_key, |(_, moment, is_late)| view! { <Event moment is_late/> }.into_any())}</ol>
                </div>
            </section>
        }
    };
    move || is_any.get().then(show)
}

/// What tells one state of an attempt from another: its row is made anew when it changes.
fn attempt_key((number, attempt): &(Option<usize>, Attempt)) -> String {
    let mut key = format!("{} {}", number.unwrap_or(0), attempt.worker.as_deref().unwrap_or(""));
    for span in &attempt.spans {
        let end = span.to.map_or(0, |to| to.timestamp_micros());
        key += &format!(" {} {} {end}", class_of(span.doing), span.from.timestamp_micros());
    }
    key
}

fn event_key((n, moment, is_late): &(usize, TaskMoment, bool)) -> String {
    format!("{n} {} {} {is_late}", moment.at.timestamp_micros(), moment.what)
}

/// One attempt as bars.
#[component]
fn AttemptRow(
    attempt: Attempt,
    number: Option<usize>,
    from: Signal<Timestamp>,
    to: Signal<Timestamp>,
) -> impl IntoView {
    let share = move |seconds: f64| seconds / seconds_between(from.get(), to.get()).max(1e-6) * 100.0;
    let length = move |span: &Span| seconds_between(span.from, span.to.unwrap_or_else(|| to.get()));
    let bars = attempt.spans.iter().cloned().map(|span| {
        let (class, began) = (class_of(span.doing), span.from);
        let x = move || format!("{:.2}%", share(seconds_between(from.get(), began)));
        let width = move || format!("{:.2}%", share(length(&span)).max(0.3));
        view! { <rect class=class x=x width=width y="0" height="20" rx="4"></rect> }
    });
    let bars = bars.collect_view();
    let spans = attempt.spans;
    let words = Memo::new(move |_| {
        spans.iter().map(|span| words(span.doing, &format::duration(length(span)))).collect::<Vec<_>>().join(", ")
    });
    let of = view! {
        <b>{number.map_or_else(|| "Attempt".to_owned(), |n| format!("Attempt {n}"))}</b>
        <span class="cap">{attempt.worker.map(|w| w.to_string())}</span>
    };
    row(of.into_any(), bars.into_any(), words)
}

/// All attempts in one bar: what its time went into, each part put together.
#[component]
fn Whole(task: Signal<TaskMetrics>, now: Signal<Timestamp>) -> impl IntoView {
    let spent = Memo::new(move |_| Spent::of(&task.read(), now.get()));
    let all = move || spent.read().parts().iter().filter_map(|(_, part)| *part).sum::<f64>().max(1e-6);
    let bars = Spent::default().parts().map(|(doing, _)| doing).into_iter().enumerate().map(|(place, doing)| {
        let seconds = move |to: usize| spent.read().parts()[..to].iter().filter_map(|(_, part)| *part).sum::<f64>();
        let share = move |seconds: f64| format!("{:.2}%", seconds / all() * 100.0);
        let x = move || share(seconds(place));
        let width = move || share(spent.read().parts()[place].1.unwrap_or(0.0));
        let is_there = move || spent.read().parts()[place].1.is_some();
        let show = move || view! { <rect class=class_of(doing) x=x width=width y="0" height="20" rx="4"></rect> };
        let is_there = Memo::new(move |_| is_there());
        move || is_there.get().then(show)
    });
    let bars = bars.collect_view();
    let words = Memo::new(move |_| {
        let spent = spent.read();
        let parts = spent.parts().into_iter().filter_map(|(doing, part)| Some(words(doing, &format::duration(part?))));
        let text = parts.collect::<Vec<_>>().join(", ");
        if spent.is_whole { text } else { text + "; not every attempt is in its timeline" }
    });
    row(view! { <b>"In all"</b> }.into_any(), bars.into_any(), words)
}

/// A row: what it is of, its bars, and the same in words.
fn row(of: AnyView, bars: AnyView, words: Memo<String>) -> AnyView {
    view! {
        <div class="attempt">
            <span class="attempt-cap">{of}</span>
            <span class="attempt-bars">
                <svg class="lanes" height="20" role="img" aria-label=words>{bars}</svg>
                <span class="cap">{words}</span>
            </span>
        </div>
    }
    .into_any()
}

fn class_of(doing: Doing) -> &'static str {
    match doing {
        Doing::Waiting => "lane wait",
        Doing::Delayed => "lane delay",
        Doing::Reserved => "lane hold",
        Doing::Running => "lane run",
        Doing::Failing => "lane bad",
        Doing::BackingOff => "lane off",
    }
}

fn words(doing: Doing, took: &str) -> String {
    match doing {
        Doing::Waiting => format!("waited {took}"),
        Doing::Delayed => format!("waited {took} for its time"),
        Doing::Reserved => format!("reserved for {took}"),
        Doing::Running => format!("ran {took}"),
        Doing::Failing => format!("ran {took} and failed"),
        Doing::BackingOff => format!("backed off for {took}"),
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

/// What is said of a task that was called off and ran to its end.
const TOO_LATE: &str = "It came too late: the worker had begun the task already, and it ran to its end.";

/// One moment in words.
#[component]
fn Event(moment: TaskMoment, is_late: bool) -> impl IntoView {
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
        TaskEventKind::Commanded => (Glyph::Note, "", "A person acted"),
    };
    let worker = moment.worker_id.map(|w| format!("on {w}"));
    view! {
        <li>
            <Moment at=moment.at style=Style::Seconds/>
            <Icon glyph class/>
            <div>
                <p>{word}" "<span class="soft">{worker}</span></p>
                {moment.detail.map(|text| view! { <p>{text}</p> })}
                {is_late.then(|| view! { <p class="soft">{TOO_LATE}</p> })}
            </div>
        </li>
    }
    .into_any()
}
