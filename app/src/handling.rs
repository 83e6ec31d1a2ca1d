//! What a person does with alerts, shown at once: the page changes before the server has answered,
//! and goes back with an explanation when the server says no.
//!
//! Owns what is not yet confirmed. The truth stays the live topic: as soon as it says something newer
//! about an alert, that is what is shown.

use crate::attention::is_open;
use crate::backend::Snapshot;
use crate::components::toast::Toasts;
use crate::live::use_live;
use crate::server_fns::act_on_alert;
use crate::sign_in::lead_when_signed_out;
use forewatch::alert::AlertState;
use forewatch::{Alert, AlertId, Timestamp};
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// What can be done with an alert by a click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// "I have it."
    Acknowledge,
    /// "I do not have it any more."
    Unacknowledge,
    /// "It is over."
    Resolve,
    /// "It is not over."
    Reopen,
    /// A remark.
    Comment,
}

impl Deed {
    /// The command's verb, as forms send it.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Unacknowledge => "unacknowledge",
            Self::Resolve => "resolve",
            Self::Reopen => "reopen",
            Self::Comment => "comment",
        }
    }

    /// What stands on the button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Acknowledge => "Acknowledge",
            Self::Unacknowledge => "Give back",
            Self::Resolve => "Resolve",
            Self::Reopen => "Reopen",
            Self::Comment => "Add note",
        }
    }

    /// What a toast says once it is done.
    fn done(self) -> &'static str {
        match self {
            Self::Acknowledge => "Acknowledged",
            Self::Unacknowledge => "Given back",
            Self::Resolve => "Resolved",
            Self::Reopen => "Reopened",
            Self::Comment => "Note added",
        }
    }

    /// What takes it back.
    fn undo(self) -> Option<Self> {
        match self {
            Self::Acknowledge => Some(Self::Unacknowledge),
            Self::Resolve => Some(Self::Reopen),
            Self::Unacknowledge | Self::Reopen | Self::Comment => None,
        }
    }

    /// The alert as it will be when the server agrees.
    fn foresee(self, alert: &Alert, now: Timestamp) -> Alert {
        let mut next = alert.clone();
        match self {
            Self::Acknowledge => {
                next.acknowledged = true;
                next.acknowledged_by = Some("you".to_owned());
                next.acknowledged_at = Some(now);
            }
            Self::Unacknowledge => {
                next.acknowledged = false;
                next.acknowledged_by = None;
                next.acknowledged_until = None;
            }
            Self::Resolve => {
                next.state = AlertState::Resolved;
                next.is_active = false;
                next.resolved_at = Some(now);
                next.resolved_by = Some("you".to_owned());
            }
            Self::Reopen => {
                next.state = AlertState::Firing;
                next.is_active = true;
                next.resolved_at = None;
                next.resolved_by = None;
            }
            Self::Comment => {}
        }
        next
    }
}

/// An alert as this browser believes it to be, as long as the live topic knows nothing newer than `base`.
#[derive(Debug, Clone, PartialEq)]
struct Belief {
    alert: Alert,
    base: Timestamp,
}

/// What is not yet confirmed.
#[derive(Debug, Clone, Copy)]
pub struct Handling {
    beliefs: RwSignal<HashMap<AlertId, Belief>>,
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
            beliefs: RwSignal::new(HashMap::new()),
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
        self.beliefs.with(|beliefs| match beliefs.get(&live.alert_id) {
            Some(belief) if live.updated_at <= belief.base => belief.alert.clone(),
            _ => live.clone(),
        })
    }

    #[cfg(feature = "hydrate")]
    fn is_second_click(self) -> bool {
        let now = js_sys::Date::now();
        let is_second = (0.0..ONE_CLICK).contains(&(now - self.acted.get_value()));
        self.acted.set_value(now);
        is_second
    }

    /// Does something with some alerts, unless it is the second click on the same place.
    pub fn act(self, alerts: Vec<Alert>, deed: Deed, note: Option<String>, hold: Option<String>) {
        #[cfg(feature = "hydrate")]
        if self.is_second_click() {
            return;
        }
        self.carry_out(alerts, deed, note, hold);
    }

    /// Does something with some alerts, one after the other.
    pub fn carry_out(self, alerts: Vec<Alert>, deed: Deed, note: Option<String>, hold: Option<String>) {
        let now = use_live().now().get_untracked();
        self.beliefs.update(|beliefs| {
            for alert in &alerts {
                let belief = Belief { alert: deed.foresee(alert, now), base: alert.updated_at };
                beliefs.insert(alert.alert_id.clone(), belief);
            }
        });
        let toasts = Toasts::expect();
        leptos::task::spawn_local(async move {
            let mut done = Vec::new();
            for Alert { alert_id: id, .. } in alerts {
                match act_on_alert(id.to_string(), deed.verb().to_owned(), note.clone(), hold.clone()).await {
                    Ok(alert) => {
                        let base = alert.updated_at - chrono::TimeDelta::microseconds(1);
                        self.beliefs.update(|beliefs| {
                            beliefs.insert(id, Belief { alert: alert.clone(), base });
                        });
                        done.push(alert);
                    }
                    Err(error) => {
                        self.beliefs.update(|beliefs| {
                            beliefs.remove(&id);
                        });
                        lead_when_signed_out(&error);
                        toasts.failed(error.to_string());
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
