//! The overview: how things are in one sentence, what needs someone, the numbers, the last hour, every
//! GPU, every queue.

mod headline;
mod numbers;
mod past;

use crate::attention::{is_in_hand, is_open};
use crate::charts::{ChartTime, HeatMap};
use crate::components::alert_card::AlertCards;
use crate::components::alert_lines::{HandledAlerts, MoreAlerts};
use crate::components::empty::Empty;
use crate::components::icon::{Glyph, Icon};
use crate::components::later::Later;
use crate::components::page_title::PageTitle;
use crate::components::queue_table::QueueTable;
use crate::handling::shown_alerts;
use crate::live::use_live;
use crate::server_fns::{OverviewData, Trend, load_overview};
use forewatch::series::Point;
use forewatch::time::unix_seconds;
use forewatch::{Alert, QueueStats};
pub(super) use headline::Headline;
use leptos::prelude::*;
pub(super) use numbers::Numbers;
pub(super) use past::Past;
use std::sync::Arc;

/// Alerts that are shown in full; the others have a line each.
const CARDS: usize = 3;

/// The overview.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_overview());
    view! {
        <PageTitle name="Overview"/>
        {super::loaded(data, "The overview did not load", |data| view! { <Overview data/> })}
    }
    .into_any()
}

#[component]
fn Overview(data: OverviewData) -> impl IntoView {
    let live = use_live();
    let system = live.system(data.system);
    let queues = live.queues(data.queues);
    let fleet = live.fleet(data.fleet);
    let alerts = shown_alerts(data.alerts);
    let nothing_yet = Memo::new(move |_| {
        let system = system.read();
        system.total_workers == 0 && system.total_tasks == 0 && queues.read().is_empty()
    });
    let depths = StoredValue::new(data.depths);
    let url = data.public_url;
    let first_steps = move || {
        nothing_yet.get().then(|| {
            let command = format!("forewatch-agent run --server {url}");
            view! {
                <section class="panel" aria-label="First steps">
                    <Empty
                        title="No workers yet"
                        text="Run this on a machine with work to do; it appears here within ten seconds. A Celery application is attached with --celery and the address of its Redis broker when Forewatch starts."
                        command
                    />
                </section>
            }
        })
    };
    let now = unix_seconds(data.now);
    ChartTime::of_page().suit(oldest(&data.trends).unwrap_or(now), now);
    view! {
        <Headline system queues alerts/>
        {first_steps}
        <Later><NeedsSomeone alerts/></Later>
        <Later><Numbers system trends=data.trends/></Later>
        <div inner_html=data.objectives></div>
        <Later><Past system alerts error_rate_limit=data.error_rate_limit/></Later>
        <Later><HeatMap fleet/></Later>
        <Later><Queues queues depths/></Later>
    }
    .into_any()
}

/// The ways on from the queues: plain text, which makes the browser's code smaller than elements would.
const QUEUE_LINKS: &str = concat!(
    r#"<a class="link" href="/queues">All queues</a>"#,
    r#"<a class="btn bare" href="/queues.csv" download rel="external" aria-label="Queues as CSV">CSV</a>"#,
);

/// Every queue, once there is one.
#[component]
fn Queues(queues: Signal<Arc<Vec<QueueStats>>>, depths: StoredValue<Vec<(String, Vec<Point>)>>) -> impl IntoView {
    view! {
        <Show when=move || !queues.read().is_empty()>
            <section class="panel" aria-labelledby="overview-queues">
                <div class="panel-h">
                    <h2 id="overview-queues">"Queues"</h2>
                    <span class="soft">{move || queues_sentence(&queues.read())}</span>
                    <div class="right" inner_html=QUEUE_LINKS></div>
                </div>
                <QueueTable queues depths=depths.get_value()/>
            </section>
        </Show>
    }
    .into_any()
}

/// The first reading of the trends, Unix seconds.
fn oldest(trends: &[Trend]) -> Option<f64> {
    let first = |trend: &Trend| trend.today.iter().find(|point| point.1.is_some()).map(|point| point.0);
    trends.iter().filter_map(first).reduce(f64::min)
}

/// "all draining", or how many grow.
fn queues_sentence(queues: &[QueueStats]) -> String {
    let growing = queues.iter().filter(|q| crate::components::queue_table::is_growing(q)).count();
    match growing {
        0 => "none growing".to_owned(),
        1 => "1 growing".to_owned(),
        many => format!("{many} growing"),
    }
}

/// What needs someone, in full; what is in hand, a line each.
#[component]
fn NeedsSomeone(alerts: Memo<Vec<Alert>>) -> impl IntoView {
    let open = Memo::new(move |_| {
        let mut open: Vec<Alert> = alerts.read().iter().filter(|a| is_open(a)).cloned().collect();
        open.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.timestamp.cmp(&b.timestamp)));
        open
    });
    let handled = Memo::new(move |_| {
        let alerts = alerts.read();
        alerts.iter().filter(|a| is_in_hand(a, &alerts)).cloned().collect::<Vec<_>>()
    });
    let quiet = move || {
        (open.read().is_empty() && handled.read().is_empty()).then(|| {
            view! {
                <section class="panel" aria-label="Alerts">
                    <ul class="quietly">
                        <li>
                            <Icon glyph=Glyph::Bell/>
                            <span>"No active alerts."</span>
                            <a class="link" href="/alerts?state=resolved">"Alert history"</a>
                        </li>
                    </ul>
                </section>
            }
        })
    };
    let cards = Signal::derive(move || open.read().iter().take(CARDS).cloned().collect::<Vec<_>>());
    let more = Signal::derive(move || open.read().iter().skip(CARDS).cloned().collect::<Vec<_>>());
    view! {
        <AlertCards alerts=cards among=alerts/>
        <MoreAlerts alerts=more/>
        <HandledAlerts alerts=handled/>
        {quiet}
    }
    .into_any()
}
