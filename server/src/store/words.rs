//! What is said of an outage of the store.

use forewatch::store::{StoreOutage, StorePart};
use forewatch::{format, time};
use std::fmt::Write;

/// What everybody is told while an outage lasts.
pub(crate) fn notice(outage: &StoreOutage) -> String {
    let StoreOutage { part, reason, since, .. } = outage;
    let since = since.format("%H:%M UTC");
    match part {
        StorePart::Log => format!(
            "The store cannot be written since {since}: {reason}. New events are refused; their senders keep them and come \
             again. What you see is as of then."
        ),
        StorePart::History => format!(
            "Samples cannot be written to the store since {since}: {reason}. They are on the charts, and wait in memory."
        ),
        StorePart::Records => format!(
            "Tasks and alerts cannot be written to the records since {since}: {reason}. They are in the log, and wait in \
             memory."
        ),
        StorePart::Outbox => format!(
            "What people are told cannot be kept since {since}: {reason}. Until it can, they are told of nothing but this."
        ),
    }
}

/// What an outage that is over says on the time line.
pub(crate) fn mark(outage: &StoreOutage) -> String {
    let lasted = format::age(time::seconds_between(outage.since, outage.until.unwrap_or(outage.since)));
    let what = match outage.part {
        StorePart::Log => "The store was not written",
        StorePart::History => "Samples were not written",
        StorePart::Records => "Records were not written",
        StorePart::Outbox => "What people are told was not kept",
    };
    let mut text = format!("{what} for {lasted}: {}", outage.reason);
    if outage.events_refused > 0 {
        let _ = write!(text, "; events refused {} times", format::count(outage.events_refused));
    }
    if outage.samples_missed > 0 {
        let _ = write!(text, "; {} samples missed", format::count(outage.samples_missed));
    }
    text
}
