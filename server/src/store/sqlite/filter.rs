//! Filters as SQL: what is asked is always a parameter, never part of the text.

use super::kinship;
use app::query::{QueueAsked, TaskFilter};
use chrono::{DateTime, Utc};
use rusqlite::types::Value;

/// Conditions joined by AND, with their parameters.
#[derive(Default, Clone)]
pub(super) struct Filter {
    /// What is read in the place of the whole table; its parameters are the first.
    among: Option<&'static str>,
    pub(super) conditions: Vec<String>,
    pub(super) values: Vec<Value>,
    /// Whether a row must be read to tell whether it matches: no index holds what is asked for.
    pub(super) reads_rows: bool,
}

impl Filter {
    /// Reads only what `part` selects: said before any condition.
    pub(super) fn among(&mut self, part: &'static str, values: impl IntoIterator<Item = Value>) {
        self.among = Some(part);
        self.values.extend(values);
    }

    pub(super) fn and(&mut self, condition: &str, value: impl Into<Value>) {
        self.conditions.push(condition.to_owned());
        self.values.push(value.into());
    }

    /// `column` is one of `words`; any when there are none.
    pub(super) fn one_of(&mut self, column: &str, words: impl ExactSizeIterator<Item = &'static str>) {
        if words.len() > 0 {
            self.conditions.push(format!("{column} IN ({})", vec!["?"; words.len()].join(", ")));
            self.values.extend(words.map(|word| Value::from(word.to_owned())));
        }
    }

    /// `column` equals `text`, where `*` stands for any text.
    pub(super) fn matches(&mut self, column: &str, text: Option<&str>) {
        match text {
            Some(text) if text.contains('*') => {
                // GLOB's other signs have no meaning here: a class of one sign is that sign.
                let glob: String = text
                    .chars()
                    .map(|sign| if matches!(sign, '?' | '[') { format!("[{sign}]") } else { sign.to_string() })
                    .collect();
                self.and(&format!("{column} GLOB ?"), glob);
            }
            Some(text) => self.and(&format!("{column} = ?"), text.to_owned()),
            None => {}
        }
    }

    pub(super) fn contains(&mut self, column: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.and(&format!("instr({column}, ?) > 0"), text.to_lowercase());
            self.reads_rows = true;
        }
    }

    pub(super) fn between(&mut self, column: &str, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) {
        if let Some(from) = from {
            self.and(&format!("{column} >= ?"), from.timestamp_micros());
        }
        if let Some(to) = to {
            self.and(&format!("{column} < ?"), to.timestamp_micros());
        }
    }

    /// The table, or the part of it that is read, and the conditions: what stands behind `FROM`.
    pub(super) fn from(&self, table: &str) -> String {
        let from = self.among.unwrap_or(table);
        match &self.conditions[..] {
            [] => from.to_owned(),
            conditions => format!("{from} WHERE {}", conditions.join(" AND ")),
        }
    }
}

/// The conditions of a filter for tasks, but for its times.
pub(super) fn matching(filter: &TaskFilter) -> Filter {
    let mut sql = Filter::default();
    let [status, queue, queue_id, worker, name] = if kinship::related(&mut sql, filter) {
        // Relatives are few, which SQLite does not know: it takes no index of anything else.
        ["+status", "+queue", "+queue_id", "+worker", "+name"]
    } else {
        ["status", "queue", "queue_id", "worker", "name"]
    };
    sql.one_of(status, filter.status.iter().map(|status| status.as_str()));
    sql.one_of("state", filter.state.iter().map(|state| state.as_str()));
    match filter.queue.as_deref().map(QueueAsked::of) {
        Some(QueueAsked::Is(id)) => sql.and(&format!("{queue_id} = ?"), id.to_owned()),
        Some(QueueAsked::Ids(ids)) => sql.matches(queue_id, Some(ids)),
        Some(QueueAsked::Names(names)) => sql.matches(queue, Some(names)),
        None => {}
    }
    sql.matches(worker, filter.worker_id.as_deref());
    sql.matches(name, filter.name.as_deref());
    sql.matches("content_type", filter.content_type.as_deref());
    sql.contains("lower(error)", filter.error.as_ref());
    sql.contains("text", filter.q.as_ref());
    if let Some(seconds) = filter.took_at_least {
        sql.and("processing_time >= ?", seconds);
    }
    sql
}

/// The conditions of a filter for tasks.
pub(super) fn within(filter: &TaskFilter) -> Filter {
    let mut sql = matching(filter);
    sql.between("at", filter.from, filter.to);
    sql
}
