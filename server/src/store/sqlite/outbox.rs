//! The outbox: what each channel was told, what is to be sent, and every attempt, in a file of its own.
//!
//! What a look at the alerts decides is one transaction: what was told and the deliveries that follow from it are there
//! together, or neither is and the same is decided again. So a crash loses no alarm. An attempt is noted after it was
//! made: one that a crash came between is made again, with the same id.

mod read;
mod schema;
#[cfg(test)]
mod tests;

use super::file::{Part, Place};
use super::{StoreError, failed};
use crate::notify::{Attempt, ChannelTold, New, Then, Told};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Transaction, params};
pub(super) use schema::SCHEMA;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Deliveries that wait for one channel at most; beyond, the oldest are given up.
const WAITING: u64 = 1_000;
/// Deliveries that are kept at most, once they are sent or given up.
const ENDED: u64 = 10_000;
/// How long those are kept.
const KEPT: TimeDelta = TimeDelta::days(30);

/// The outbox's file. Calls block for milliseconds: callers use `spawn_blocking`.
pub(crate) struct SqliteOutbox(Mutex<Connection>);

impl SqliteOutbox {
    pub(super) fn open(place: &Place) -> Result<Self, StoreError> {
        Ok(Self(Mutex::new(place.connect(Part::Outbox)?)))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(
        &self,
        doing: &'static str,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction().map_err(failed(doing))?;
        let value = change(&transaction).map_err(failed(doing))?;
        transaction.commit().map_err(failed(doing))?;
        Ok(value)
    }

    /// What every channel was told.
    pub(crate) fn told(&self) -> Result<Told, StoreError> {
        let connection = self.lock();
        let doing = "reading what was told";
        let mut select = connection.prepare("SELECT channel, body FROM told").map_err(failed(doing))?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).map_err(failed(doing))?;
        rows.map(|row| {
            let (channel, body) = row.map_err(failed(doing))?;
            Ok((channel, read::json(&body)?))
        })
        .collect()
    }

    /// Keeps what was told of those channels that changed, and what is to be sent because of it: all or nothing.
    pub(crate) fn keep(&self, changed: &[(&str, &ChannelTold)], new: &[New]) -> Result<(), StoreError> {
        let told: Vec<_> =
            changed.iter().map(|(name, told)| Ok((*name, read::write(told)?))).collect::<Result<_, _>>()?;
        let new: Vec<_> = new.iter().map(|new| Ok((new, read::write(&new.message)?))).collect::<Result<_, _>>()?;
        self.change("writing the outbox", |transaction| {
            for (channel, body) in &told {
                transaction
                    .execute("INSERT OR REPLACE INTO told (channel, body) VALUES (?, ?)", params![channel, body])?;
            }
            for (new, message) in &new {
                add(transaction, new, message)?;
                give_way(transaction, &new.channel, new.message.at)?;
            }
            Ok(())
        })
    }

    /// Notes an attempt, and what becomes of the delivery.
    pub(crate) fn attempted(&self, id: &str, attempt: &Attempt, then: Then) -> Result<(), StoreError> {
        let ended = attempt.at.timestamp_micros().saturating_add(micros(attempt.duration));
        self.change("noting an attempt", |transaction| {
            let n = transaction.query_row("SELECT n FROM delivery WHERE id = ?", [id], |row| row.get::<_, i64>(0))?;
            note(transaction, n, attempt)?;
            let (status, next, ended) = match then {
                Then::Again(next) => ("waiting", Some(next.timestamp_micros()), None),
                Then::Sent => ("sent", None, Some(ended)),
                Then::GivenUp => ("dead", None, Some(ended)),
            };
            transaction.execute(
                "UPDATE delivery SET tries = tries + 1, status = ?, next = coalesce(?, next), ended = ? WHERE n = ?",
                params![status, next, ended, n],
            )?;
            Ok(())
        })
    }

    /// Lets a delivery that was given up wait again; false when it is not one of those.
    pub(crate) fn send_again(&self, id: &str, now: DateTime<Utc>, give_up: DateTime<Utc>) -> Result<bool, StoreError> {
        self.change("sending again", |transaction| {
            let changed = transaction.execute(
                "UPDATE delivery SET status = 'waiting', ended = NULL, tries = 0, next = ?, give_up = ? \
                 WHERE id = ? AND status = 'dead'",
                params![now.timestamp_micros(), give_up.timestamp_micros(), id],
            )?;
            Ok(changed > 0)
        })
    }

    /// Gives up what waits for channels that are no longer there, and forgets what those were told.
    pub(crate) fn without_others(&self, channels: &[&str], now: DateTime<Utc>) -> Result<(), StoreError> {
        self.change("leaving out channels", |transaction| {
            let names = serde_json::to_string(channels).unwrap_or_default();
            let of_others = "channel NOT IN (SELECT value FROM json_each(?))";
            let sql = format!("SELECT n FROM delivery WHERE status = 'waiting' AND {of_others}");
            let waiting: Vec<i64> =
                transaction.prepare(&sql)?.query_map([&names], |row| row.get(0))?.collect::<Result<_, _>>()?;
            for n in waiting {
                give_up(transaction, n, "the channel is no longer in the configuration", now)?;
            }
            transaction.execute(&format!("DELETE FROM told WHERE {of_others}"), [&names])?;
            Ok(())
        })
    }

    /// Deletes what is too old, or too much.
    pub(crate) fn trim(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.change("trimming the outbox", |transaction| {
            transaction.execute(
                "DELETE FROM delivery WHERE status != 'waiting' AND (ended < ? OR n <= \
                 (SELECT n FROM delivery WHERE status != 'waiting' ORDER BY n DESC LIMIT 1 OFFSET ?))",
                params![(now - KEPT).timestamp_micros(), i64::try_from(ENDED).unwrap_or(i64::MAX)],
            )?;
            transaction.execute("DELETE FROM used WHERE expires < ?", [now.timestamp_micros()])?;
            Ok(())
        })
    }

    /// Uses a token up; false when it was used before.
    pub(crate) fn use_up(&self, token: &str, expires: DateTime<Utc>) -> Result<bool, StoreError> {
        self.change("using a link", |transaction| {
            let insert = "INSERT OR IGNORE INTO used (token, expires) VALUES (?, ?)";
            Ok(transaction.execute(insert, params![token, expires.timestamp_micros()])? > 0)
        })
    }

    /// Takes that back: nothing came of it.
    pub(crate) fn give_back(&self, token: &str) -> Result<(), StoreError> {
        self.change("giving a link back", |transaction| {
            transaction.execute("DELETE FROM used WHERE token = ?", [token]).map(drop)
        })
    }
}

fn add(transaction: &Transaction<'_>, new: &New, message: &str) -> rusqlite::Result<()> {
    let (at, severity) = (new.message.at.timestamp_micros(), new.message.severity().as_str());
    transaction.execute(
        "INSERT INTO delivery (id, channel, grouped, status, created, next, give_up, title, severity, message) \
         VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?)",
        params![
            ulid::Ulid::new().to_string(),
            new.channel,
            new.message.group,
            at,
            at,
            new.give_up_at.timestamp_micros(),
            new.title,
            severity,
            message
        ],
    )?;
    let n = transaction.last_insert_rowid();
    for id in new.message.about() {
        transaction.execute("INSERT OR IGNORE INTO about (alert, delivery) VALUES (?, ?)", params![id.as_str(), n])?;
    }
    Ok(())
}

/// Gives up the oldest of a channel for which too many wait.
fn give_way(transaction: &Transaction<'_>, channel: &str, now: DateTime<Utc>) -> rusqlite::Result<()> {
    let sql = "SELECT n FROM delivery WHERE channel = ? AND status = 'waiting' ORDER BY n DESC LIMIT -1 OFFSET ?";
    let limit = i64::try_from(WAITING).unwrap_or(i64::MAX);
    let beyond: Vec<i64> = transaction
        .prepare_cached(sql)?
        .query_map(params![channel, limit], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    beyond.into_iter().try_for_each(|n| give_up(transaction, n, "newer ones took its place: too many waited", now))
}

fn give_up(transaction: &Transaction<'_>, n: i64, why: &str, now: DateTime<Utc>) -> rusqlite::Result<()> {
    note(transaction, n, &Attempt { at: now, duration: 0.0, accepted: false, answer: why.to_owned() })?;
    let sql = "UPDATE delivery SET status = 'dead', ended = ? WHERE n = ?";
    transaction.execute(sql, params![now.timestamp_micros(), n]).map(drop)
}

fn note(transaction: &Transaction<'_>, n: i64, attempt: &Attempt) -> rusqlite::Result<()> {
    let Attempt { at, duration, accepted, answer } = attempt;
    let took = micros(*duration);
    let sql = "INSERT INTO attempt (delivery, at, took, accepted, answer) VALUES (?, ?, ?, ?, ?)";
    transaction.execute(sql, params![n, at.timestamp_micros(), took, accepted, answer]).map(drop)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "an attempt takes seconds; more would be cut to the largest number"
)]
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6) as i64
}
