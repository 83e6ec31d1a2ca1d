//! History in SQLite: a file of its own beside the log, a table a tier, a row a block.

use super::file::{Part, Place};
use super::{failed, tiers};
use crate::history::{Key, MAX_PARTS, Subject, Tier};
use crate::store::{
    Blocks, HistoryChanges, HistoryReader, HistoryWalker, HistoryWriter, Named, NamedSubject, StoreError, TierSize,
    Walk,
};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

pub(super) const SCHEMA: &[&str] = &[
    "
CREATE TABLE raw (key INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;      -- keys: see history/key.rs
CREATE TABLE minute (key INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE hour (key INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE day (key INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE metric (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE subject (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, name)) STRICT;
CREATE TABLE unfinished (tier TEXT NOT NULL, slot INTEGER NOT NULL, PRIMARY KEY (tier, slot)) STRICT;
",
    tiers::SCHEMA,
    "
ALTER TABLE subject ADD COLUMN seen INTEGER NOT NULL DEFAULT 0; -- day of its newest sample, days since the epoch
CREATE TABLE sketched (since INTEGER NOT NULL) STRICT;          -- one row, Unix seconds
",
];

/// Rows that one call of `trim` deletes at most.
const TRIM: usize = 5_000;
/// Connections that are kept for reading.
const READERS: usize = 4;

pub(super) fn table(tier: Tier) -> &'static str {
    match tier {
        Tier::Raw => "raw",
        Tier::Minute => "minute",
        Tier::Hour => "hour",
        Tier::Day => "day",
    }
}

/// Opens the writer's connection.
pub(super) fn open(place: &Place) -> Result<Connection, StoreError> {
    place.connect(Part::History)
}

impl HistoryWriter for Connection {
    fn write(&mut self, changes: &HistoryChanges) -> Result<(), StoreError> {
        let doing = "writing history";
        let transaction = self.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed(doing))?;
        let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            transaction.prepare_cached(sql).and_then(|mut run| run.execute(values)).map(drop).map_err(failed(doing))
        };
        for (tier, key) in &changes.delete {
            run(&format!("DELETE FROM {} WHERE key = ?", table(*tier)), &[&key.pack()])?;
        }
        for (tier, key, body) in &changes.put {
            // An update, not a replacement: a replaced row is told to no trigger (`tiers.rs`).
            let put = "(key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body";
            run(&format!("INSERT INTO {} {put}", table(*tier)), &[&key.pack(), body])?;
        }
        for (id, name) in &changes.named.metrics {
            run("INSERT INTO metric (id, name) VALUES (?, ?)", &[id, name])?;
        }
        for NamedSubject { number, subject, day } in &changes.named.subjects {
            run(
                "INSERT INTO subject (id, kind, name, seen) VALUES (?, ?, ?, ?)",
                &[number, &subject.kind(), &subject.name(), day],
            )?;
        }
        for NamedSubject { number, day, .. } in &changes.seen {
            run("UPDATE subject SET seen = ? WHERE id = ?", &[day, number])?;
        }
        for number in &changes.gone {
            run("DELETE FROM subject WHERE id = ?", &[number])?;
        }
        if let Some(since) = &changes.sketched_since {
            run("DELETE FROM sketched", &[])?;
            run("INSERT INTO sketched (since) VALUES (?)", &[since])?;
        }
        for (tier, slot) in &changes.begin {
            run("INSERT OR IGNORE INTO unfinished (tier, slot) VALUES (?, ?)", &[&table(*tier), slot])?;
        }
        for (tier, slot) in &changes.end {
            run("DELETE FROM unfinished WHERE tier = ? AND slot = ?", &[&table(*tier), slot])?;
        }
        transaction.commit().map_err(failed(doing))
    }

    fn trim(&mut self, tier: Tier, before: u32) -> Result<bool, StoreError> {
        let table = table(tier);
        let before = Key { slot: before, metric: 0, shard: 0, part: 0 }.pack();
        let deleted = self
            .prepare_cached(&format!(
                "DELETE FROM {table} WHERE key IN (SELECT key FROM {table} WHERE key < ? ORDER BY key LIMIT {TRIM})"
            ))
            .and_then(|mut delete| delete.execute([before]))
            .map_err(failed("trimming history"))?;
        Ok(deleted == TRIM)
    }
}

impl Blocks for Connection {
    fn each(
        &self,
        tier: Tier,
        slot: u32,
        metric: u16,
        shards: Range<u32>,
        each: &mut dyn FnMut(Key, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let doing = "reading history";
        if shards.is_empty() {
            return Ok(());
        }
        let key = |shard, part| Key { slot, metric, shard, part }.pack();
        let mut select = self
            .prepare_cached(&format!("SELECT key, body FROM {} WHERE key BETWEEN ? AND ? ORDER BY key", table(tier)))
            .map_err(failed(doing))?;
        let mut rows =
            select.query(params![key(shards.start, 0), key(shards.end - 1, MAX_PARTS - 1)]).map_err(failed(doing))?;
        while let Some(row) = rows.next().map_err(failed(doing))? {
            let key = Key::unpack(row.get(0).map_err(failed(doing))?);
            each(key, row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(failed(doing))?)?;
        }
        Ok(())
    }

    fn unfinished(&self) -> Result<Vec<(Tier, u32)>, StoreError> {
        let doing = "reading what history has to finish";
        let mut select =
            self.prepare_cached("SELECT tier, slot FROM unfinished ORDER BY tier DESC, slot").map_err(failed(doing))?;
        let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).map_err(failed(doing))?;
        let mut found = Vec::new();
        for row in rows {
            let (word, slot) = row.map_err(failed(doing))?;
            let tier = Tier::ALL.into_iter().find(|tier| table(*tier) == word);
            found.push((tier.ok_or_else(|| StoreError::Damaged(format!("history has no tier {word}")))?, slot));
        }
        Ok(found)
    }

    fn sketched_since(&self) -> Result<Option<i64>, StoreError> {
        self.prepare_cached("SELECT since FROM sketched")
            .and_then(|mut select| select.query_row([], |row| row.get(0)).optional())
            .map_err(failed("reading from when on history has sketches"))
    }

    fn named(&self) -> Result<Named, StoreError> {
        let doing = "reading the names in history";
        let mut named = Named::default();
        let mut select = self.prepare("SELECT id, name FROM metric").map_err(failed(doing))?;
        for row in select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed(doing))? {
            named.metrics.push(row.map_err(failed(doing))?);
        }
        let mut select = self.prepare("SELECT id, kind, name, seen FROM subject").map_err(failed(doing))?;
        let rows = select
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get(3)?)))
            .map_err(failed(doing))?;
        for row in rows {
            let (number, kind, name, day) = row.map_err(failed(doing))?;
            let subject = Subject::from_parts(&kind, &name)
                .ok_or_else(|| StoreError::Damaged(format!("history holds a {kind} named \"{name}\"")))?;
            named.subjects.push(NamedSubject { number, subject, day });
        }
        Ok(named)
    }
}

impl Walk for Connection {
    fn next(&self, tier: Tier, from: Key) -> Result<Option<Key>, StoreError> {
        self.prepare_cached(&format!("SELECT key FROM {} WHERE key >= ? ORDER BY key LIMIT 1", table(tier)))
            .and_then(|mut select| select.query_row([from.pack()], |row| row.get(0)).optional())
            .map(|key| key.map(Key::unpack))
            .map_err(failed("reading history"))
    }
}

/// Readers beside the writer.
pub(crate) struct SqliteHistoryReader {
    place: Place,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteHistoryReader {
    pub(super) fn open(place: &Place) -> Result<Self, StoreError> {
        Ok(Self { place: place.clone(), idle: Mutex::new(vec![place.reader(Part::History)?]) })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.place.reader(Part::History)?,
        };
        let done = work(&mut connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < READERS {
            idle.push(connection);
        }
        done
    }

    /// Works in one transaction, which sees one state of the file, whatever the writer does meanwhile.
    fn at_once(&self, work: impl FnOnce(&Connection) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.with(|connection| {
            let transaction = connection.transaction().map_err(failed("reading history"))?;
            work(&transaction)
        })
    }
}

impl HistoryWalker for SqliteHistoryReader {
    fn walk(&self, work: &mut dyn FnMut(&dyn Walk) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.at_once(|connection| work(connection))
    }
}

impl HistoryReader for SqliteHistoryReader {
    fn read(&self, work: &mut dyn FnMut(&dyn Blocks) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.at_once(|connection| work(connection))
    }

    fn sizes(&self) -> Result<Vec<TierSize>, StoreError> {
        self.with(|connection| tiers::read(connection))
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.with(|connection| connection.query_row("SELECT 1", [], |_| Ok(())).map_err(failed("reading history")))
    }
}
