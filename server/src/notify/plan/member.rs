//! One alert of a group: since when it waits, or what was told of it.

use crate::notify::message::{Notice, What};
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::{Alert, AlertSeverity, AlertState};
use serde::{Deserialize, Serialize, Serializer};
use std::sync::Arc;

/// An alert that a channel was told of, or is to be told of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Member {
    /// Since when it waits to be told.
    pub(super) since: DateTime<Utc>,
    /// It came by way of a channel that nobody acknowledged it on.
    escalated: bool,
    /// As it was when it was last looked at.
    #[serde(serialize_with = "without_timeline")]
    alert: Arc<Alert>,
    told: Option<MemberTold>,
}

/// What was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct MemberTold {
    at: DateTime<Utc>,
    severity: AlertSeverity,
    /// Since when nobody has it; absent while somebody does.
    nobodys_since: Option<DateTime<Utc>>,
    /// That somebody has it was told.
    acknowledged: bool,
    /// Since when it is over.
    over_since: Option<DateTime<Utc>>,
    /// It is suppressed at present.
    hushed: bool,
}

/// Equal when the same was told of it. How the alert is now comes from the fleet again.
impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        (self.since, self.escalated, &self.told) == (other.since, other.escalated, &other.told)
    }
}

impl Member {
    /// One that has waited since then.
    pub(super) fn waiting(alert: &Arc<Alert>, escalated: bool, since: DateTime<Utc>) -> Self {
        Self { since, escalated, alert: alert.clone(), told: None }
    }

    pub(super) fn alert(&self) -> &Alert {
        &self.alert
    }

    pub(super) fn is_told(&self) -> bool {
        self.told.is_some()
    }

    /// Takes the alert as it is now.
    pub(super) fn follow(&mut self, alert: &Arc<Alert>, now: DateTime<Utc>) {
        self.alert = alert.clone();
        let Some(told) = &mut self.told else { return };
        told.hushed = alert.suppressed_by.is_some();
        told.over_since = (!alert.state.is_active()).then(|| told.over_since.unwrap_or(now));
        told.nobodys_since = (!alert.acknowledged).then(|| told.nobodys_since.unwrap_or(now));
    }

    /// The alert is not there any more: it is over.
    pub(super) fn end(&mut self, now: DateTime<Utc>) {
        let Some(told) = &mut self.told else { return };
        if told.over_since.is_none() {
            told.over_since = Some(now);
            let alert = Arc::make_mut(&mut self.alert);
            alert.state = AlertState::Resolved;
            alert.is_active = false;
            alert.resolved_at = Some(now);
        }
    }

    /// What was told of it, while it is open and may be told of.
    fn open(&self) -> Option<&MemberTold> {
        self.told.as_ref().filter(|told| told.over_since.is_none() && !told.hushed)
    }

    /// Since when it is open, told, and nobody's.
    pub(super) fn nobodys_since(&self) -> Option<DateTime<Utc>> {
        self.open()?.nobodys_since
    }

    /// Since when it is over, of one that was told.
    pub(super) fn over_since(&self) -> Option<DateTime<Utc>> {
        self.told.as_ref()?.over_since
    }

    /// Whether it was told and is not over.
    pub(super) fn is_open(&self) -> bool {
        self.told.as_ref().is_some_and(|told| told.over_since.is_none())
    }

    /// Whether it was told, is open and not suppressed.
    pub(super) fn is_shown(&self) -> bool {
        self.open().is_some()
    }

    /// Whether it is worse than what was told.
    pub(super) fn has_risen(&self) -> bool {
        self.open().is_some_and(|told| told.nobodys_since.is_some() && self.alert.severity > told.severity)
    }

    /// Whether somebody has it, and that was not told.
    pub(super) fn has_somebody_new(&self) -> bool {
        self.open().is_some_and(|told| told.nobodys_since.is_none() && !told.acknowledged)
    }

    /// Whether it is time to tell again: after `every`, or because whoever had it since then has it no more.
    pub(super) fn is_to_be_told_again(&self, every: TimeDelta, now: DateTime<Utc>) -> bool {
        self.open()
            .is_some_and(|told| told.nobodys_since.is_some_and(|since| told.at + every <= now || since > told.at))
    }

    /// Notes that `what` is told now.
    pub(super) fn tell(&mut self, what: What, now: DateTime<Utc>) -> Notice {
        let before = self.told.take();
        self.told = Some(MemberTold {
            at: now,
            severity: self.alert.severity,
            nobodys_since: before.as_ref().map_or(Some(now), |before| before.nobodys_since),
            acknowledged: self.alert.acknowledged,
            over_since: before.as_ref().and_then(|before| before.over_since),
            hushed: before.is_some_and(|before| before.hushed),
        });
        self.notice(if what == What::New && self.escalated { What::Escalated } else { what })
    }

    /// It, as one notice of a message.
    pub(super) fn notice(&self, what: What) -> Notice {
        Notice { what, alert: plain(&self.alert) }
    }
}

/// Without what makes it large and says nothing here.
fn plain(alert: &Alert) -> Alert {
    Alert { timeline: Vec::new(), ..alert.clone() }
}

fn without_timeline<S: Serializer>(alert: &Arc<Alert>, serializer: S) -> Result<S::Ok, S::Error> {
    plain(alert).serialize(serializer)
}
