//! What a search for tasks may go on with: qualifiers, and the values that are known for them.

use crate::task_search::{QUALIFIERS, Term, terms};
use forewatch::{TaskMetrics, TaskState, TaskStatus};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ways to go on that are offered at most.
const OFFERED: usize = 12;
/// Characters of an error that are offered.
const ERROR: usize = 28;

/// The names that tasks can be searched by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaskWords {
    /// Queues.
    pub queues: Vec<String>,
    /// Names of tasks that ended lately, the most frequent first.
    pub names: Vec<String>,
    /// Workers.
    pub workers: Vec<String>,
}

impl TaskWords {
    fn values(&self, qualifier: &str) -> Vec<&str> {
        fn all(names: &[String]) -> Vec<&str> {
            names.iter().map(String::as_str).collect()
        }
        match qualifier {
            "status" => TaskStatus::ALL.iter().map(|status| status.as_str()).collect(),
            "state" => TaskState::ALL.iter().map(|state| state.as_str()).collect(),
            "queue" => all(&self.queues),
            "name" => all(&self.names),
            "worker" => all(&self.workers),
            "took" => vec![">30s", ">1m", ">5m", ">1h"],
            "from" | "to" => vec!["15m", "1h", "24h", "7d"],
            _ => Vec::new(),
        }
    }

    /// The searches that what is typed may become.
    pub fn complete(&self, typed: &str) -> Vec<String> {
        let is_open = typed.matches('"').count() % 2 == 1;
        let begin = if is_open { None } else { Some(typed.rfind(char::is_whitespace).map_or(0, |at| at + 1)) };
        let Some(begin) = begin else { return Vec::new() };
        let (before, part) = typed.split_at(begin);
        let whole = |text: String| before.to_owned() + &text;
        match part.split_once(':') {
            None => {
                let fitting = QUALIFIERS.iter().filter(|qualifier| qualifier.starts_with(part));
                fitting.map(|qualifier| whole(format!("{qualifier}:"))).collect()
            }
            Some((qualifier, value)) => {
                let value = value.to_lowercase();
                let fitting = self.values(qualifier).into_iter().filter(|known| known.to_lowercase().contains(&value));
                fitting.take(OFFERED).map(|known| whole(Term::of(qualifier, known).text())).collect()
            }
        }
    }
}

/// Filters that make sense for what is listed and are not in the search yet.
pub fn hints(search: &str, listed: &[TaskMetrics]) -> Vec<String> {
    let had: Vec<_> = terms(search).into_iter().filter_map(|term| term.qualifier).collect();
    let most = |of: fn(&TaskMetrics) -> Option<String>| {
        let mut counts = BTreeMap::new();
        for name in listed.iter().filter_map(of) {
            *counts.entry(name).or_insert(0) += 1;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name)
    };
    let error = listed.iter().find_map(|task| task.error_message.as_deref());
    let error = error.map(|error| {
        let words: String = error.chars().take(ERROR).collect();
        crate::task_search::without_quotes(&words).to_owned()
    });
    let offered = [
        ("status", Some("failed".to_owned())),
        ("status", Some("processing".to_owned())),
        ("name", most(|task| task.name.clone())),
        ("queue", most(|task| task.queue_id().map(|id| id.to_string()))),
        ("worker", most(|task| task.worker_id.as_ref().map(ToString::to_string))),
        ("error", error),
        ("took", Some(">5m".to_owned())),
        ("from", Some("1h".to_owned())),
    ];
    let fresh = offered.into_iter().filter(|(qualifier, _)| !had.iter().any(|had| had == qualifier));
    fresh.filter_map(|(qualifier, value)| Some(Term::of(qualifier, value?).text())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> TaskWords {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        TaskWords {
            queues: all(&["gpu_big", "cpu"]),
            names: all(&["media.transcode", "resize all"]),
            workers: all(&["w-1"]),
        }
    }

    #[test]
    fn what_is_typed_goes_on_with_qualifiers_and_known_values() {
        assert_eq!(words().complete("st"), ["status:", "state:"]);
        assert_eq!(words().complete("status:failed qu"), ["status:failed queue:"]);
        assert_eq!(words().complete("queue:GPU"), ["queue:gpu_big"]);
        assert_eq!(words().complete("status:failed name:re"), ["status:failed name:\"resize all\""]);
        assert_eq!(words().complete("status:pend"), ["status:pending"]);
        assert_eq!(words().complete("error:\"out of"), Vec::<String>::new());
        assert_eq!(words().complete("").len(), QUALIFIERS.len());
    }

    #[test]
    fn hints_are_of_what_is_listed_and_none_that_the_search_has() {
        let golden: TaskMetrics =
            serde_json::from_str(include_str!("../../tests/golden/task_metrics.json")).expect("a task");
        let failed = TaskMetrics {
            queue: Some("gpu_big".to_owned()),
            name: Some("media.transcode".to_owned()),
            error_message: Some("KeyError: \"x\"".to_owned()),
            ..golden
        };
        let offered = hints("status:failed from:2h", &[failed]);
        assert!(offered.contains(&"queue:main:gpu_big".to_owned()), "by its id: {offered:?}");
        assert!(offered.contains(&"name:media.transcode".to_owned()), "{offered:?}");
        assert!(offered.contains(&"error:KeyError:".to_owned()), "{offered:?}");
        assert!(!offered.iter().any(|hint| hint.starts_with("status:") || hint.starts_with("from:")), "{offered:?}");
    }
}
