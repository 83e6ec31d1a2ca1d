//! The numbers that the store has for metrics and subjects. The keeper alone changes them: it makes numbers for what
//! it writes, and lets others know of them once that is written.

use super::key::{SHARD, SHARDS};
use super::subject::Subject;
use crate::store::{HistoryChanges, Named, NamedSubject};
use forewatch::catalogue::MetricId;
use std::collections::HashMap;

/// The store's numbers of metrics and subjects. A metric keeps its number for ever, a subject as long as it has blocks.
#[derive(Debug, Default)]
pub(crate) struct Names {
    metrics: HashMap<String, u16>,
    subjects: HashMap<Subject, Known>,
    next_metric: u16,
    next_subject: u32,
}

/// What is known of a subject.
#[derive(Debug, Clone, Copy)]
struct Known {
    number: u32,
    /// See [`NamedSubject::day`].
    day: u32,
}

impl Names {
    /// Those that the store has.
    pub(crate) fn of(named: Named) -> Self {
        // 0 is the place of the times.
        let mut names = Self { next_metric: 1, ..Self::default() };
        names.learn(named, Vec::new());
        names
    }

    /// A metric's number, if it was ever written.
    pub(crate) fn metric(&self, id: MetricId) -> Option<u16> {
        self.metrics.get(id.metric().name).copied()
    }

    /// The numbers of all metrics.
    pub(crate) fn metrics(&self) -> impl Iterator<Item = u16> {
        self.metrics.values().copied()
    }

    /// All subjects with their numbers.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = (&Subject, u32)> {
        self.subjects.iter().map(|(subject, known)| (subject, known.number))
    }

    /// How many subjects have samples of a day or of a later one.
    pub(crate) fn seen_since(&self, day: u32) -> usize {
        self.subjects.values().filter(|known| known.day >= day).count()
    }

    /// A metric's number, made when it is new; the new ones are noted in `to`.
    pub(crate) fn metric_or_new(&self, id: MetricId, to: &mut HistoryChanges) -> u16 {
        let name = id.metric().name;
        if let Some(number) = self.metrics.get(name) {
            return *number;
        }
        let new = u16::try_from(to.named.metrics.len()).expect("the catalogue has fewer than 65,536 metrics");
        to.named.metrics.push((self.next_metric + new, name.to_owned()));
        self.next_metric + new
    }

    /// The number of a subject that has samples of `day`, made when it is new; what is new is noted in `to`. `None` when
    /// there are as many as keys can tell apart (eight million).
    pub(crate) fn subject_or_new(&self, subject: &Subject, day: u32, to: &mut HistoryChanges) -> Option<u32> {
        let named = |number| NamedSubject { number, subject: subject.clone(), day };
        if let Some(known) = self.subjects.get(subject) {
            if known.day < day {
                to.seen.push(named(known.number));
            }
            return Some(known.number);
        }
        let number = self.next_subject + u32::try_from(to.named.subjects.len()).ok()?;
        if number / SHARD >= SHARDS.end {
            return None;
        }
        to.named.subjects.push(named(number));
        Some(number)
    }

    /// Takes in what was written.
    pub(crate) fn learn(&mut self, named: Named, seen: Vec<NamedSubject>) {
        for (number, name) in named.metrics {
            self.next_metric = self.next_metric.max(number + 1);
            self.metrics.insert(name, number);
        }
        for NamedSubject { number, subject, day } in named.subjects.into_iter().chain(seen) {
            self.next_subject = self.next_subject.max(number + 1);
            self.subjects.insert(subject, Known { number, day });
        }
    }

    /// Some subjects, `most` of them at most, whose newest sample is of a day that `is_over`.
    pub(crate) fn some_over(&self, most: usize, is_over: impl Fn(u32) -> bool) -> Vec<(Subject, u32)> {
        let over = self.subjects.iter().filter(|(_, known)| is_over(known.day));
        over.take(most).map(|(subject, known)| (subject.clone(), known.number)).collect()
    }

    /// Forgets a subject. Its number is not given away again while the program runs.
    pub(crate) fn forget(&mut self, subject: &Subject) {
        self.subjects.remove(subject);
    }
}
