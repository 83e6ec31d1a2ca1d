//! Every task, one by one: the records of a span of time, for an export, and the ids.

use super::{SqliteRecords, StoreError, failed, record};
use chrono::{DateTime, Utc};
use std::ops::{ControlFlow, Range};

impl SqliteRecords {
    pub(super) fn each_id(&self, each: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
        let doing = "reading the ids of tasks";
        self.with(|connection| {
            let mut select = connection.prepare_cached("SELECT task_id FROM tasks").map_err(failed(doing))?;
            let mut rows = select.query([]).map_err(failed(doing))?;
            while let Some(row) = rows.next().map_err(failed(doing))? {
                each(row.get_ref(0).and_then(|value| Ok(value.as_str()?)).map_err(failed(doing))?);
            }
            Ok(())
        })
    }

    /// Calls `each` with the records, as JSON, of the tasks last heard of in `span`, oldest first, as of one moment, until
    /// it breaks off. While it reads, the journal of the records cannot be taken in: it grows, and nobody waits.
    pub(crate) fn each_task(
        &self,
        span: &Range<DateTime<Utc>>,
        each: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let doing = "reading tasks";
        self.with(|connection| {
            let mut select = connection
                .prepare_cached("SELECT record FROM tasks WHERE at >= ? AND at < ? ORDER BY at, number")
                .map_err(failed(doing))?;
            let mut rows =
                select.query([span.start.timestamp_micros(), span.end.timestamp_micros()]).map_err(failed(doing))?;
            while let Some(row) = rows.next().map_err(failed(doing))? {
                if each(&record::json(row.get_ref(0).map_err(failed(doing))?)?).is_break() {
                    break;
                }
            }
            Ok(())
        })
    }
}
