//! Whether the store can be written, as those who write it find out: the one place that knows.
//!
//! An outage begins with the first part that refuses a write and ends when every part takes writes again. One that
//! comes back soon after is the same: a disk that is nearly full takes a small write between two that it refuses.

use super::StoreError;
use super::cause::cause;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::store::{StoreOutage, StorePart};
use forewatch::time;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An outage that comes back within this is the same one.
const SAME: TimeDelta = TimeDelta::seconds(10);

/// See the module. Shared by all who write the store or tell of it.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// The parts that cannot be written, and why.
    failing: BTreeMap<StorePart, &'static str>,
    /// The newest outage, also once it is over.
    outage: Option<StoreOutage>,
    /// What was worst of it.
    worst: Option<(StorePart, &'static str)>,
    /// Whether it is to be marked on the time line once it is over for good.
    is_unmarked: bool,
    /// Sums, without the length of the newest outage.
    figures: Figures,
}

/// Sums since the server started.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(crate) struct Figures {
    pub(crate) outages: u64,
    /// The length of all outages.
    pub(crate) seconds: f64,
    pub(crate) events_refused: u64,
    pub(crate) samples_missed: u64,
}

impl Health {
    /// A part could not be written. What it says is logged once an outage.
    pub(crate) fn failed(&self, part: StorePart, error: &StoreError, now: DateTime<Utc>) {
        let mut inner = self.lock();
        let reason = cause(error);
        if inner.failing.insert(part, reason).is_none() {
            tracing::error!(%error, part = part.as_str(), "the store cannot be written");
        }
        inner.settle(now);
    }

    /// A part was written, or would be.
    pub(crate) fn works(&self, part: StorePart, now: DateTime<Utc>) {
        let mut inner = self.lock();
        if inner.failing.remove(&part).is_some() {
            tracing::info!(part = part.as_str(), "the store can be written again");
            inner.settle(now);
        }
    }

    /// Whether a part cannot be written.
    pub(crate) fn fails(&self, part: StorePart) -> bool {
        self.lock().failing.contains_key(&part)
    }

    /// Events were refused because of it; their senders may come again.
    pub(crate) fn refused(&self, events: u64) {
        let mut inner = self.lock();
        inner.figures.events_refused += events;
        if let Some(outage) = &mut inner.outage {
            outage.events_refused += events;
        }
    }

    /// Samples were not taken because of it, and do not come again.
    pub(crate) fn missed(&self, samples: u64) {
        if samples == 0 {
            return;
        }
        let mut inner = self.lock();
        inner.figures.samples_missed += samples;
        if let Some(outage) = &mut inner.outage {
            outage.samples_missed += samples;
        }
    }

    /// The newest outage, also once it is over.
    pub(crate) fn outage(&self) -> Option<StoreOutage> {
        self.lock().outage.clone()
    }

    /// Sums since the server started, as of `now`.
    pub(crate) fn figures(&self, now: DateTime<Utc>) -> Figures {
        let inner = self.lock();
        Figures { seconds: inner.figures.seconds + inner.newest_seconds(now), ..inner.figures }
    }

    /// An outage that is over for good as of `now`, and not yet marked on the time line.
    pub(crate) fn unmarked(&self, now: DateTime<Utc>) -> Option<StoreOutage> {
        let inner = self.lock();
        let is_over = |outage: &&StoreOutage| outage.until.is_some_and(|until| now - until >= SAME);
        inner.outage.as_ref().filter(|_| inner.is_unmarked).filter(is_over).cloned()
    }

    /// It is marked.
    pub(crate) fn marked(&self) {
        self.lock().is_unmarked = false;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// How long the newest outage has lasted.
    fn newest_seconds(&self, now: DateTime<Utc>) -> f64 {
        self.outage.as_ref().map_or(0.0, |outage| time::seconds_between(outage.since, outage.until.unwrap_or(now)))
    }

    /// Brings the outage in line with what cannot be written.
    fn settle(&mut self, now: DateTime<Utc>) {
        let Some(failing) = self.failing.first_key_value().map(|(part, reason)| (*part, *reason)) else {
            if let (Some(outage), Some((part, reason))) = (&mut self.outage, self.worst) {
                (outage.part, outage.reason) = (part, reason.to_owned());
                outage.until = Some(now);
            }
            return;
        };
        let (part, reason) = (failing.0, failing.1.to_owned());
        match &mut self.outage {
            Some(outage) if outage.until.is_none_or(|until| now - until < SAME) => {
                (outage.part, outage.reason, outage.until) = (part, reason, None);
                // The first reason of the part that matters most is the one that is told afterwards.
                self.worst = self.worst.filter(|(worst, _)| *worst <= part).or(Some(failing));
            }
            _ => {
                self.figures.seconds += self.newest_seconds(now);
                self.figures.outages += 1;
                self.worst = Some(failing);
                let (events_refused, samples_missed) = (0, 0);
                self.outage =
                    Some(StoreOutage { part, reason, since: now, until: None, events_refused, samples_missed });
            }
        }
        self.is_unmarked = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::mark;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a valid time")
    }

    fn full() -> StoreError {
        let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        StoreError::Database { doing: "writing", source: rusqlite::Error::SqliteFailure(full, None) }
    }

    #[test]
    fn an_outage_lasts_from_the_first_part_that_fails_to_the_last_that_works_again() {
        let health = Health::default();
        assert_eq!(health.outage(), None);
        health.failed(StorePart::History, &full(), at(0));
        health.failed(StorePart::Log, &StoreError::TakenOver(String::new()), at(5));
        health.refused(3);
        let outage = health.outage().expect("there is one");
        assert_eq!((outage.part, outage.since, outage.is_open()), (StorePart::Log, at(0), true));
        assert_eq!(outage.reason, "another forewatch has taken it over");
        health.works(StorePart::Log, at(20));
        let outage = health.outage().expect("it lasts");
        assert_eq!((outage.part, outage.reason.as_str()), (StorePart::History, "the disk is full"));
        health.works(StorePart::History, at(25));
        health.missed(7);
        let outage = health.outage().expect("it is the newest");
        assert_eq!((outage.part, outage.until), (StorePart::Log, Some(at(25))));
        assert_eq!(
            mark(&outage),
            "The store was not written for 25 s: another forewatch has taken it over; events refused 3 times; 7 samples missed"
        );
        let figures = health.figures(at(90));
        assert_eq!((figures.outages, figures.seconds, figures.samples_missed), (1, 25.0, 7));
    }

    #[test]
    fn what_comes_back_soon_is_the_same_outage_and_is_marked_once_it_is_over_for_good() {
        let health = Health::default();
        for begin in [0, 12, 24] {
            health.failed(StorePart::Log, &full(), at(begin));
            assert_eq!(health.unmarked(at(begin + 1)), None);
            health.works(StorePart::Log, at(begin + 5));
            assert_eq!(health.unmarked(at(begin + 6)), None);
        }
        assert_eq!(health.figures(at(30)).outages, 1);
        let outage = health.unmarked(at(39)).expect("it is over");
        assert_eq!((outage.since, outage.until), (at(0), Some(at(29))));
        health.marked();
        assert_eq!(health.unmarked(at(40)), None);
        health.failed(StorePart::Log, &full(), at(60));
        assert_eq!(health.outage().map(|outage| outage.since), Some(at(60)));
        assert_eq!((health.figures(at(61)).outages, health.figures(at(61)).seconds), (2, 30.0));
    }
}
