//! Telling people of the store although what they are told cannot be kept: the disk that is full holds the outbox, too.
//!
//! Only alerts about the store are told like this, each message once: a few tries, and no entry in the list of
//! deliveries. What was told is known in memory until it can be kept, so that nobody is told of it again, and whoever got
//! the alarm is told when it is over. A crash in between forgets that.

use super::enclosed::Enclosed;
use super::look::Look;
use super::message::{Message, What};
use super::plan::{Planned, plan};
use super::{Notifier, Wired, send};
use crate::alerts::is_about_store;
use crate::collector::{Fleet, clock};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Pauses between the tries of one message; after the last it is given up.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20), Duration::from_mins(1)];

impl Look {
    /// Decides what is told of the store now, and notes it in memory alone.
    pub(super) fn beside(&mut self, fleet: &Fleet, now: DateTime<Utc>) -> Vec<Planned> {
        let about_store =
            fleet.alerts.values().filter(|alert| is_about_store(alert) && !self.over.contains(&alert.alert_id));
        let alerts: Vec<_> = about_store.cloned().collect();
        let mut told = self.told.iter().map(|(name, told)| (name.clone(), told.part_about(is_about_store))).collect();
        let planned = plan(&self.routes, &mut told, &alerts, now);
        for (name, part) in told {
            self.told.entry(name).or_default().put_back(part, is_about_store);
        }
        let notices = planned.iter().flat_map(|planned| &planned.message.notices);
        self.over.extend(notices.filter(|notice| notice.what == What::Recovered).map(|n| n.alert.alert_id.clone()));
        planned
    }
}

/// Lets messages be sent, those of a channel one after the other.
pub(super) fn send(notifier: &Arc<Notifier>, planned: Vec<Planned>, stop: &CancellationToken) {
    for Planned { channel, message } in planned {
        let Some(wired) = notifier.channel(&channel).cloned() else { continue };
        let (notifier, stop) = (notifier.clone(), stop.clone());
        tokio::spawn(async move { stop.run_until_cancelled(deliver(&notifier, &wired, &message)).await });
    }
}

async fn deliver(notifier: &Notifier, wired: &Wired, message: &Message) {
    let _turn = wired.beside.lock().await;
    let (id, channel) = (ulid::Ulid::new().to_string(), wired.channel.name());
    let mut pauses = PAUSES.iter();
    let nothing = Enclosed::default();
    loop {
        match send::send(&wired.channel, message, &nothing, &id, &notifier.http, &notifier.links).await {
            Ok(_) => {
                wired.health.sent(clock());
                tracing::warn!(channel, "told of the store; that is in no list of deliveries, which cannot be written");
                return;
            }
            Err(failure) => {
                wired.health.failed(clock(), &failure.reason);
                let Some(pause) = pauses.next() else {
                    wired.health.given_up();
                    tracing::error!(channel, reason = failure.reason, "a message about the store was given up");
                    return;
                };
                tokio::time::sleep(*pause).await;
            }
        }
    }
}
