//! Reading records: filters, order and cursors, by a small pool of readers.

use super::file::{Part, Place};
use super::filter::{Filter, within};
use super::{StoreError, count, failed, record};
use crate::store::Records;
use app::query::{AlertFilter, TaskFilter, TaskSort};
use forewatch::list::{DEFAULT_LIMIT, MAX_LIMIT, Page};
use forewatch::{Alert, AlertId, TaskId, TaskMetrics};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use std::sync::{Mutex, PoisonError};

/// Readers that are kept open.
const POOL: usize = 4;
/// The condition of an active alert.
const ACTIVE: &str = "state IN ('firing', 'recovering')";

/// The readers.
pub(crate) struct SqliteRecords {
    place: Place,
    idle: Mutex<Vec<Connection>>,
}

/// How a list is ordered: the column, its direction, and the id as the last word.
struct Order {
    column: &'static str,
    id: Id,
    descending: bool,
}

/// What tells the rows of a table apart.
enum Id {
    /// A number: the place of a task in the table.
    Number(&'static str),
    Text(&'static str),
}

impl Id {
    fn column(&self) -> &'static str {
        match self {
            Self::Number(column) | Self::Text(column) => column,
        }
    }
}

impl SqliteRecords {
    pub(super) fn open(place: &Place) -> Result<Self, StoreError> {
        Ok(Self { place: place.clone(), idle: Mutex::new(vec![place.reader(Part::Records)?]) })
    }

    pub(super) fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| self.place.reader(Part::Records), Ok)?;
        let result = read(&connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < POOL {
            idle.push(connection);
        }
        result
    }

    fn page<T: serde::de::DeserializeOwned>(
        &self,
        table: &'static str,
        mut filter: Filter,
        order: &Order,
        cursor: Option<&String>,
        limit: usize,
    ) -> Result<Page<T>, StoreError> {
        let doing = "reading records";
        let limit = if limit == 0 { DEFAULT_LIMIT } else { limit.min(MAX_LIMIT) };
        self.with(|connection| {
            let all = filter.clone();
            let Order { column, id, descending } = order;
            if let Some(cursor) = cursor {
                let sign = if *descending { "<" } else { ">" };
                filter.conditions.push(format!("({column}, {}) {sign} (?, ?)", id.column()));
                filter.values.extend(read_cursor(cursor, id)?);
            }
            let id = id.column();
            let direction = if *descending { "DESC" } else { "ASC" };
            let sql = format!(
                "SELECT {column}, {id}, record FROM {} ORDER BY {column} {direction}, {id} {direction} LIMIT {}",
                filter.from(table),
                limit + 1
            );
            let mut select = connection.prepare_cached(&sql).map_err(failed(doing))?;
            let rows = select
                .query_map(params_from_iter(&filter.values), |row| {
                    Ok((row.get::<_, Value>(0)?, row.get::<_, Value>(1)?, row.get::<_, Value>(2)?))
                })
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(failed(doing))?;
            let next_cursor =
                (rows.len() > limit).then(|| rows.get(limit - 1).map(|row| write_cursor(&row.0, &row.1))).flatten();
            let items: Vec<T> = rows.iter().take(limit).map(|row| parse(&row.2)).collect::<Result<_, _>>()?;
            let is_all = cursor.is_none() && next_cursor.is_none();
            let (total, total_exact) = if is_all {
                (items.len() as u64, true)
            } else {
                count::some(connection, table, &all, count::PATIENCE)?
            };
            Ok(Page { total: total.max(items.len() as u64), items, next_cursor, total_exact })
        })
    }

    fn one<T: serde::de::DeserializeOwned>(&self, sql: &str, id: &str) -> Result<Option<T>, StoreError> {
        self.with(|connection| {
            connection
                .prepare_cached(sql)
                .and_then(|mut select| select.query_row([id], |row| row.get::<_, Value>(0)).optional())
                .map_err(failed("reading a record"))?
                .map(|record| parse(&record))
                .transpose()
        })
    }
}

impl Records for SqliteRecords {
    fn tasks(&self, filter: &TaskFilter) -> Result<Page<TaskMetrics>, StoreError> {
        let mut sql = within(filter);
        let (column, descending) = match filter.sort {
            TaskSort::Newest => ("at", true),
            TaskSort::Oldest => ("at", false),
            TaskSort::ProcessingTime => ("processing_time", true),
            TaskSort::QueueWaitTime => ("queue_wait_time", true),
        };
        if matches!(filter.sort, TaskSort::ProcessingTime | TaskSort::QueueWaitTime) {
            sql.conditions.push(format!("{column} IS NOT NULL"));
        }
        let order = Order { column, id: Id::Number("number"), descending };
        self.page("tasks", sql, &order, filter.cursor.as_ref(), filter.limit)
    }

    fn count_tasks(&self, filter: &TaskFilter) -> Result<u64, StoreError> {
        self.with(|connection| count::all(connection, "tasks", &within(filter)))
    }

    fn task(&self, id: &TaskId) -> Result<Option<TaskMetrics>, StoreError> {
        self.one("SELECT record FROM tasks WHERE task_id = ?", id)
    }

    fn task_ids(&self, each: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
        self.each_id(each)
    }

    fn alerts(&self, filter: &AlertFilter) -> Result<Page<Alert>, StoreError> {
        let mut sql = Filter::default();
        match filter.state.as_deref() {
            None | Some("active") => sql.conditions.push(ACTIVE.to_owned()),
            Some("acknowledged") => sql.conditions.push(format!("{ACTIVE} AND acknowledged = 1")),
            Some("suppressed") => sql.conditions.push(format!("{ACTIVE} AND suppressed = 1")),
            Some(word @ ("pending" | "firing" | "recovering" | "resolved")) => sql.and("state = ?", word.to_owned()),
            Some("all") => {}
            Some(other) => {
                return Err(StoreError::Invalid(format!(
                    "state \"{other}\" is not known: use active, acknowledged, suppressed, pending, firing, recovering, \
                     resolved or all"
                )));
            }
        }
        sql.one_of("severity", filter.severity.iter().map(|severity| severity.as_str()));
        if let Some(component) = filter.component {
            sql.and("component = ?", component.as_str().to_owned());
        }
        sql.matches("component_id", filter.component_id.as_deref());
        if let Some(rule) = &filter.rule {
            sql.and("rule = ?", rule.to_string());
        }
        sql.contains("text", filter.q.as_ref());
        sql.between("at", filter.from, filter.to);
        let order = Order { column: "at", id: Id::Text("alert_id"), descending: true };
        self.page("alerts", sql, &order, filter.cursor.as_ref(), filter.limit)
    }

    fn alert(&self, id: &AlertId) -> Result<Option<Alert>, StoreError> {
        self.one("SELECT record FROM alerts WHERE alert_id = ?", id)
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.with(|connection| {
            // Real tables: without a page to read, SQLite answers even when its file is gone.
            let ask = "SELECT EXISTS (SELECT 1 FROM tasks) + EXISTS (SELECT 1 FROM alerts)";
            connection.query_row(ask, [], |_| Ok(())).map_err(failed("asking the store whether it is there"))
        })
    }

    fn sizes(&self) -> [(&'static str, u64); 3] {
        self.place.sizes()
    }
}

fn parse<T: serde::de::DeserializeOwned>(record: &Value) -> Result<T, StoreError> {
    serde_json::from_str(&record::json(record.into())?)
        .map_err(|error| StoreError::Damaged(format!("a record cannot be read: {error}")))
}

/// A cursor: the sort value and the id of the last row of a page.
fn write_cursor(at: &Value, id: &Value) -> String {
    let id = match id {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        _ => String::new(),
    };
    match at {
        Value::Integer(at) => format!("i{at}_{id}"),
        Value::Real(at) => format!("r{:x}_{id}", at.to_bits()),
        _ => format!("n_{id}"),
    }
}

fn read_cursor(cursor: &str, id: &Id) -> Result<[Value; 2], StoreError> {
    let wrong = || StoreError::Invalid("the cursor is not one of ours: take next_cursor of the page before".to_owned());
    let (at, last) = cursor.split_once('_').ok_or_else(wrong)?;
    let at = match at.split_at_checked(1) {
        Some(("i", number)) => Value::Integer(number.parse().map_err(|_| wrong())?),
        Some(("r", bits)) => Value::Real(f64::from_bits(u64::from_str_radix(bits, 16).map_err(|_| wrong())?)),
        _ => return Err(wrong()),
    };
    let last = match id {
        Id::Number(_) => Value::Integer(last.parse().map_err(|_| wrong())?),
        Id::Text(_) => Value::Text(last.to_owned()),
    };
    Ok([at, last])
}
