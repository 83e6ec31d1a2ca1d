//! Tasks: whole records as NDJSON, as `GET /tasks/{id}` answers but for what it works out from them; as CSV all but the
//! timeline, under the same names.

use super::{ExportError, Rows, Sink, cell};
use crate::cli::Format;
use crate::store::sqlite::SqliteRecords;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use std::io::{self, Write};
use std::ops::Range;

pub(crate) const COLUMNS: [&str; 38] = [
    "task_id",
    "timestamp",
    "status",
    "state",
    "name",
    "content_type",
    "queue",
    "worker_id",
    "source",
    "source_state",
    "priority",
    "user_id",
    "submitted_at",
    "started_at",
    "completed_at",
    "eta",
    "expires",
    "queue_wait_time",
    "processing_time",
    "total_time",
    "retry_count",
    "timed_out",
    "progress",
    "cpu_time",
    "gpu_time",
    "memory_peak",
    "energy_joules",
    "input_file_size",
    "output_file_size",
    "confidence_score",
    "quality_degraded",
    "parent_id",
    "root_id",
    "args",
    "kwargs",
    "result",
    "error_message",
    "traceback",
];

/// Writes the tasks last heard of in `span`, oldest first.
pub(super) fn write(
    records: &SqliteRecords,
    span: &Range<DateTime<Utc>>,
    format: Format,
    to: impl Write,
) -> Result<u64, ExportError> {
    let mut sink = Sink::begin(to, format, &COLUMNS)?;
    let mut rows = Rows::new();
    records.each_task(span, &mut |record| rows.note(put(&mut sink, record)))?;
    let count = rows.finish()?;
    sink.finish()?;
    Ok(count)
}

fn put<W: Write>(sink: &mut Sink<W>, record: &str) -> io::Result<()> {
    match sink {
        Sink::Ndjson(to) => {
            to.write_all(record.as_bytes())?;
            to.write_all(b"\n")
        }
        Sink::Csv(table) => {
            let record: Map<String, Value> = serde_json::from_str(record)?;
            table.write_record(COLUMNS.map(|name| cell::value(record.get(name)).into_owned()))?;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_of_a_record_but_the_timeline_has_a_column() {
        let time = "2026-11-24T14:00:00Z";
        let mut record = serde_json::json!({
            "task_id": "t", "timestamp": time, "status": "failed", "state": "failed", "retry_count": 0, "source": "http",
        });
        for name in COLUMNS {
            let value = match name {
                "submitted_at" | "started_at" | "completed_at" | "eta" | "expires" => serde_json::json!(time),
                "priority" | "memory_peak" | "input_file_size" | "output_file_size" => serde_json::json!(1),
                "quality_degraded" | "timed_out" => serde_json::json!(true),
                "queue_wait_time" | "processing_time" | "total_time" | "cpu_time" | "gpu_time" | "energy_joules"
                | "confidence_score" | "progress" => serde_json::json!(0.5),
                _ => serde_json::json!("text"),
            };
            record.as_object_mut().expect("an object").entry(name).or_insert(value);
        }
        let task: forewatch::TaskMetrics = serde_json::from_value(record).expect("a task");
        let written = serde_json::to_value(&task).expect("it can be written");
        let members: std::collections::BTreeSet<&str> =
            written.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(members, COLUMNS.into_iter().collect());
    }
}
