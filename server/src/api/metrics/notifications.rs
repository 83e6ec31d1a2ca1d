//! What people were told, by channel.

use super::text::{Kind, Text};
use crate::collector::clock;
use crate::notify::{Counted, Wired};
use forewatch::time;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Writes the channels' numbers. A channel without deliveries that are kept has none waiting.
pub(super) fn write(text: &mut Text, channels: &[Arc<Wired>], counted: &BTreeMap<String, Counted>) {
    type Reading = fn(&Wired) -> u64;
    let counters: [(&str, &str, Reading); 3] = [
        ("forewatch_notifications_sent_total", "Messages that a channel's receiver took.", |w| w.health.counts()[0]),
        ("forewatch_notifications_failed_total", "Attempts to send that failed.", |w| w.health.counts()[1]),
        ("forewatch_notifications_given_up_total", "Messages that were given up.", |w| w.health.counts()[2]),
    ];
    for (name, help, read) in counters {
        let mut family = text.family(name, Kind::Counter, help);
        for wired in channels {
            family.sample(&[("channel", wired.channel.name())], Some(read(wired) as f64));
        }
    }
    let now = clock();
    let none = Counted::default();
    let of = |wired: &Wired| counted.get(wired.channel.name()).unwrap_or(&none).clone();
    let since = |at| time::seconds_between(at, now).max(0.0);
    let gauges: [(&str, &str, &dyn Fn(&Wired) -> Option<f64>); 4] = [
        ("forewatch_notifications_waiting", "Messages that wait to be taken.", &|w| Some(of(w).waiting as f64)),
        ("forewatch_notifications_dead", "Messages that were given up and are kept.", &|w| Some(of(w).dead as f64)),
        (
            "forewatch_notifications_oldest_waiting_seconds",
            "Age of the message that waits longest; 0 when none waits.",
            &|w| Some(of(w).oldest.map_or(0.0, since)),
        ),
        (
            "forewatch_notifications_failing_seconds",
            "For how long every attempt of a channel has failed; 0 while it works.",
            &|w| Some(w.health.state().failing_since.map_or(0.0, since)),
        ),
    ];
    for (name, help, read) in gauges {
        let mut family = text.family(name, Kind::Gauge, help);
        for wired in channels {
            family.sample(&[("channel", wired.channel.name())], read(wired));
        }
    }
}
