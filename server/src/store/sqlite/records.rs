//! Writing records, and trimming them: the projector's side of the store.

use super::file::{Part, Place};
use super::log::sql;
use super::tallies::Tallies;
use super::{StoreError, failed, kinship, queue_ids, tally_days, tally_schema, task_table, trimmed};
use crate::stats::{Dimension, Grain, MAX_KEYS};
use crate::store::{KeptTallies, Projection};
use chrono::{DateTime, Utc};
use forewatch::{Alert, AlertId, TaskMetrics};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::sync::Arc;

pub(super) const SCHEMA: &[&str] = &[
    "
CREATE TABLE state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    version INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE TABLE tasks (
    task_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,            -- last heard of, microseconds since the epoch
    status TEXT NOT NULL,
    state TEXT NOT NULL,
    queue TEXT,
    worker TEXT,
    name TEXT,
    content_type TEXT,
    processing_time REAL,
    queue_wait_time REAL,
    error TEXT,
    text TEXT NOT NULL,             -- what a search looks through, in lower case
    record TEXT NOT NULL            -- the whole record as JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_at ON tasks (at, task_id);
CREATE INDEX tasks_status ON tasks (status, at, task_id);
CREATE INDEX tasks_queue ON tasks (queue, at, task_id);
CREATE INDEX tasks_worker ON tasks (worker, at, task_id);
CREATE INDEX tasks_name ON tasks (name, at, task_id);
CREATE TABLE alerts (
    alert_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,            -- first raised
    state TEXT NOT NULL,
    acknowledged INTEGER NOT NULL,
    suppressed INTEGER NOT NULL,
    severity TEXT NOT NULL,
    component TEXT NOT NULL,
    component_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    resolved_at INTEGER,
    text TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_at ON alerts (at, alert_id);
CREATE INDEX alerts_resolved ON alerts (resolved_at);
",
    // How far the records are: those of all events up to here are written.
    "
CREATE TABLE written (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    sequence INTEGER NOT NULL
) STRICT;
",
    super::tally_schema::SCHEMA,
    super::trimmed::SCHEMA,
    super::task_table::SCHEMA,
    super::kinship::SCHEMA,
    super::queue_ids::SCHEMA,
];

/// Rows that one step of trimming deletes at most.
const TRIM_ROWS: usize = 2_000;

/// The projector's connection.
pub(crate) struct SqliteProjection {
    records: Connection,
    pub(super) tallies: Tallies,
}

impl SqliteProjection {
    pub(super) fn open(place: &Place) -> Result<Self, StoreError> {
        let mut records = place.connect(Part::Records)?;
        tally_schema::fill(&mut records)?;
        kinship::fill(&mut records)?;
        queue_ids::fill(&mut records)?;
        Ok(Self { records, tallies: Tallies::new(MAX_KEYS) })
    }
}

impl Projection for SqliteProjection {
    fn written(&self) -> Result<u64, StoreError> {
        self.records
            .query_row("SELECT sequence FROM written", [], |row| row.get::<_, i64>(0))
            .optional()
            .map(|sequence| sequence.unwrap_or(0).unsigned_abs())
            .map_err(failed("reading how far the records are"))
    }

    fn write(
        &mut self,
        tasks: &[Arc<TaskMetrics>],
        alerts: &[Arc<Alert>],
        gone: &[AlertId],
        sequence: u64,
    ) -> Result<(), StoreError> {
        let doing = "writing records";
        let transaction = self.records.transaction().map_err(failed(doing))?;
        self.tallies.begin(&transaction)?;
        for task in tasks {
            let end = self.tallies.replace(&transaction, task)?;
            task_table::write(&transaction, task, end).map_err(failed(doing))?;
        }
        self.tallies.write(&transaction)?;
        write_alerts(&transaction, alerts).map_err(failed(doing))?;
        for id in gone {
            transaction
                .execute("DELETE FROM alerts WHERE alert_id = ? AND state = 'pending'", [&**id])
                .map_err(failed(doing))?;
        }
        transaction
            .execute("INSERT OR REPLACE INTO written (only, sequence) VALUES (1, ?)", [sql(sequence)])
            .map_err(failed(doing))?;
        transaction.commit().map_err(failed(doing))?;
        self.tallies.committed();
        Ok(())
    }

    fn trim_records(&mut self, tasks_before: DateTime<Utc>, alerts_before: DateTime<Utc>) -> Result<bool, StoreError> {
        let tasks = trimmed::trim(&mut self.records, tasks_before, TRIM_ROWS)?;
        let alerts = self
            .records
            .execute(
                "DELETE FROM alerts WHERE alert_id IN \
                 (SELECT alert_id FROM alerts WHERE state = 'resolved' AND resolved_at < ? LIMIT ?)",
                params![alerts_before.timestamp_micros(), sql(TRIM_ROWS as u64)],
            )
            .map_err(failed("trimming alerts"))?;
        Ok(tasks >= TRIM_ROWS || alerts >= TRIM_ROWS)
    }

    fn settle_tallies(&mut self, now: DateTime<Utc>, kept: &KeptTallies) -> Result<bool, StoreError> {
        let doing = "making days of tallies";
        let mut more = false;
        for dimension in Dimension::ALL {
            let transaction = self.records.transaction().map_err(failed(doing))?;
            if tally_days::roll(&transaction, dimension, self.tallies.most_keys, now.timestamp())? {
                // From when on there are days is read anew.
                self.tallies = Tallies::new(self.tallies.most_keys);
                more = true;
            }
            transaction.commit().map_err(failed(doing))?;
            let fine = if dimension == Dimension::System { kept.days } else { kept.hours };
            for (grain, kept) in [(Grain::Fine, fine), (Grain::Day, kept.days)] {
                more |= tally_days::trim(&self.records, dimension, grain, (now - kept).timestamp())?;
            }
        }
        Ok(more)
    }
}

fn write_alerts(transaction: &Transaction<'_>, alerts: &[Arc<Alert>]) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR REPLACE INTO alerts (alert_id, at, state, acknowledged, suppressed, severity, component, \
         component_id, rule, resolved_at, text, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for alert in alerts {
        insert.execute(params![
            &*alert.alert_id,
            alert.timestamp.timestamp_micros(),
            alert.state.as_str(),
            alert.acknowledged,
            alert.suppressed_by.is_some(),
            alert.severity.as_str(),
            alert.component.as_str(),
            alert.component_id,
            &*alert.rule_id,
            alert.resolved_at.map(|at| at.timestamp_micros()),
            format!("{}\n{}", alert.title, alert.description).to_lowercase(),
            json(&**alert)?,
        ])?;
    }
    Ok(())
}

fn json<T: serde::Serialize>(record: &T) -> rusqlite::Result<String> {
    serde_json::to_string(record).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}
