//! What a person does with alerts, shown at once: the page changes before the server has answered,
//! and goes back with an explanation when the server says no.
//!
//! Owns what is not yet confirmed. The truth stays the live topic: as soon as it says something newer
//! about an alert, that is what is shown.

mod deed;
#[cfg(feature = "hydrate")]
mod focus;

pub use deed::Deed;

use crate::attention::is_open;
use crate::backend::Snapshot;
use crate::components::toast::Toasts;
use crate::live::use_live;
use crate::palette::{Overlay, Overlays};
use crate::server_fns::act_on_alert;
use crate::sign_in::lead_when_signed_out;
use forewatch::{Alert, AlertId, Timestamp};
use leptos::prelude::*;
use std::sync::Arc;

/// An alert as this browser believes it to be, as long as the live topic knows nothing newer than `base`.
#[derive(Debug, Clone, PartialEq)]
struct Belief {
    alert: Alert,
    base: Timestamp,
}

/// What is not yet confirmed.
#[derive(Debug, Clone, Copy)]
pub struct Handling {
    beliefs: RwSignal<Vec<Belief>>,
    /// Those that are resolved once it was asked why.
    asked: RwSignal<Vec<Alert>>,
    /// When something was last done, milliseconds.
    #[cfg(feature = "hydrate")]
    acted: StoredValue<f64>,
}

/// A second click within this time is the first one's: what lies under the pointer has changed meanwhile. Milliseconds.
#[cfg(feature = "hydrate")]
const ONE_CLICK: f64 = 400.0;

impl Handling {
    /// Provides it to every page.
    pub fn provide() {
        provide_context(Self {
            beliefs: RwSignal::new(Vec::new()),
            asked: RwSignal::new(Vec::new()),
            #[cfg(feature = "hydrate")]
            acted: StoredValue::new(f64::NEG_INFINITY),
        });
    }

    /// This browser's.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The alert as it is to be shown.
    fn shown(self, live: &Alert) -> Alert {
        self.beliefs.with(|beliefs| match beliefs.iter().find(|belief| belief.alert.alert_id == live.alert_id) {
            Some(belief) if live.updated_at <= belief.base => belief.alert.clone(),
            _ => live.clone(),
        })
    }

    /// Believes this of an alert, or only what is told of it.
    fn believe(self, id: &AlertId, belief: Option<Belief>) {
        #[cfg(feature = "hydrate")]
        focus::keep(id);
        self.beliefs.update(|beliefs| {
            beliefs.retain(|belief| belief.alert.alert_id != *id);
            beliefs.extend(belief);
        });
    }

    #[cfg(feature = "hydrate")]
    fn is_second_click(self) -> bool {
        let now = js_sys::Date::now();
        let is_second = (0.0..ONE_CLICK).contains(&(now - self.acted.get_value()));
        self.acted.set_value(now);
        is_second
    }

    /// Does something with some alerts, unless it is the second click on the same place, which none with a note is. Before
    /// one is resolved without a note while its condition is true, a dialog asks for one. True where it is done at once.
    pub fn act(self, alerts: Vec<Alert>, deed: Deed, note: Option<String>, hold: Option<String>) -> bool {
        #[cfg(feature = "hydrate")]
        if self.is_second_click() && note.is_none() {
            return false;
        }
        if deed == Deed::Resolve && note.is_none() && alerts.iter().any(still_holds) {
            self.asked.set(alerts);
            Overlays::expect().0.set(Some(Overlay::Resolve));
            return false;
        }
        self.carry_out(alerts, deed, note, hold);
        true
    }

    /// The alerts of which the dialog asks why they are resolved.
    pub(crate) fn asked(self) -> Vec<Alert> {
        self.asked.get_untracked()
    }

    /// Resolves them; without a note not by the second click of what opened the dialog: false then.
    pub(crate) fn resolve_asked(self, note: Option<String>) -> bool {
        #[cfg(feature = "hydrate")]
        if note.is_none() && self.is_second_click() {
            return false;
        }
        self.carry_out(self.asked(), Deed::Resolve, note, None);
        true
    }

    /// Does something with some alerts, one after the other.
    pub fn carry_out(self, alerts: Vec<Alert>, deed: Deed, note: Option<String>, hold: Option<String>) {
        let now = use_live().now().get_untracked();
        for alert in &alerts {
            self.believe(&alert.alert_id, Some(Belief { alert: deed.foresee(alert, now), base: alert.updated_at }));
        }
        let toasts = Toasts::expect();
        leptos::task::spawn_local(async move {
            let mut done = Vec::new();
            for Alert { alert_id: id, title, .. } in alerts {
                match act_on_alert(id.to_string(), deed.verb().to_owned(), note.clone(), hold.clone()).await {
                    Ok(alert) => {
                        let base = alert.updated_at - chrono::TimeDelta::microseconds(1);
                        self.believe(&id, Some(Belief { alert: alert.clone(), base }));
                        done.push(alert);
                    }
                    Err(error) => {
                        self.believe(&id, None);
                        lead_when_signed_out(&error);
                        toasts.failed(refused(&title, &error.to_string(), note.as_deref()));
                    }
                }
            }
            let which = match &*done {
                [] => return,
                [alert] => alert.title.clone(),
                many => many.len().to_string() + " alerts",
            };
            toasts.done(format!("{}: {which}", deed.done()), deed.undo().map(|undo| (done, undo)));
        });
    }
}

/// Of which alert a deed was refused and why; a note that came with it is not lost.
fn refused(title: &str, why: &str, note: Option<&str>) -> String {
    let note = note.map(|note| [". Your note was: ", note].concat()).unwrap_or_default();
    [title, ": ", why.trim_end_matches('.'), &note, "."].concat()
}

/// Whether an alert is open and what it tells of is true now: resolved by hand it stays closed until that has been false once.
pub fn still_holds(alert: &Alert) -> bool {
    alert.is_active && alert.condition_true && alert.metric_name.is_some()
}

/// The live alerts with what this browser has just done to them.
pub fn shown_alerts(initial: Snapshot<Vec<Alert>>) -> Memo<Vec<Alert>> {
    let handling = Handling::expect();
    let live = use_live().alerts(initial);
    Memo::new(move |_| live.read().iter().map(|alert| handling.shown(alert)).collect())
}

/// Alerts that are active, and that nobody has and nothing holds back: what needs someone.
pub fn open_alerts(initial: Snapshot<Vec<Alert>>) -> Memo<Vec<Alert>> {
    let shown = shown_alerts(initial);
    Memo::new(move |_| shown.read().iter().filter(|alert| is_open(alert)).cloned().collect())
}

/// One alert: the live one while its topic holds it, else the one that was loaded.
pub fn shown_alert(loaded: Alert, initial: Snapshot<Vec<Alert>>) -> Memo<Alert> {
    let handling = Handling::expect();
    let live = use_live().alerts(initial);
    let loaded = Arc::new(loaded);
    // The topic forgets an alert an hour after its end: what was seen last stays.
    Memo::new(move |before: Option<&Alert>| {
        let newest = live.read().iter().find(|a| a.alert_id == loaded.alert_id).cloned();
        let newest = newest.as_ref().filter(|a| a.updated_at >= loaded.updated_at);
        handling.shown(newest.or(before).unwrap_or(&loaded))
    })
}
