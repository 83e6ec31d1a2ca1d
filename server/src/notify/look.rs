//! Looking at the alerts once a second, and keeping what follows.

use super::delivery::New;
use super::plan::{ChannelTold, Planned, Route, Told, plan};
use super::retry::GIVE_UP_AFTER;
use super::{Notifier, beside, shown};
use crate::collector::{Fleet, clock};
use crate::store::StoreError;
use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::store::StorePart;
use forewatch::{Alert, AlertId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(1);
/// Time between two trims of the outbox.
const TRIM: TimeDelta = TimeDelta::minutes(10);

/// What every channel was told, as it is in the store.
pub(crate) struct Look {
    pub(super) routes: Vec<Route>,
    pub(super) told: Told,
    /// Alerts that were told to be over while that could not be kept.
    pub(super) over: BTreeSet<AlertId>,
    trimmed: Option<DateTime<Utc>>,
    /// Whether the last look could not be kept: then all is kept anew.
    fails: bool,
}

impl Look {
    /// Goes on from what is in the store.
    pub(crate) fn open(notifier: &Notifier) -> Result<Self, StoreError> {
        let channels = notifier.channels.iter().map(|wired| &wired.channel);
        let routes = channels.filter(|channel| channel.takes_alerts()).map(|channel| channel.route.clone()).collect();
        Ok(Self { routes, told: notifier.outbox.told()?, over: BTreeSet::new(), trimmed: None, fails: false })
    }

    /// Decides what is told now, and keeps it. What cannot be kept is not told: the next look decides it again.
    pub(crate) fn look(&mut self, notifier: &Notifier, fleet: &Fleet, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut told = self.told.clone();
        let is_over = |alert: &&Arc<Alert>| self.over.contains(&alert.alert_id);
        let alerts: Vec<_> = fleet.alerts.values().filter(|alert| !is_over(alert)).cloned().collect();
        let planned = plan(&self.routes, &mut told, &alerts, now);
        let fails = self.fails;
        let differs =
            |name: &str, told: &ChannelTold| fails || self.told.get(name).is_none_or(|before| told.differs(before));
        let changed: Vec<_> =
            told.iter().map(|(name, told)| (name.as_str(), told)).filter(|(name, told)| differs(name, told)).collect();
        let new: Vec<_> = planned
            .into_iter()
            .filter_map(|planned| {
                let title = shown::headline(&planned.message, &notifier.channel(&planned.channel)?.channel);
                let title = super::text::cut(&title, TITLE);
                Some(New { channel: planned.channel, message: planned.message, title, give_up_at: now + GIVE_UP_AFTER })
            })
            .collect();
        if !changed.is_empty() || !new.is_empty() {
            notifier.outbox.keep(&changed, &new)?;
        }
        drop(changed);
        self.told = told;
        self.over.clear();
        for one in new {
            notifier.wake(&one.channel);
        }
        if self.trimmed.is_none_or(|trimmed| trimmed + TRIM <= now) {
            self.trimmed = Some(now);
            notifier.outbox.trim(now)?;
        }
        Ok(())
    }

    /// As [`Self::look`], for a caller who can only go on. Answers with what is to be told though it cannot be kept.
    pub(crate) fn look_or_tell(&mut self, notifier: &Notifier, fleet: &Fleet, now: DateTime<Utc>) -> Vec<Planned> {
        match self.look(notifier, fleet, now) {
            Ok(()) => {
                self.fails = false;
                notifier.store.works(StorePart::Outbox, now);
                Vec::new()
            }
            Err(error) => {
                self.fails = true;
                notifier.store.failed(StorePart::Outbox, &error, now);
                self.beside(fleet, now)
            }
        }
    }
}

/// Characters of a headline that are kept for the list.
const TITLE: usize = 500;

/// Looks until it is stopped.
pub(super) async fn run(mut look: Look, notifier: Arc<Notifier>, fleet: Arc<ArcSwap<Fleet>>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let (notifier, fleet) = (notifier.clone(), fleet.load_full());
        let looking = notifier.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let beside = look.look_or_tell(&looking, &fleet, clock());
            (look, beside)
        });
        match looked.await {
            Ok((back, planned)) => {
                look = back;
                beside::send(&notifier, planned, &stop);
            }
            Err(error) => {
                tracing::error!(%error, "looking for what to tell ended by itself: nobody is told of alerts; restart Forewatch");
                return;
            }
        }
    }
}
