//! A group of series that are sampled together: one column of times, one column a series.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Series sampled together. Values are kept in single precision (charts need no more); NaN is absent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Group<K: Ord> {
    times: VecDeque<f64>,
    columns: BTreeMap<K, VecDeque<f32>>,
}

impl<K: Ord> Default for Group<K> {
    fn default() -> Self {
        Self { times: VecDeque::new(), columns: BTreeMap::new() }
    }
}

impl<K: Ord + Copy> Group<K> {
    /// Opens a row at `at` (Unix seconds); false when there is one at that time or later. Values are
    /// then set with [`Self::set`]. Rows before `oldest` are forgotten, and columns that hold nothing.
    pub(super) fn open(&mut self, at: f64, oldest: f64) -> bool {
        if self.times.back().is_some_and(|newest| *newest >= at) {
            return false;
        }
        let old = self.times.iter().take_while(|time| **time < oldest).count();
        if old > 0 {
            self.times.drain(..old);
            self.columns.retain(|_, values| {
                values.drain(..old);
                values.iter().any(|value| !value.is_nan())
            });
        }
        self.times.push_back(at);
        for values in self.columns.values_mut() {
            values.push_back(f32::NAN);
        }
        true
    }

    /// Sets a value of the newest row.
    #[expect(clippy::cast_possible_truncation, reason = "single precision is enough for a chart")]
    pub(super) fn set(&mut self, key: K, value: f64) {
        let rows = self.times.len();
        let column = self.columns.entry(key).or_insert_with(|| std::iter::repeat_n(f32::NAN, rows).collect());
        if let Some(newest) = column.back_mut() {
            *newest = value as f32;
        }
    }

    /// The keys of its series.
    pub(super) fn keys(&self) -> impl Iterator<Item = K> {
        self.columns.keys().copied()
    }

    /// A series' samples from `from` up to and not including `to`.
    pub(super) fn samples(&self, key: K, from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> {
        let start = self.times.partition_point(|time| *time < from);
        let end = self.times.partition_point(|time| *time < to);
        let values = self.columns.get(&key);
        (start..end.max(start)).filter_map(move |row| {
            let value = f64::from(*values?.get(row)?);
            (!value.is_nan()).then_some((self.times[row], value))
        })
    }

    /// Puts the rows of `past` that are older than all of these before them.
    pub(super) fn prepend(&mut self, past: &Self) {
        let first = self.times.front().copied().unwrap_or(f64::INFINITY);
        let older = past.times.partition_point(|time| *time < first);
        let mut merged = Self { times: past.times.iter().take(older).copied().collect(), columns: BTreeMap::new() };
        for (key, values) in &past.columns {
            merged.columns.insert(*key, values.iter().take(older).copied().collect());
        }
        merged.times.extend(&self.times);
        for (key, values) in &self.columns {
            let column = merged.columns.entry(*key).or_insert_with(|| std::iter::repeat_n(f32::NAN, older).collect());
            column.extend(values);
        }
        let rows = merged.times.len();
        for column in merged.columns.values_mut() {
            column.resize(rows, f32::NAN);
        }
        *self = merged;
    }
}

#[cfg(test)]
mod tests {
    use super::Group;

    fn values(group: &Group<u8>, key: u8) -> Vec<(f64, f64)> {
        group.samples(key, 0.0, 1e9).collect()
    }

    #[test]
    fn a_series_that_begins_late_has_a_gap_before_it() {
        let mut group = Group::default();
        for at in 1..=4 {
            assert!(group.open(f64::from(at), 0.0));
            group.set(1, f64::from(at));
            if at > 2 {
                group.set(2, 10.0);
            }
        }
        assert_eq!(values(&group, 1).len(), 4);
        assert_eq!(values(&group, 2), [(3.0, 10.0), (4.0, 10.0)]);
    }

    #[test]
    fn a_row_at_the_same_time_or_earlier_is_refused() {
        let mut group = Group::<u8>::default();
        assert!(group.open(5.0, 0.0));
        assert!(!group.open(5.0, 0.0));
        assert!(!group.open(4.0, 0.0));
    }

    #[test]
    fn old_rows_and_columns_that_hold_nothing_are_forgotten() {
        let mut group = Group::default();
        group.open(1.0, 0.0);
        group.set(1, 1.0);
        group.open(2.0, 0.0);
        group.set(2, 2.0);
        group.open(10.0, 2.0);
        assert_eq!(group.keys().collect::<Vec<_>>(), [2]);
        assert_eq!(values(&group, 2), [(2.0, 2.0)]);
    }

    #[test]
    fn the_past_is_put_before_the_present_without_a_double_point() {
        let (mut now, mut past) = (Group::default(), Group::default());
        for at in 3..=4 {
            now.open(f64::from(at), 0.0);
            now.set(1, 1.0);
        }
        for at in 1..=3 {
            past.open(f64::from(at), 0.0);
            past.set(1, 0.0);
        }
        now.prepend(&past);
        assert_eq!(values(&now, 1), [(1.0, 0.0), (2.0, 0.0), (3.0, 1.0), (4.0, 1.0)]);
    }
}
