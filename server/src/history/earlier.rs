//! What stores of earlier versions do not tell yet. Nothing in them is lost or changed: this is added.

use super::kept::Kept;
use super::key::Tier;
use crate::store::{HistoryChanges, HistoryWriter, NamedSubject, StoreError};

const DAY: i64 = 86_400;

/// The day that a time lies in, Unix seconds, in days since the epoch.
pub(crate) fn day(seconds: i64) -> u32 {
    u32::try_from(seconds.div_euclid(DAY)).unwrap_or(0)
}

/// The last second of such a day.
pub(crate) fn last_second(day: u32) -> i64 {
    (i64::from(day) + 1) * DAY - 1
}

/// Brings a store up to date as of `now` (Unix seconds). An hour whose samples are still there gets its sketches from
/// the keeper soon; those before it have none. A subject of unknown age is as young as can be.
pub(crate) fn bring_up(store: &mut dyn HistoryWriter, kept: &Kept, now: i64) -> Result<(), StoreError> {
    let named = store.named()?;
    let mut changes = HistoryChanges::default();
    if store.sketched_since()?.is_none() {
        let is_new = named.metrics.is_empty();
        let first = Tier::Minute.slot(kept.since(Tier::Raw, now) + Tier::Minute.slot_seconds() - 1);
        changes.sketched_since = Some(if is_new { 0 } else { Tier::Minute.start(first) });
        if !is_new {
            changes.begin = (first..=Tier::Minute.slot(now)).map(|hour| (Tier::Minute, hour)).collect();
        }
    }
    let of_unknown_age = named.subjects.into_iter().filter(|subject| subject.day == 0);
    changes.seen = of_unknown_age.map(|subject| NamedSubject { day: day(now), ..subject }).collect();
    store.write(&changes)
}
