//! At the start: alerts about the store that are in the records alone. They were raised while the log could not be
//! written, and a crash came before it could. The log gets them now: then they end as others do, and whoever was told of
//! them is told so.

use super::fleet::Fleet;
use super::settings::Settings;
use super::{Changes, apply, own_source};
use crate::alerts::is_about_store;
use crate::store::{Log, Records, StoreError};
use app::query::AlertFilter;
use chrono::{DateTime, Utc};
use forewatch::alert::AlertComponent;
use forewatch::event::AlertTransition;
use forewatch::{Alert, Event, EventBody};

/// Alerts that are looked through at most.
const MOST: usize = 1_000;

/// Adopts them, as of `now`.
pub(crate) fn adopt(
    fleet: &mut Fleet,
    changes: &mut Changes,
    log: &mut dyn Log,
    settings: &Settings,
    records: &dyn Records,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // The store is a source as any other, whose alerts are few.
    let filter = AlertFilter { component: Some(AlertComponent::Source), limit: MOST, ..AlertFilter::default() };
    let known = records.alerts(&filter)?.items;
    let lost = known.into_iter().filter(|alert| is_about_store(alert) && !fleet.alerts.contains_key(&alert.alert_id));
    let events: Vec<Event> = lost.map(|alert| opened(alert, now)).collect();
    if events.is_empty() {
        return Ok(());
    }
    let last = log.append(&events)?;
    for (sequence, event) in (last + 1 - events.len() as u64..).zip(&events) {
        apply::apply(fleet, settings, sequence, event, changes);
    }
    tracing::info!(alerts = events.len(), "alerts about the store are in the log now, which could not be written then");
    Ok(())
}

fn opened(alert: Alert, now: DateTime<Utc>) -> Event {
    let transition = AlertTransition {
        alert_id: alert.alert_id.clone(),
        to: Some(alert.state),
        value: alert.metric_value,
        severity: None,
        title: None,
        suppressed_by: alert.suppressed_by.clone(),
        inhibited_by: alert.inhibited_by.clone(),
        acknowledgement_expired: false,
        // Its first entry is made again.
        opens: Some(Alert { timeline: Vec::new(), ..alert }),
    };
    let at = transition.opens.as_ref().map_or(now, |alert| alert.timestamp);
    Event {
        event_id: None,
        source: own_source(),
        at,
        received_at: now,
        body: EventBody::AlertChanged(Box::new(transition)),
    }
}
