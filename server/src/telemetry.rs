//! Logs, and what Forewatch counts of its own workings for `/metrics`.

mod alerts;

pub(crate) use alerts::{AlertCounts, CLASSES, Times};
use std::io::IsTerminal;
use std::sync::atomic::AtomicU64;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

macro_rules! counters {
    ($($(#[$doc:meta])* $field:ident $kind:ident $help:literal),+ $(,)?) => {
        /// What Forewatch counts of its own workings since it started.
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $($(#[$doc])* pub(crate) $field: AtomicU64,)+
            /// How alerts fared.
            pub(crate) alerts: AlertCounts,
        }

        impl Counters {
            /// Every count: name, whether it only grows, help, value.
            pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, CounterKind, &'static str, u64)> {
                [$((
                    stringify!($field),
                    CounterKind::$kind,
                    $help,
                    self.$field.load(std::sync::atomic::Ordering::Relaxed),
                )),+].into_iter()
            }
        }
    };
}

/// Whether a count only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CounterKind {
    Counter,
    Gauge,
}

counters! {
    events Counter "Events written to the journal and applied.",
    events_rejected Counter "Events refused because something in them was wrong.",
    fields_ignored Counter "Unknown fields left out of known events.",
    events_refused Counter "Events turned away because the intake queue was full or a limit was reached.",
    workers_refused Counter "Reports of workers, from brokers and the local agent, left out because limits.workers is reached.",
    tasks_given_up Counter "Open tasks given up because more were open than are kept.",
    journal_failures Counter "Commits that the journal refused.",
    live_sockets Gauge "Live sockets that are open.",
    live_resyncs Counter "Snapshots sent because a live socket fell behind.",
    live_bytes_encoded Counter "Bytes of live messages encoded, each once.",
    live_bytes_sent Counter "Bytes of live messages sent, to each socket.",
    sign_ins_failed Counter "Sign-ins refused.",
    reports_made Counter "Reports that the schedule made and kept.",
    reports_failed Counter "Reports that the schedule could not make or keep.",
    remote_write_sent Counter "Samples that a receiver of remote write has taken.",
    remote_write_refused Counter "Samples that a receiver of remote write has refused for good.",
    remote_write_missed Counter "Samples that a receiver of remote write was not handed, as it was away for too long.",
    requests_refused Counter "Requests refused for their host, origin or missing credentials.",
}

/// Reads a level, or levels by part of the program (`info,forewatch_server=debug`). A word alone must be a level: taken as
/// a part's name, as `EnvFilter` does, a misspelt level would silence everything.
pub(crate) fn filter(text: &str) -> Result<EnvFilter, String> {
    let known = "use error, warn, info, debug or trace, also by part, such as info,forewatch_server=debug";
    let words = || text.split(',').map(str::trim);
    if words().all(str::is_empty) {
        return Err(format!("holds nothing: {known}"));
    }
    let wrong = |word: &&str| {
        let level = word.rsplit_once('=').map_or(*word, |(_, level)| level);
        !word.is_empty() && (level.is_empty() || level.parse::<LevelFilter>().is_err())
    };
    match words().find(wrong) {
        Some(word) => Err(format!("\"{word}\" names no level: {known}")),
        None => EnvFilter::try_new(words().collect::<Vec<_>>().join(","))
            .map_err(|error| format!("\"{text}\" is no filter ({error}): {known}")),
    }
}

/// Sends logs to stderr.
pub(crate) fn start(text: &str) -> Result<(), String> {
    let filter = filter(text)?;
    let layer =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    // A second start in one process (tests) keeps the first one's logs.
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn levels_are_taken_alone_and_by_part() {
        for text in
            ["info", "WARN", "off", "info,forewatch_server=debug", "warn, hyper=error", "forewatch_server::live=trace"]
        {
            assert!(filter(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_names_no_level_is_refused_and_not_taken_for_a_part_of_the_program() {
        for text in ["inof", "", " ", ",", "forewatch_server", "info,inof", "forewatch_server=", "forewatch=loud"] {
            assert!(filter(text).is_err(), "{text:?}");
        }
        assert!(filter("info,inof").expect_err("a typo").contains("\"inof\""));
    }
}
