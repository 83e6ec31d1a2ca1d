//! Reading the outbox: what is due, the list of deliveries, counts.

use super::SqliteOutbox;
use crate::notify::{Attempt, Counted, Delivery, Due, Message, Next, Status, Wanted};
use crate::store::StoreError;
use crate::store::sqlite::failed;
use chrono::{DateTime, Utc};
use forewatch::AlertSeverity;
use forewatch::list::{MAX_LIMIT, Page};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

const COLUMNS: &str = "n, id, channel, status, title, severity, created, next, ended, message";

pub(super) fn json<T: DeserializeOwned>(body: &str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|error| StoreError::Damaged(format!("the outbox cannot be read: {error}")))
}

pub(super) fn write(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(format!("it cannot be written: {error}")))
}

fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// A row of the list, before its attempts are read.
struct Listed {
    n: i64,
    delivery: Delivery,
    message: String,
}

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    let text = |column| row.get::<_, String>(column);
    let status = text(3)?.parse().unwrap_or(Status::Dead);
    let delivery = Delivery {
        id: text(1)?,
        channel: text(2)?,
        status,
        title: text(4)?,
        severity: text(5)?.parse().unwrap_or(AlertSeverity::Info),
        alerts: Vec::new(),
        created_at: time(row.get(6)?),
        next_attempt_at: (status == Status::Waiting).then_some(time(row.get(7)?)),
        ended_at: row.get::<_, Option<i64>>(8)?.map(time),
        attempts: Vec::new(),
    };
    Ok(Listed { n: row.get(0)?, delivery, message: text(9)? })
}

/// The delivery with its alerts and every attempt.
fn whole(connection: &Connection, listed: Listed) -> Result<Delivery, StoreError> {
    let doing = "reading attempts";
    let mut select = connection
        .prepare_cached("SELECT at, took, accepted, answer FROM attempt WHERE delivery = ? ORDER BY at, rowid")
        .map_err(failed(doing))?;
    let attempts = select
        .query_map([listed.n], |row| {
            Ok(Attempt {
                at: time(row.get(0)?),
                duration: row.get::<_, i64>(1)? as f64 / 1e6,
                accepted: row.get(2)?,
                answer: row.get(3)?,
            })
        })
        .and_then(Iterator::collect)
        .map_err(failed(doing))?;
    let alerts = json::<Message>(&listed.message)?.about().cloned().collect();
    Ok(Delivery { alerts, attempts, ..listed.delivery })
}

impl SqliteOutbox {
    /// Whether there is a delivery of a group, whatever became of it.
    pub(crate) fn knows(&self, group: &str) -> Result<bool, StoreError> {
        self.lock()
            .query_row("SELECT EXISTS (SELECT 1 FROM delivery WHERE grouped = ?)", [group], |row| row.get(0))
            .map_err(failed("looking for a delivery"))
    }

    /// What a channel has to do: of each group the oldest waits for its time, the others for that one.
    pub(crate) fn next(&self, channel: &str, now: DateTime<Utc>) -> Result<Next, StoreError> {
        let doing = "reading what is due";
        let connection = self.lock();
        let row = connection
            .prepare_cached(
                "SELECT next, id, message, tries, give_up FROM delivery d WHERE channel = ? AND status = 'waiting' \
                 AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.channel = d.channel AND e.grouped = d.grouped \
                 AND e.status = 'waiting' AND e.n < d.n) ORDER BY next, n LIMIT 1",
            )
            .and_then(|mut select| {
                let read = |row: &Row<'_>| {
                    let text = |column| row.get::<_, String>(column);
                    Ok((row.get::<_, i64>(0)?, text(1)?, text(2)?, row.get::<_, u32>(3)?, row.get::<_, i64>(4)?))
                };
                select.query_row([channel], read).optional()
            })
            .map_err(failed(doing))?;
        let Some((next, id, message, tries, give_up)) = row else { return Ok(Next::Nothing) };
        if time(next) > now {
            return Ok(Next::At(time(next)));
        }
        Ok(Next::Now(Box::new(Due { id, message: json(&message)?, tries, give_up_at: time(give_up) })))
    }

    /// Deliveries that match, newest first, a page of them.
    pub(crate) fn deliveries(&self, wanted: &Wanted) -> Result<Page<Delivery>, StoreError> {
        let doing = "reading deliveries";
        let (mut conditions, mut values) = (vec!["1"], Vec::new());
        if let Some(channel) = &wanted.channel {
            conditions.push("channel = ?");
            values.push(Value::from(channel.clone()));
        }
        if !wanted.status.is_empty() {
            let words: Vec<_> = wanted.status.iter().map(|status| status.as_str()).collect();
            conditions.push("status IN (SELECT value FROM json_each(?))");
            values.push(Value::from(write(&words)?));
        }
        if let Some(alert) = &wanted.alert {
            conditions.push("n IN (SELECT delivery FROM about WHERE alert = ?)");
            values.push(Value::from(alert.to_string()));
        }
        let connection = self.lock();
        let count = format!("SELECT count(*) FROM delivery WHERE {}", conditions.join(" AND "));
        let total: i64 =
            connection.query_row(&count, params_from_iter(&values), |row| row.get(0)).map_err(failed(doing))?;
        if let Some(cursor) = &wanted.cursor {
            let last: i64 = cursor.parse().map_err(|_| {
                StoreError::Invalid("is not one of ours: use next_cursor as it was answered".to_owned())
            })?;
            conditions.push("n < ?");
            values.push(Value::from(last));
        }
        let limit = wanted.limit.clamp(1, MAX_LIMIT);
        let sql = format!(
            "SELECT {COLUMNS} FROM delivery WHERE {} ORDER BY n DESC LIMIT {}",
            conditions.join(" AND "),
            limit + 1
        );
        let mut select = connection.prepare_cached(&sql).map_err(failed(doing))?;
        let mut rows: Vec<_> =
            select.query_map(params_from_iter(&values), listed).and_then(Iterator::collect).map_err(failed(doing))?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|row| row.n.to_string());
        let items = rows.into_iter().map(|row| whole(&connection, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total: total.unsigned_abs(), total_exact: true })
    }

    fn find(&self, column: &'static str, value: &str) -> Result<Option<Delivery>, StoreError> {
        let connection = self.lock();
        let row = connection
            .query_row(&format!("SELECT {COLUMNS} FROM delivery WHERE {column} = ?"), [value], listed)
            .optional()
            .map_err(failed("reading a delivery"))?;
        row.map(|row| whole(&connection, row)).transpose()
    }

    /// The delivery of a group that has one alone.
    pub(crate) fn of_group(&self, group: &str) -> Result<Option<Delivery>, StoreError> {
        self.find("grouped", group)
    }

    /// One delivery.
    pub(crate) fn delivery(&self, id: &str) -> Result<Option<Delivery>, StoreError> {
        self.find("id", id)
    }

    /// How many wait or were given up, by channel.
    pub(crate) fn counted(&self) -> Result<BTreeMap<String, Counted>, StoreError> {
        let doing = "counting deliveries";
        let connection = self.lock();
        let mut select = connection
            .prepare_cached(
                "SELECT channel, sum(status = 'waiting'), sum(status = 'dead'), \
                 min(CASE status WHEN 'waiting' THEN created END) FROM delivery WHERE status != 'sent' GROUP BY channel",
            )
            .map_err(failed(doing))?;
        select
            .query_map([], |row| {
                let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
                let oldest = row.get::<_, Option<i64>>(3)?.map(time);
                Ok((row.get(0)?, Counted { waiting: count(1)?, dead: count(2)?, oldest }))
            })
            .and_then(Iterator::collect)
            .map_err(failed(doing))
    }
}
