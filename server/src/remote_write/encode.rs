//! What a request is made of: `prometheus.WriteRequest` as Protocol Buffers have it, packed by Snappy (the block format).

use crate::history::{Column, Subject, Table, Tables, series_labels};
use axum::body::Bytes;
use forewatch::catalogue::{METRICS, MetricType};
use std::collections::BTreeMap;

/// The kinds of fields that occur.
const VARINT: u64 = 0;
const FIXED: u64 = 1;
const BYTES: u64 = 2;

/// One series of a flush.
pub(super) struct Series<'a> {
    subject: &'a Subject,
    table: &'a Table,
    column: Column,
}

/// All of them.
pub(super) fn all_series(tables: &Tables) -> impl Iterator<Item = Series<'_>> {
    tables
        .iter()
        .flat_map(|(subject, table)| table.columns.keys().map(move |column| Series { subject, table, column: *column }))
}

/// A request that is being made.
#[derive(Default)]
pub(super) struct Request {
    bytes: Vec<u8>,
    pub(super) samples: usize,
}

impl Request {
    /// Adds what each metric is: its type, meaning and unit.
    pub(super) fn describe(&mut self) {
        for metric in METRICS {
            let kind = if metric.kind == MetricType::Counter { 1 } else { 2 };
            let mut described = Vec::new();
            number(&mut described, 1, kind);
            bytes(&mut described, 2, metric.prometheus_name().as_bytes());
            bytes(&mut described, 4, metric.help.as_bytes());
            bytes(&mut described, 5, metric.unit.prometheus_suffix().as_bytes());
            bytes(&mut self.bytes, 3, &described);
        }
    }

    /// Adds the samples of a series, with these labels besides its own.
    pub(super) fn add(&mut self, series: &Series<'_>, more: &BTreeMap<String, String>) {
        let Series { subject, table, column } = series;
        let Some(metric) = METRICS.get(usize::from(column.metric)) else { return };
        let mut labels = series_labels(subject, column.label);
        labels.extend(more.clone());
        labels.insert("__name__".to_owned(), metric.prometheus_name());
        let mut encoded = Vec::new();
        for (name, value) in &labels {
            let mut label = Vec::new();
            bytes(&mut label, 1, name.as_bytes());
            bytes(&mut label, 2, value.as_bytes());
            bytes(&mut encoded, 1, &label);
        }
        for (at, value) in table.samples(*column, i64::MIN, i64::MAX) {
            let mut sample = Vec::new();
            key(&mut sample, 1, FIXED);
            sample.extend(value.to_le_bytes());
            number(&mut sample, 2, at.cast_unsigned());
            bytes(&mut encoded, 2, &sample);
            self.samples += 1;
        }
        bytes(&mut self.bytes, 1, &encoded);
    }

    /// The body of the request; an error when a series has more than 4 GiB of samples.
    pub(super) fn finish(self) -> Result<Bytes, snap::Error> {
        snap::raw::Encoder::new().compress_vec(&self.bytes).map(Bytes::from)
    }
}

fn varint(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    to.push(value.to_le_bytes()[0]);
}

fn key(to: &mut Vec<u8>, field: u64, kind: u64) {
    varint(to, field << 3 | kind);
}

fn number(to: &mut Vec<u8>, field: u64, value: u64) {
    key(to, field, VARINT);
    varint(to, value);
}

fn bytes(to: &mut Vec<u8>, field: u64, value: &[u8]) {
    key(to, field, BYTES);
    varint(to, value.len() as u64);
    to.extend(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::WorkerId;
    use forewatch::catalogue;

    #[test]
    fn a_series_is_encoded_as_the_protocol_says() {
        let metric = catalogue::find("gpu.utilization").expect("a metric");
        let column = Column::new(u16::try_from(metric.index()).expect("few metrics"), Some(3));
        let mut table = Table { times: vec![1_000, 2_000], ..Table::default() };
        table.columns.insert(column, vec![0.5, f64::NAN]);
        let tables = Tables::from([(Subject::Worker(WorkerId::new("w").expect("a worker")), table)]);
        let mut request = Request::default();
        for series in all_series(&tables) {
            request.add(&series, &BTreeMap::from([("site".to_owned(), "fra".to_owned())]));
        }
        assert_eq!(request.samples, 1, "what is absent is not sent");
        let label = |name: &str, value: &str| {
            let mut label = vec![0x0a, name.len().to_le_bytes()[0]];
            label.extend(name.as_bytes());
            label.extend([0x12, value.len().to_le_bytes()[0]]);
            label.extend(value.as_bytes());
            [&[0x0a, label.len().to_le_bytes()[0]][..], &label].concat()
        };
        let name = metric.metric().prometheus_name();
        // In the order of their names.
        let mut series =
            [label("__name__", &name), label("gpu", "3"), label("site", "fra"), label("worker", "w")].concat();
        series.extend([0x12, 12, 0x09, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0x10, 0xe8, 0x07]);
        let expected = [&[0x0a, series.len().to_le_bytes()[0]][..], &series].concat();
        assert!(series.len() < 128, "its length is one byte");
        assert_eq!(request.bytes, expected);
        let packed = request.finish().expect("it is small");
        assert_eq!(snap::raw::Decoder::new().decompress_vec(&packed).expect("it is Snappy"), expected);
    }
}
