//! The newest samples, in memory until the next flush: about a minute of them.
//!
//! The collector puts in, the keeper takes out, queries look. While a flush is written its samples stay
//! visible here, so that a query finds each sample here, in the store, or in both; never in neither.

use super::subject::Subject;
use super::table::{Column, Table};
use forewatch::catalogue::MetricId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The tables of all subjects; their columns bear the metrics' places in the catalogue.
pub(crate) type Tables = HashMap<Subject, Table>;

/// A head that holds this part of all that it may is written before its time.
const EARLY: usize = 8;

/// How many series and samples are taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Series of one subject.
    pub(crate) series_per_subject: usize,
    /// Series in all.
    pub(crate) series: usize,
    /// Samples that wait for the store: what is over is refused while it does not write.
    pub(crate) samples: usize,
}

/// See the module.
pub(crate) struct Head {
    limits: Limits,
    inner: RwLock<Inner>,
    refused: AtomicU64,
}

#[derive(Default)]
struct Inner {
    newest: Tables,
    /// What is being written.
    frozen: Option<Arc<Tables>>,
    series: usize,
    samples: usize,
}

impl Head {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, inner: RwLock::default(), refused: AtomicU64::new(0) }
    }

    /// Puts samples in; answers with how many found no room because the store does not take those before them.
    pub(crate) fn put(&self, work: impl FnOnce(&mut Put<'_>)) -> u64 {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let mut put = Put { limits: self.limits, inner: &mut inner, refused: 0, missed: 0 };
        work(&mut put);
        self.refused.fetch_add(put.refused, Ordering::Relaxed);
        put.missed
    }

    /// Looks at the samples, those that are being written first.
    pub(crate) fn look<T>(&self, work: impl FnOnce(&[&Tables]) -> T) -> T {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        match &inner.frozen {
            Some(frozen) => work(&[frozen, &inner.newest]),
            None => work(&[&inner.newest]),
        }
    }

    /// Takes the samples out to be written, or again those whose writing failed. They stay visible until
    /// [`Self::written`]. `None` when there is nothing.
    pub(crate) fn freeze(&self) -> Option<Arc<Tables>> {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        if inner.frozen.is_none() && !inner.newest.is_empty() {
            let tables = std::mem::take(&mut inner.newest);
            inner.frozen = Some(Arc::new(tables));
            (inner.series, inner.samples) = (0, 0);
        }
        inner.frozen.clone()
    }

    /// What was frozen is in the store.
    pub(crate) fn written(&self) {
        let frozen = self.inner.write().unwrap_or_else(PoisonError::into_inner).frozen.take();
        // Freed outside of the lock.
        drop(frozen);
    }

    /// Whether so much has come that it is not to wait for the next flush, and nothing else is being written.
    pub(crate) fn is_filling(&self) -> bool {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.frozen.is_none() && inner.samples > self.limits.samples / EARLY
    }

    /// Samples that were refused because there are too many series.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

/// Puts samples into the head.
pub(crate) struct Put<'a> {
    limits: Limits,
    inner: &'a mut Inner,
    refused: u64,
    missed: u64,
}

impl Put<'_> {
    /// Puts the samples of one subject at one time (Unix milliseconds); `each` is called with what takes
    /// them: metric, device, value.
    pub(crate) fn row(
        &mut self,
        subject: &Subject,
        at: i64,
        each: impl FnOnce(&mut dyn FnMut(MetricId, Option<u32>, f64)),
    ) {
        let Inner { newest, series, samples, .. } = &mut *self.inner;
        if !newest.contains_key(subject) {
            newest.insert(subject.clone(), Table::default());
        }
        let Some(table) = newest.get_mut(subject) else { return };
        let row = table.row(at);
        each(&mut |metric, device, value| {
            let column = Column::new(u16::try_from(metric.index()).expect("see MetricId"), device);
            let is_new = !table.columns.contains_key(&column);
            let full = table.columns.len() >= self.limits.series_per_subject || *series >= self.limits.series;
            if !value.is_finite() || (is_new && full) {
                self.refused += 1;
                return;
            }
            if *samples >= self.limits.samples {
                self.missed += 1;
                return;
            }
            *series += usize::from(is_new);
            *samples += 1;
            table.set(row, column, value);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::catalogue;

    fn metric(name: &str) -> MetricId {
        catalogue::find(name).expect("a metric")
    }

    fn count(head: &Head) -> usize {
        head.look(|tables| tables.iter().flat_map(|tables| tables.values()).map(Table::len).sum())
    }

    fn one(head: &Head, device: u32, at: i64) -> u64 {
        head.put(|put| put.row(&Subject::System, at, |set| set(metric("gpu.utilization"), Some(device), 0.5)))
    }

    #[test]
    fn samples_are_visible_until_they_are_written_and_come_again_when_they_were_not() {
        let head = Head::new(Limits { series_per_subject: 9, series: 9, samples: 9 });
        assert!(head.freeze().is_none());
        one(&head, 0, 1);
        let frozen = head.freeze().expect("a sample");
        one(&head, 0, 2);
        assert_eq!(count(&head), 2);
        assert!(Arc::ptr_eq(&frozen, &head.freeze().expect("the same again")));
        head.written();
        assert_eq!(count(&head), 1);
        assert_eq!(head.freeze().expect("the other").values().map(Table::len).sum::<usize>(), 1);
    }

    #[test]
    fn it_is_filling_once_an_eighth_of_its_samples_are_there_and_nothing_is_being_written() {
        let head = Head::new(Limits { series_per_subject: 9, series: 9, samples: 16 });
        let filling = |at| {
            one(&head, 0, at);
            head.is_filling()
        };
        assert_eq!([filling(1), filling(2), filling(3)], [false, false, true]);
        head.freeze();
        assert_eq!([filling(4), filling(5), filling(6)], [false; 3]);
        head.written();
        assert!(head.is_filling());
    }

    #[test]
    fn what_is_over_a_limit_is_refused_and_what_finds_no_room_is_missed_and_both_are_counted() {
        let head = Head::new(Limits { series_per_subject: 2, series: 3, samples: 4 });
        assert_eq!((0..3).map(|device| one(&head, device, 1)).sum::<u64>(), 0);
        assert_eq!((count(&head), head.refused()), (2, 1), "a third series of a subject");
        assert_eq!((2..5).map(|at| one(&head, 0, at)).collect::<Vec<_>>(), [0, 0, 1]);
        assert_eq!((count(&head), head.refused()), (4, 1), "a fifth sample");
    }
}
