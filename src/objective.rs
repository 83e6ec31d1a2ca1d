//! Objectives: how large a share of tasks is to go well, and what is left of the share that may go wrong.

use crate::pattern;
use crate::{ObjectiveId, QueueStats, Ratio};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is to go well, of which tasks, how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Objective {
    /// Its name in the configuration.
    pub objective_id: ObjectiveId,
    /// What people call it.
    pub title: String,
    /// Which tasks, by [`Objective::LABELS`]: `*` stands for any text, a `!` before it for "not". All when empty.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, String>,
    /// Tasks are to start within so many seconds of their submission; absent where they are to succeed.
    pub start_within: Option<f64>,
    /// The share of tasks that is to go well.
    pub target: Ratio,
    /// Over so many seconds up to now.
    pub period: f64,
}

/// The labels of a task, or of a queue, that an objective tells tasks apart by.
#[derive(Debug, Clone, Copy, Default)]
pub struct Labels<'a> {
    /// The queue's own name.
    pub queue: Option<&'a str>,
    /// The queue's public id.
    pub queue_id: Option<&'a str>,
    /// The task's name, or its content type.
    pub name: Option<&'a str>,
    /// Where it comes from.
    pub source: Option<&'a str>,
}

impl Objective {
    /// The labels that a condition may name.
    pub const LABELS: &'static [&'static str] = &["queue", "name", "source"];

    /// The share of tasks that may go wrong: never 0. As many digits as a target is written in: that of 0.99 is 0.01.
    pub fn budget(&self) -> f64 {
        const DIGITS: f64 = 1e12;
        ((1.0 - self.target.get()) * DIGITS).round() / DIGITS
    }

    /// Whether tasks with these labels are meant.
    pub fn is_about(&self, labels: &Labels<'_>) -> bool {
        self.filter.iter().all(|(label, written)| holds(label, written, labels))
    }

    /// Whether it tells queues apart.
    pub fn names_queues(&self) -> bool {
        self.filter.contains_key("queue")
    }

    /// Whether it names queues, and this is one of them.
    pub fn is_of_queue(&self, queue: &QueueStats) -> bool {
        let labels = Labels {
            queue: Some(&queue.queue_type),
            queue_id: Some(&queue.id),
            source: Some(&queue.source),
            name: None,
        };
        let of_queue = || self.filter.iter().filter(|(label, _)| *label != "name");
        self.names_queues() && of_queue().all(|(label, written)| holds(label, written, &labels))
    }
}

fn holds(label: &str, written: &str, labels: &Labels<'_>) -> bool {
    let (value, negated) = written.strip_prefix('!').map_or((written, false), |value| (value, true));
    let values = match label {
        "queue" => [labels.queue, labels.queue_id],
        "name" => [labels.name, None],
        "source" => [labels.source, None],
        _ => [None, None],
    };
    values.into_iter().flatten().any(|text| pattern::fits(value, text)) != negated
}

/// An objective now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectiveStatus {
    /// What is to go well.
    #[serde(flatten)]
    pub objective: Objective,
    /// Since when it is counted; later than the begin of the period where it is younger than that.
    pub since: DateTime<Utc>,
    /// Tasks of the period that went well.
    pub good: u64,
    /// Tasks of the period that did not.
    pub bad: u64,
    /// The share of tasks that went well; absent where there are none.
    pub achieved: Option<Ratio>,
    /// What is left of the budget as a share of it, 1 where nothing went wrong; below 0 where more went wrong than may.
    /// Absent where there are no tasks.
    pub budget_left: Option<f64>,
    /// How fast the budget is used, over the last hour: 1 uses it up in exactly its period. Absent where there are no tasks.
    pub burn_rate: Option<f64>,
    /// After how many seconds nothing is left of it at that rate; absent where that lies behind the period.
    pub exhausted_in: Option<f64>,
    /// Likewise over several windows, the shortest first.
    pub windows: Vec<BurnWindow>,
}

/// How fast a budget is used over the last seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BurnWindow {
    /// Over so many seconds up to now.
    pub seconds: f64,
    /// Tasks that went well.
    pub good: u64,
    /// Tasks that did not.
    pub bad: u64,
    /// How fast the budget is used: 1 uses it up in exactly its period. Absent where there are no tasks.
    pub burn_rate: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objective(filter: &[(&str, &str)]) -> Objective {
        Objective {
            objective_id: ObjectiveId::new("o").expect("valid"),
            title: "o".to_owned(),
            filter: filter.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect(),
            start_within: None,
            target: Ratio::new(0.99).expect("a ratio"),
            period: 86_400.0,
        }
    }

    #[test]
    fn a_task_is_meant_when_all_conditions_hold_and_what_is_not_known_fits_no_name() {
        let task = Labels { queue: Some("gpu_a"), queue_id: Some("celery:gpu_a"), name: Some("resize"), source: None };
        for filter in
            [&[][..], &[("queue", "gpu_*")], &[("queue", "celery:gpu_a"), ("name", "resize")], &[("source", "!http")]]
        {
            assert!(objective(filter).is_about(&task), "{filter:?}");
        }
        for filter in [&[("queue", "!gpu_*")][..], &[("queue", "gpu_*"), ("name", "encode")], &[("source", "*")]] {
            assert!(!objective(filter).is_about(&task), "{filter:?}");
        }
    }

    #[test]
    fn a_queues_objectives_are_those_that_name_it() {
        let queue: QueueStats = serde_json::from_value(serde_json::json!({
            "queue_type": "gpu_a", "total_tasks": 0, "pending_tasks": 0, "processing_tasks": 0, "completed_tasks": 0,
            "failed_tasks": 0, "id": "celery:gpu_a", "source": "celery", "timestamp": "2026-11-26T00:00:00Z", "class": "gpu",
        }))
        .expect("a queue");
        assert!(objective(&[("queue", "gpu_*"), ("name", "resize")]).is_of_queue(&queue));
        assert!(!objective(&[("queue", "cpu_*")]).is_of_queue(&queue));
        assert!(!objective(&[("queue", "gpu_*"), ("source", "http")]).is_of_queue(&queue));
        assert!(!objective(&[]).is_of_queue(&queue), "that of everything is not its own");
    }
}
