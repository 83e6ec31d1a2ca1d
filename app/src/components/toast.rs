//! Short messages at the corner: what was just done, with undo for ten seconds; what went wrong; a
//! new error or critical alert; what changed while the connection was cut. Screen readers hear them through one polite live region.

use super::each::each;
use super::icon::{Glyph, Icon};
use super::layout::FrameResource;
use super::once::once_on_server;
use crate::attention::{open_ids, tell_new_alerts};
use crate::backend::Snapshot;
use crate::handling::{Deed, Handling, shown_alerts};
use crate::live::meanwhile::Before;
use crate::live::{Connection, use_live};
use forewatch::{Alert, SystemMetrics, Timestamp};
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// How long a message stays.
const STAYS: Duration = Duration::from_secs(10);
/// Messages that are shown at once; older ones make room.
const AT_ONCE: usize = 4;
/// How long new alerts are gathered before they are told.
const TOGETHER: Duration = Duration::from_secs(1);
/// New alerts that are told one by one; more at once are told in one message.
const ONE_BY_ONE: usize = 3;

/// One message.
#[derive(Debug, Clone, PartialEq)]
struct Toast {
    id: u64,
    glyph: Glyph,
    class: &'static str,
    text: String,
    link: Option<String>,
    undo: Option<(Vec<Alert>, Deed)>,
}

/// The messages that are shown.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    /// How many there were so far: a timer of an older one must not close a newer one.
    count: StoredValue<u64>,
}

impl Toasts {
    /// Provides them to every page.
    pub fn provide() {
        provide_context(Self { shown: RwSignal::new(Vec::new()), count: StoredValue::new(0) });
    }

    /// This page's.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Says that something was done, and how to take it back.
    pub fn done(self, text: String, undo: Option<(Vec<Alert>, Deed)>) {
        self.push(Toast { id: 0, glyph: Glyph::Check, class: "c-ok", text, link: None, undo });
    }

    /// Says that something did not work.
    pub fn failed(self, text: String) {
        self.push(Toast { id: 0, glyph: Glyph::Error, class: "c-error", text, link: None, undo: None });
    }

    /// Says that the connection is back.
    fn back(self, text: String) {
        self.push(Toast { id: 0, glyph: Glyph::Sync, class: "c-info", text, link: None, undo: None });
    }

    /// Says that there is a new alert.
    fn raised(self, alert: &Alert) {
        let (glyph, class) = super::severity::mark(alert.severity);
        let text = format!("{}: {}", super::severity::word(alert.severity), alert.title);
        let link = Some(format!("/alerts/{}", alert.alert_id));
        self.push(Toast { id: 0, glyph, class, text, link, undo: None });
    }

    /// Says that there are new alerts: a few one by one, many in one message.
    fn all_raised(self, new: Vec<Alert>) {
        if new.len() <= ONE_BY_ONE {
            return new.iter().for_each(|alert| self.raised(alert));
        }
        let text = [&new.len().to_string(), " new alerts need someone"].concat();
        let link = Some("/alerts".to_owned());
        self.push(Toast { id: 0, glyph: Glyph::Bell, class: "c-error", text, link, undo: None });
    }

    fn push(self, mut toast: Toast) {
        self.count.update_value(|count| *count += 1);
        let id = self.count.get_value();
        toast.id = id;
        self.shown.update(|toasts| {
            toasts.push(toast);
            if toasts.len() > AT_ONCE {
                // What can be taken back stays its ten seconds.
                let oldest = toasts.iter().position(|t| t.undo.is_none()).unwrap_or(0);
                toasts.remove(oldest);
            }
        });
        set_timeout(move || self.close(id), STAYS);
    }

    fn close(self, id: u64) {
        // The page may be gone by the time a timer fires.
        let _ = self.shown.try_update(|toasts| toasts.retain(|t| t.id != id));
    }
}

/// Where messages appear.
#[component]
pub fn ToastArea() -> impl IntoView {
    let toasts = Toasts::expect();
    let frame = FrameResource::expect().0;
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {each(move || toasts.shown.get(), |t| t.id.to_string(), |toast| view! { <Message toast/> }.into_any())}
        </div>
        <Suspense fallback=|| ()>
            {once_on_server(move || Suspend::new(async move {
                frame.await.ok().map(|data| view! { <NewAlerts initial=data.alerts system=data.system/> })
            }))}
        </Suspense>
    }
    .into_any()
}

/// One message.
#[component]
fn Message(
    /// The message.
    toast: Toast,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let id = toast.id;
    let undo = toast.undo.map(|(alerts, deed)| {
        let handling = Handling::expect();
        let take_back = move |_| {
            toasts.close(id);
            handling.carry_out(alerts.clone(), deed, None, None);
        };
        view! { <button class="btn" type="button" on:click=take_back>"Undo"</button> }
    });
    let text = match toast.link {
        Some(address) => view! { <a class="link" href=address>{toast.text}</a> }.into_any(),
        None => view! { <span>{toast.text}</span> }.into_any(),
    };
    view! {
        <div class="toast">
            <Icon glyph=toast.glyph class=toast.class/>
            {text}
            {undo}
            <button class="btn bare icon" type="button" aria-label="Close" on:click=move |_| toasts.close(id)>
                <Icon glyph=Glyph::Close/>
            </button>
        </div>
    }
    .into_any()
}

/// Watches for new error and critical alerts. Those that were there when the page came are not new.
#[component]
fn NewAlerts(
    /// The alerts as the page has them.
    initial: Snapshot<Vec<Alert>>,
    /// The system as the page has it.
    system: Snapshot<SystemMetrics>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let live = use_live();
    tell_what_changed(live.alerts(initial.clone()), live.system(system));
    let known = open_ids(&initial.data);
    let waiting = StoredValue::new(Vec::new());
    let tell = move |new: Vec<Alert>| {
        if waiting.with_value(Vec::is_empty) {
            // Nobody is flooded, least of all who listens to a screen reader.
            set_timeout(
                move || toasts.all_raised(waiting.try_update_value(std::mem::take).unwrap_or_default()),
                TOGETHER,
            );
        }
        waiting.update_value(|waiting| waiting.extend(new));
    };
    tell_new_alerts(shown_alerts(initial), known, Box::new(tell));
}

/// Says once the connection is back what changed meanwhile.
fn tell_what_changed(alerts: Signal<Arc<Vec<Alert>>>, system: Signal<SystemMetrics>) {
    let connection = use_live().connection();
    let toasts = Toasts::expect();
    // What was known before the cut, and since when the connection is back: the alerts that come next are the first after it.
    // The system's numbers come before them.
    Effect::new(move |cut: Option<Option<(Before, Option<Timestamp>)>>| {
        let mut cut = cut.flatten();
        let alerts = alerts.read();
        match (connection.get(), &mut cut) {
            (Connection::Live { since }, Some((_, back @ None))) => *back = Some(since),
            (Connection::Live { .. }, Some((before, Some(back)))) => {
                if let Some(text) = before.told(&alerts, &system.read_untracked(), *back) {
                    toasts.back(text);
                }
                cut = None;
            }
            (Connection::Reconnecting { since, .. } | Connection::Stale { since, .. }, None) => {
                cut = Some((Before::of(&alerts, &system.read_untracked(), since), None));
            }
            (Connection::Reconnecting { .. } | Connection::Stale { .. }, Some((_, back))) => *back = None,
            (Connection::Live { .. } | Connection::Connecting, _) => {}
        }
        cut
    });
}

/// One of each kind, for the page of the components.
#[cfg(all(debug_assertions, feature = "ssr"))]
pub(crate) fn examples(alert: Alert) -> impl IntoView {
    let (glyph, class) = super::severity::mark(alert.severity);
    let text = |text: &str| text.to_owned();
    let toast = Toast { id: 0, glyph, class, text: alert.title.clone(), link: Some(text("/alerts")), undo: None };
    let done = Toast {
        glyph: Glyph::Check,
        class: "c-ok",
        text: text("Acknowledged"),
        link: None,
        undo: Some((vec![alert], Deed::Unacknowledge)),
        ..toast.clone()
    };
    let failed = Toast {
        glyph: Glyph::Error,
        class: "c-error",
        text: text("The server did not answer."),
        link: None,
        ..toast.clone()
    };
    [done, failed, toast].map(|toast| view! { <Message toast/> }).collect_view()
}
