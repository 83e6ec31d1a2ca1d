//! What series are about, and the numbers that the store has for them and for metrics.

use super::key::{SHARD, SHARDS};
use crate::store::Named;
use forewatch::catalogue::MetricId;
use forewatch::{QueueName, WorkerId};
use std::collections::HashMap;

/// What a table of samples is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Subject {
    System,
    Queue(QueueName),
    Worker(WorkerId),
}

impl Subject {
    /// The word for what it is.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Queue(_) => "queue",
            Self::Worker(_) => "worker",
        }
    }

    /// Its name among those of its kind.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::System => "",
            Self::Queue(name) => name,
            Self::Worker(id) => id,
        }
    }

    /// From the two; `None` when there is no such subject.
    pub(crate) fn from_parts(kind: &str, name: &str) -> Option<Self> {
        match kind {
            "system" => Some(Self::System),
            "queue" => QueueName::new(name).ok().map(Self::Queue),
            "worker" => WorkerId::new(name).ok().map(Self::Worker),
            _ => None,
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.kind(), self.name())
    }
}

/// The store's numbers of metrics and subjects: each keeps its number for ever.
#[derive(Debug, Default)]
pub(crate) struct Names {
    metrics: HashMap<String, u16>,
    subjects: HashMap<Subject, u32>,
    next_metric: u16,
    next_subject: u32,
}

impl Names {
    /// Those that the store has.
    pub(crate) fn of(named: Named) -> Self {
        Self {
            // 0 is the place of the times.
            next_metric: named.metrics.iter().map(|(id, _)| id + 1).max().unwrap_or(1),
            next_subject: named.subjects.iter().map(|(id, _)| id + 1).max().unwrap_or(0),
            metrics: named.metrics.into_iter().map(|(id, name)| (name, id)).collect(),
            subjects: named.subjects.into_iter().map(|(id, subject)| (subject, id)).collect(),
        }
    }

    /// A metric's number, if it was ever written.
    pub(crate) fn metric(&self, id: MetricId) -> Option<u16> {
        self.metrics.get(id.metric().name).copied()
    }

    /// The numbers of all metrics.
    pub(crate) fn metrics(&self) -> impl Iterator<Item = u16> {
        self.metrics.values().copied()
    }

    /// All subjects with their numbers.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = (&Subject, u32)> {
        self.subjects.iter().map(|(subject, id)| (subject, *id))
    }

    /// A metric's number, made when it is new; the new ones are noted in `new`.
    pub(crate) fn metric_or_new(&mut self, id: MetricId, new: &mut Named) -> u16 {
        let name = id.metric().name;
        if let Some(id) = self.metrics.get(name) {
            return *id;
        }
        let number = self.next_metric;
        self.next_metric += 1;
        self.metrics.insert(name.to_owned(), number);
        new.metrics.push((number, name.to_owned()));
        number
    }

    /// A subject's number, made when it is new; the new ones are noted in `new`. `None` when there are as many as
    /// keys can tell apart (eight million).
    pub(crate) fn subject_or_new(&mut self, subject: &Subject, new: &mut Named) -> Option<u32> {
        if let Some(id) = self.subjects.get(subject) {
            return Some(*id);
        }
        let number = self.next_subject;
        if number / SHARD >= SHARDS.end {
            return None;
        }
        self.next_subject += 1;
        self.subjects.insert(subject.clone(), number);
        new.subjects.push((number, subject.clone()));
        Some(number)
    }

    /// Forgets names that could not be written.
    pub(crate) fn forget(&mut self, new: &Named) {
        for (_, name) in &new.metrics {
            self.metrics.remove(name);
        }
        for (_, subject) in &new.subjects {
            self.subjects.remove(subject);
        }
    }
}
