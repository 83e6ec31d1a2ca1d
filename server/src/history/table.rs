//! The samples of one subject (the system, a queue, a worker with its devices): its series share their times.

use std::collections::BTreeMap;

/// A series of a subject: the metric's number in the store, and the device's index plus one, or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Column {
    pub(crate) metric: u16,
    pub(crate) label: u32,
}

impl Column {
    /// A series of a subject or of one of its devices.
    pub(crate) fn new(metric: u16, device: Option<u32>) -> Self {
        Self { metric, label: device.map_or(0, |index| index.saturating_add(1)) }
    }
}

/// Samples of series that share their times. A value that is not there is NaN inside, and never leaves as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    /// Milliseconds since the epoch, ascending, each once.
    pub(crate) times: Vec<i64>,
    /// A value for each time.
    pub(crate) columns: BTreeMap<Column, Vec<f64>>,
}

impl Table {
    /// The row at `at`, made when there is none.
    pub(crate) fn row(&mut self, at: i64) -> usize {
        // The usual case first: newer than all.
        let row = match self.times.last() {
            Some(newest) if *newest >= at => match self.times.binary_search(&at) {
                Ok(row) => return row,
                Err(row) => row,
            },
            _ => self.times.len(),
        };
        self.times.insert(row, at);
        for values in self.columns.values_mut() {
            values.insert(row, f64::NAN);
        }
        row
    }

    /// Sets a value of a row; a value that is there already is replaced.
    pub(crate) fn set(&mut self, row: usize, column: Column, value: f64) {
        let rows = self.times.len();
        let values = self.columns.entry(column).or_insert_with(|| vec![f64::NAN; rows]);
        values[row] = value;
    }

    /// Takes in the samples of another, which win where both have one.
    pub(crate) fn merge(&mut self, newer: &Self) {
        if self.times.is_empty() {
            self.clone_from(newer);
            return;
        }
        if self.times.last() < newer.times.first() {
            self.append(newer);
            return;
        }
        for at in &newer.times {
            self.row(*at);
        }
        // A row that is made moves those behind it: places hold once all are made.
        let rows: Vec<usize> = newer.times.iter().filter_map(|at| self.times.binary_search(at).ok()).collect();
        let count = self.times.len();
        for (column, values) in &newer.columns {
            let there = self.columns.entry(*column).or_insert_with(|| vec![f64::NAN; count]);
            for (row, value) in rows.iter().zip(values).filter(|(_, value)| !value.is_nan()) {
                there[*row] = *value;
            }
        }
    }

    /// Takes in the samples of one that begins after this one ends: the usual case.
    fn append(&mut self, newer: &Self) {
        let before = self.times.len();
        self.times.extend(&newer.times);
        for (column, values) in &newer.columns {
            self.columns.entry(*column).or_insert_with(|| vec![f64::NAN; before]).extend(values);
        }
        for values in self.columns.values_mut() {
            values.resize(self.times.len(), f64::NAN);
        }
    }

    /// The samples of one series in `from..to`, oldest first.
    pub(crate) fn samples(&self, column: Column, from: i64, to: i64) -> impl Iterator<Item = (i64, f64)> {
        let start = self.times.partition_point(|at| *at < from);
        let end = self.times.partition_point(|at| *at < to).max(start);
        let values = self.columns.get(&column).map_or(&[][..], |values| &values[start..end]);
        self.times[start..end].iter().zip(values).filter(|(_, value)| !value.is_nan()).map(|(at, value)| (*at, *value))
    }

    /// The part in `from..to`, without series that have nothing there.
    pub(crate) fn slice(&self, from: i64, to: i64) -> Self {
        let start = self.times.partition_point(|at| *at < from);
        let end = self.times.partition_point(|at| *at < to).max(start);
        let columns = self.columns.iter().filter_map(|(column, values)| {
            let values = &values[start..end];
            values.iter().any(|value| !value.is_nan()).then(|| (*column, values.to_vec()))
        });
        Self { times: self.times[start..end].to_vec(), columns: columns.collect() }
    }

    /// Samples in it.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.columns.values().map(|values| values.iter().filter(|value| !value.is_nan()).count()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn column(metric: u16) -> Column {
        Column::new(metric, None)
    }

    fn table(samples: &[(i64, u16, f64)]) -> Table {
        let mut table = Table::default();
        for (at, metric, value) in samples {
            let row = table.row(*at);
            table.set(row, column(*metric), *value);
        }
        table
    }

    fn all(table: &Table) -> BTreeMap<(i64, u16), u64> {
        let samples = table
            .columns
            .keys()
            .flat_map(|c| table.samples(*c, i64::MIN, i64::MAX).map(|(at, value)| ((at, c.metric), value.to_bits())));
        samples.collect()
    }

    fn samples() -> impl Strategy<Value = Vec<(i64, u16, f64)>> {
        proptest::collection::vec((0_i64..30, 0_u16..4, 0_u32..9), 0..60)
            .prop_map(|list| list.into_iter().map(|(at, metric, value)| (at, metric, f64::from(value))).collect())
    }

    proptest! {
        #[test]
        fn a_table_holds_the_newest_value_of_each_time_and_series_in_whatever_order_they_come(
            first in samples(), second in samples(), from in 0_i64..30, to in 0_i64..30,
        ) {
            let mut expected = BTreeMap::new();
            for (at, metric, value) in first.iter().chain(&second) {
                expected.insert((*at, *metric), value.to_bits());
            }
            let mut merged = table(&first);
            merged.merge(&table(&second));
            prop_assert_eq!(&all(&merged), &expected);
            prop_assert!(merged.times.is_sorted_by(|a, b| a < b));
            prop_assert_eq!(merged.len(), expected.len());
            expected.retain(|(at, _), _| (from..to).contains(at));
            prop_assert_eq!(all(&merged.slice(from, to)), expected);
        }
    }

    #[test]
    fn a_series_that_begins_late_has_nothing_before_it() {
        let table = table(&[(1, 1, 1.0), (2, 1, 2.0), (3, 2, 3.0)]);
        assert_eq!(table.samples(column(2), 0, 9).collect::<Vec<_>>(), [(3, 3.0)]);
        assert_eq!(table.samples(column(1), 2, 9).collect::<Vec<_>>(), [(2, 2.0)]);
    }
}
