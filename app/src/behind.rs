//! The tasks behind an alert: which of them failed, wait or run where it says that something is wrong.

use crate::task_search::Term;
use forewatch::alert::AlertComponent;
use forewatch::time::{TimeDelta, unix_seconds};
use forewatch::{Alert, TaskId};

/// What was counted before an alert began, by the rules that come with Forewatch and somewhat more.
const BEFORE: TimeDelta = TimeDelta::minutes(10);

/// Where they are found.
#[derive(Debug, Clone, PartialEq)]
pub enum Behind {
    /// It is about this one.
    One(TaskId),
    /// A search finds them.
    Found(Vec<Term>),
}

impl Behind {
    /// Those behind an alert; none where tasks do not explain it.
    pub fn of(alert: &Alert) -> Option<Self> {
        let label = |name: &str| alert.metadata.get(name).map(String::as_str);
        if let Some(task) = label("task") {
            return TaskId::new(task).ok().map(Self::One);
        }
        let (subject, figure) = alert.metric_name.as_deref()?.split_once('.')?;
        let (qualifier, which) = match (subject, figure) {
            (_, "error_rate" | "timeout_rate" | "failed") | ("worker", "consecutive_failures") => ("status", "failed"),
            (_, "retry_rate") => ("state", "retrying,failed"),
            ("worker", "silence") => ("state", "started,progress,lost"),
            ("worker" | "gpu", _) => ("status", "processing"),
            ("queue", "pending" | "silence" | "oldest_pending_age" | "drain_time") => ("status", "pending"),
            _ => return None,
        };
        let mut terms = vec![Term::of(qualifier, which)];
        let place = match alert.component {
            AlertComponent::Queue => label("queue").map(|id| Term::exactly("queue", id)),
            AlertComponent::Task => label("name").map(|name| Term::exactly("name", name)),
            AlertComponent::Worker | AlertComponent::Gpu => label("worker").map(|id| Term::exactly("worker", id)),
            AlertComponent::System | AlertComponent::Source => None,
        };
        terms.extend(place);
        if which.ends_with("failed") {
            let at = |at| crate::trends::span::write(unix_seconds(at)) + "Z";
            terms.push(Term::of("from", at(alert.timestamp - BEFORE)));
            terms.extend(alert.resolved_at.map(|end| Term::of("to", at(end))));
        }
        Some(Self::Found(terms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task_search::write;

    fn alert(component: &str, metric: &str, labels: &[(&str, &str)]) -> Alert {
        let golden: Alert = serde_json::from_str(include_str!("../../tests/golden/alert.json")).expect("an alert");
        Alert {
            component: component.parse().expect("a component"),
            metric_name: Some(metric.to_owned()),
            metadata: labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            timestamp: "2026-01-06T13:50:00Z".parse().expect("a time"),
            resolved_at: None,
            ..golden
        }
    }

    fn search(component: &str, metric: &str, labels: &[(&str, &str)]) -> Option<String> {
        match Behind::of(&alert(component, metric, labels))? {
            Behind::Found(terms) => Some(write(&terms)),
            Behind::One(task) => Some(task.to_string()),
        }
    }

    #[test]
    fn what_failed_is_looked_for_in_the_time_of_the_alert() {
        let failed = search("task", "task.error_rate", &[("name", "media.transcode")]);
        assert_eq!(failed.as_deref(), Some("status:failed name:=media.transcode from:2026-01-06T13:40:00Z"));
        let worker = search("worker", "worker.consecutive_failures", &[("worker", "gpu-1")]);
        assert_eq!(worker.as_deref(), Some("status:failed worker:=gpu-1 from:2026-01-06T13:40:00Z"));
    }

    #[test]
    fn what_waits_or_runs_is_that_of_its_place() {
        let queue = search("queue", "queue.pending", &[("queue", "celery:gpu_big")]);
        assert_eq!(queue.as_deref(), Some("status:pending queue:=celery:gpu_big"));
        let gpu = search("gpu", "gpu.temperature", &[("worker", "gpu-1"), ("gpu", "2")]);
        assert_eq!(gpu.as_deref(), Some("status:processing worker:=gpu-1"));
        assert_eq!(search("task", "task.run_time", &[("task", "t-7")]).as_deref(), Some("t-7"));
    }

    #[test]
    fn where_tasks_explain_nothing_there_are_none() {
        assert_eq!(search("source", "source.silence", &[("source", "celery")]), None);
        assert_eq!(search("task", "objective.burn_rate", &[("objective", "o")]), None);
    }
}
