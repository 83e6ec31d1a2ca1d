//! Raw samples, each with its metric's unit and the labels that tell its series apart.

use super::{ExportError, Rows, Sink, cell};
use crate::cli::Format;
use crate::history::{Sample, Subject, walk};
use crate::store::HistoryWalker;
use chrono::{DateTime, SecondsFormat, Utc};
use forewatch::{Unit, catalogue};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::Range;

const COLUMNS: [&str; 7] = ["at", "metric", "unit", "worker", "gpu", "queue", "value"];

/// A sample as it is written; what does not belong to it is left out.
#[derive(Serialize)]
struct Row<'a> {
    at: String,
    metric: &'a str,
    /// Absent for a metric that is not in the catalogue any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<Unit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker: Option<&'a str>,
    /// The device's index.
    #[serde(skip_serializing_if = "Option::is_none")]
    gpu: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<&'a str>,
    value: f64,
}

impl<'a> Row<'a> {
    fn of(sample: &Sample<'a>) -> Self {
        let (worker, queue) = match sample.subject {
            Subject::System => (None, None),
            Subject::Worker(id) => (Some(&**id), None),
            Subject::Queue(name) => (None, Some(&**name)),
        };
        let at = DateTime::from_timestamp_millis(sample.at).unwrap_or_default();
        Self {
            at: at.to_rfc3339_opts(SecondsFormat::Millis, true),
            metric: sample.metric,
            unit: catalogue::find(sample.metric).map(|id| id.metric().unit),
            worker,
            gpu: sample.device.map(|index| index.to_string()),
            queue,
            value: sample.value,
        }
    }
}

/// Writes the samples in `span` of these metrics, or of all when there are none.
pub(super) fn write(
    history: &dyn HistoryWalker,
    span: &Range<DateTime<Utc>>,
    metrics: &BTreeSet<String>,
    format: Format,
    to: impl Write,
) -> Result<u64, ExportError> {
    let mut sink = Sink::begin(to, format, &COLUMNS)?;
    let mut rows = Rows::new();
    // A sample at a part of a millisecond lies at the whole one before it.
    let span = span.start.timestamp_millis()..span.end.timestamp_millis();
    walk(history, &span, metrics, &mut |sample| rows.note(put(&mut sink, &Row::of(sample))))?;
    let count = rows.finish()?;
    sink.finish()?;
    Ok(count)
}

fn put<W: Write>(sink: &mut Sink<W>, row: &Row<'_>) -> io::Result<()> {
    match sink {
        Sink::Ndjson(to) => {
            serde_json::to_writer(&mut *to, row)?;
            to.write_all(b"\n")
        }
        Sink::Csv(table) => {
            let unit = serde_json::to_value(row.unit)?;
            table.write_record([
                &*row.at,
                row.metric,
                &*cell::value(Some(&unit)),
                &*cell::text(row.worker.unwrap_or_default()),
                row.gpu.as_deref().unwrap_or_default(),
                &*cell::text(row.queue.unwrap_or_default()),
                &row.value.to_string(),
            ])?;
            Ok(())
        }
    }
}
