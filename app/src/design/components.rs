//! The real components, each in its states.

use super::states::{alert, family, fleet, handled, heard, now, queues, tasks};
use crate::backend::BackendError;
use crate::backend::Snapshot;
use crate::charts::{HeatMap, Sparkline};
use crate::components::alert_card::AlertCards;
use crate::components::alert_lines::{HandledAlerts, MoreAlerts};
use crate::components::connection::ConnectionMark;
use crate::components::copy::Copy;
use crate::components::empty::{Empty, Failure, Loading};
use crate::components::family_tree::FamilyTree;
use crate::components::icon::{Glyph, Icon};
use crate::components::meter::Meter;
use crate::components::moment::{Moment, Style};
use crate::components::queue_table::QueueTable;
use crate::components::severity::{SeverityBadge, SeverityMark};
use crate::components::status::{HeardFrom, TaskStateMark, WorkerState};
use crate::components::task_table::columns::USUAL;
use crate::components::task_table::{NoTasks, TaskTable};
use crate::components::tiles::{Change, Figure, Tile};
use crate::components::toast::examples;
use crate::live::{Connection, Live, use_live};
use crate::server_fns::Trend;
use crate::views::Views;
use forewatch::time::{TimeDelta, unix_seconds};
use forewatch::{Alert, AlertSeverity, Ratio, WorkerStatus};
use leptos::context::Provider;
use leptos::prelude::*;
use std::sync::Arc;

/// A component by its name, in its states.
#[component]
fn Shown(name: &'static str, children: Children) -> impl IntoView {
    view! { <div class="shown"><h3>{name}</h3><div class="shown-in">{children()}</div></div> }.into_any()
}

/// Buttons, choices, fields.
#[component]
pub(super) fn Controls() -> impl IntoView {
    view! {
        <Shown name="Buttons">
            <button class="btn pri" type="button"><Icon glyph=Glyph::Check/>"Primary"</button>
            <button class="btn" type="button">"Plain"</button>
            <button class="btn bare" type="button">"Bare"</button>
            <button class="btn icon" type="button" aria-label="Icon"><Icon glyph=Glyph::Search/></button>
            <Copy text="text" what="text"/>
        </Shown>
        <Shown name="Choices">
            <div class="seg"><a href="#" aria-current="page">"Chosen"</a><a href="#">"Other"<span class="count">"4"</span></a></div>
            <span class="pill"><span>"status:"</span>"failed"<a href="#" aria-label="Remove"><Icon glyph=Glyph::Close/></a></span>
            <a class="hint" href="#">"took:>5m"</a>
            <span class="tag">"site:fra"</span>
            <kbd>"Ctrl"</kbd>
        </Shown>
        <Shown name="Fields">
            <input class="input" type="text" aria-label="Field" placeholder="Placeholder"/>
            <input class="input" type="text" aria-label="Filled field" value="Filled"/>
            <select class="select" aria-label="Select"><option>"Any severity"</option></select>
            <Views/>
        </Shown>
    }
    .into_any()
}

/// Severities, states, meters, moments, the connection.
#[component]
pub(super) fn Marks() -> impl IntoView {
    let severities = AlertSeverity::ALL.iter().map(|severity| {
        view! { <SeverityBadge severity=*severity/><SeverityMark severity=*severity/> }
    });
    let workers = [
        WorkerStatus::Online,
        WorkerStatus::Busy,
        WorkerStatus::Error,
        WorkerStatus::Maintenance,
        WorkerStatus::Offline,
    ];
    let workers = workers.map(|status| view! { <WorkerState status/> });
    let heard = heard().into_iter().map(|last| view! { <HeardFrom last limit=30.0/> });
    let tasks = tasks().into_iter().map(|task| view! { <TaskStateMark task/> });
    let meters = [None, Some(0.0), Some(0.42), Some(0.95)].map(|share| {
        let value = Signal::stored(share.and_then(|share| Ratio::new(share).ok()));
        view! { <Meter value/> }
    });
    let moments =
        [Style::Clock, Style::Seconds, Style::Ago, Style::Age].map(|style| view! { <Moment at=now() style/> });
    let at = now();
    let connections = [
        Connection::Connecting,
        Connection::Live { since: at },
        Connection::Reconnecting { since: at, next_try: at + TimeDelta::seconds(4) },
        Connection::Stale { since: at, next_try: at + TimeDelta::seconds(30) },
    ];
    let connections = connections.map(|connection| {
        view! { <Provider value=Live::shown_as(connection, at)><ConnectionMark/></Provider> }
    });
    view! {
        <Provider value=Live::shown_as(Connection::Live { since: at }, at)>
            <Shown name="Severity">{severities.collect_view()}</Shown>
            <Shown name="Worker">{workers.collect_view()}</Shown>
            <Shown name="Heard from">{heard.collect_view()}</Shown>
            <Shown name="Task">{tasks.collect_view()}</Shown>
            <Shown name="Meter">{meters.collect_view()}</Shown>
            <Shown name="Moment">{moments.collect_view()}</Shown>
        </Provider>
        <Shown name="Connection">{connections.collect_view()}</Shown>
    }
    .into_any()
}

/// Alerts in place, in hand, and messages.
#[component]
pub(super) fn Alerts() -> impl IntoView {
    let titled = |part: &str| {
        let of = |severity: &AlertSeverity| {
            let alert = alert(*severity);
            Alert { title: [&alert.title, ", ", severity.as_str(), part].concat(), ..alert }
        };
        Signal::stored(AlertSeverity::ALL.iter().rev().map(of).collect::<Vec<_>>())
    };
    view! {
        <Shown name="Alerts">
            <div class="stack">
                <AlertCards alerts=titled("")/>
                <MoreAlerts alerts=titled(", in a line")/>
                <HandledAlerts alerts=Signal::stored(handled())/>
            </div>
        </Shown>
        <Shown name="Messages">{examples(alert(AlertSeverity::Critical))}</Shown>
    }
    .into_any()
}

/// Numbers, tables, the heat map.
#[component]
pub(super) fn Lists() -> impl IntoView {
    let end = unix_seconds(now());
    let points = move |share: f64| {
        (0..60).map(|n| (end - 3_600.0 + f64::from(n) * 60.0, Some(share * f64::from(n % 13)))).collect::<Vec<_>>()
    };
    let trend = move || Trend { today: points(1.0), yesterday: points(0.7) };
    let figure = |value: &str, unit: &str| Signal::stored(Figure { value: value.to_owned(), unit: unit.to_owned() });
    let fleet = use_live().fleet(Snapshot { epoch: String::new(), seq: 0, at: now(), data: fleet() });
    let spark = points(2.0);
    view! {
        <Shown name="Tiles">
            <div class="panel"><dl class="tiles">
                <Tile name="Better" figure=figure("48", "of 52") value=Signal::stored(Some(48.0)) trend=trend() change=|_, _| Change { glyph: Glyph::Rise, text: "+4".to_owned(), is_worse: false }/>
                <Tile name="Worse" figure=figure("430", "") value=Signal::stored(Some(430.0)) trend=trend() change=|_, _| Change { glyph: Glyph::Rise, text: "+163".to_owned(), is_worse: true }/>
                <Tile name="Unknown" figure=figure("–", "") value=Signal::stored(None) trend=Trend::default() change=|_, _| Change { glyph: Glyph::Flat, text: String::new(), is_worse: false }/>
                <Tile name="With a remark" figure=figure("50", "of 52") value=Signal::stored(Some(50.0)) trend=trend() change=|_, _| Change { glyph: Glyph::Flat, text: String::new(), is_worse: false } remark=Signal::stored(Some("2 offline".to_owned()))/>
            </dl></div>
        </Shown>
        <Shown name="Sparkline"><span class="k6"><Sparkline points=spark.clone()/></span><span class="k-warning"><Sparkline points=spark/></span></Shown>
        <Shown name="Queues"><div class="panel"><QueueTable queues=Signal::stored(Arc::new(queues())) depths=Vec::new()/></div></Shown>
        <Shown name="Tasks"><div class="panel"><TaskTable tasks=Signal::stored(tasks()) columns=Signal::stored(USUAL.to_vec()) stuck_from=Signal::stored(Vec::new())/></div></Shown>
        <Shown name="Tree"><div class="panel"><div class="panel-b"><FamilyTree family=Signal::stored(family())/></div></div></Shown>
        <Shown name="Heat map"><HeatMap fleet/></Shown>
    }
    .into_any()
}

/// What stands where nothing is, where something failed, where something is still awaited.
#[component]
pub(super) fn Places() -> impl IntoView {
    let failures = [
        BackendError::NotFound("No worker has the id gpu-99.".to_owned()),
        BackendError::SignedOut,
        BackendError::Unavailable("The store does not answer.".to_owned()),
    ];
    let failures = failures.map(|error| view! { <Failure title="The list of workers did not load" error/> });
    view! {
        <Shown name="Empty">
            <div class="panel"><Empty title="No workers yet" text="Run this on a machine with work to do." command="forewatch-agent run"/></div>
            <div class="panel"><NoTasks any=true/></div>
            <div class="panel"><NoTasks any=false/></div>
        </Shown>
        <Shown name="Loading"><Loading/></Shown>
        <Shown name="Failed">{failures.collect_view()}</Shown>
    }
    .into_any()
}
