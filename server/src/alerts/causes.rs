//! Causes before symptoms: the active alerts that keep others quiet, and which others those are.
//!
//! The system has everything, a source its workers and queues, a host its workers, a worker its devices and tasks, and the queues that nobody
//! else serves. An alert about one thing can keep quiet those about what belongs to it.

use super::hosts::Hosts;
use super::rule::Rule;
use super::watches::Watches;
use crate::collector::Fleet;
use forewatch::alert::{Alert, AlertComponent};
use forewatch::event::AlertTransition;
use forewatch::{AlertId, AlertState, SourceName, WorkerId, WorkerStatus};
use std::collections::HashMap;

/// The alert that tells the cause of another one.
#[derive(Debug, Clone)]
pub(super) struct Cause<'a> {
    rule: &'a Rule,
    pub(super) alert_id: AlertId,
    /// As the other alert is marked with it.
    pub(super) text: String,
}

type Subject = (AlertComponent, String);

/// Active alerts that keep others quiet, by what they are about.
pub(super) struct Causes<'a> {
    fleet: &'a Fleet,
    hosts: &'a Hosts<'a>,
    by_subject: HashMap<Subject, Vec<Cause<'a>>>,
}

impl<'a> Causes<'a> {
    pub(super) fn of(fleet: &'a Fleet, hosts: &'a Hosts<'a>, rules: &'a [Rule]) -> Self {
        let mut causes = Self { fleet, hosts, by_subject: HashMap::new() };
        let by_id: HashMap<&str, &Rule> =
            rules.iter().filter(|rule| can_be(rule)).map(|rule| (rule.id.as_str(), rule)).collect();
        for alert in fleet.alerts.values() {
            let Some(rule) = by_id.get(alert.rule_id.as_str()) else { continue };
            // One that a person resolved while it is true is still the cause.
            if alert.state.is_active() || (alert.state == AlertState::Resolved && alert.condition_true) {
                causes.add(rule, alert);
            }
        }
        causes
    }

    /// Lets what was just decided count for what is decided next: cause and symptom of one moment.
    pub(super) fn decided(&mut self, rule: &'a Rule, alert: &Alert, decision: &AlertTransition) {
        if !can_be(rule) {
            return;
        }
        if let Some(causes) = self.by_subject.get_mut(&subject(alert)) {
            causes.retain(|cause| cause.alert_id != alert.alert_id);
        }
        if decision.to.is_some_and(AlertState::is_active) {
            self.add(rule, alert);
        }
    }

    fn add(&mut self, rule: &'a Rule, alert: &Alert) {
        let cause =
            Cause { rule, alert_id: alert.alert_id.clone(), text: format!("{}: {}", rule.id, alert.component_id) };
        self.by_subject.entry(subject(alert)).or_default().push(cause);
    }

    /// The alert that tells the cause of this one, the most general first.
    pub(super) fn cause(&self, rule: &Rule, alert: &Alert) -> Option<&Cause<'a>> {
        if self.by_subject.is_empty() {
            return None;
        }
        let own = subject(alert);
        let keeps = |of: &Subject, cause: &&Cause<'a>| {
            let same = cause.rule.id == rule.id;
            cause.alert_id != alert.alert_id
                && if same { *of != own && is_graded(rule) } else { cause.rule.inhibits(rule) }
        };
        let found = |of: &Subject| self.by_subject.get(of)?.iter().find(|cause| keeps(of, cause));
        self.belongs_to(alert).iter().find_map(found).or_else(|| found(&own))
    }

    /// The silent workers that the subject of an alert belongs to.
    pub(super) fn silent_workers(&self, alert: &Alert) -> impl Iterator<Item = WorkerId> {
        let subjects = self.belongs_to(alert).into_iter().filter(|(component, _)| *component == AlertComponent::Worker);
        let workers = subjects.filter_map(|(_, id)| self.fleet.workers.get(id.as_str()));
        let silent = workers.filter(|worker| worker.metrics.status == WorkerStatus::Offline);
        silent.map(|worker| worker.metrics.worker_id.clone())
    }

    /// What the subject of an alert belongs to, the most general first.
    fn belongs_to(&self, alert: &Alert) -> Vec<Subject> {
        let label = |name: &str| alert.metadata.get(name).map(String::as_str);
        let mut subjects = match alert.component {
            AlertComponent::System => return Vec::new(),
            AlertComponent::Worker => label("worker").map_or_else(Vec::new, |worker| self.above_worker(worker)),
            AlertComponent::Gpu => label("worker").map_or_else(Vec::new, |worker| self.with_worker(worker)),
            AlertComponent::Queue => label("queue").map_or_else(Vec::new, |queue| self.above_queue(queue)),
            AlertComponent::Task => match label("task").and_then(|task| self.fleet.tasks.get(task)) {
                Some(task) => {
                    let worker = task.worker_id.as_ref().map(|worker| self.with_worker(worker));
                    worker.unwrap_or_else(|| vec![of_source(&task.source)])
                }
                None => Vec::new(),
            },
            AlertComponent::Source => Vec::new(),
        };
        subjects.insert(0, the_system());
        subjects
    }

    fn above_worker(&self, id: &str) -> Vec<Subject> {
        let Some(worker) = self.fleet.workers.get(id).map(|worker| &worker.metrics) else { return Vec::new() };
        let lead = self.hosts.lead(worker).filter(|lead| **lead != worker.worker_id);
        std::iter::once(of_source(&worker.source)).chain(lead.map(of_worker)).collect()
    }

    fn with_worker(&self, id: &str) -> Vec<Subject> {
        let mut subjects = self.above_worker(id);
        subjects.push((AlertComponent::Worker, id.to_owned()));
        subjects
    }

    /// A queue belongs to its source, and where all workers that take from it are gone, to those.
    fn above_queue(&self, id: &str) -> Vec<Subject> {
        let Some(queue) = self.fleet.queues.get(id) else { return Vec::new() };
        let mut subjects = vec![of_source(&queue.source)];
        if queue.stats.worker_count == Some(0) {
            let workers = self.fleet.workers.values().map(|worker| &worker.metrics);
            let serves = workers.filter(|worker| worker.source == queue.source && worker.queues.contains(&queue.name));
            for worker in serves {
                subjects.extend(self.hosts.lead(worker).map(of_worker));
                subjects.push(of_worker(&worker.worker_id));
            }
        }
        subjects
    }
}

/// Whether alerts of a rule can keep others quiet.
fn can_be(rule: &Rule) -> bool {
    !rule.inhibits.is_nothing() || is_graded(rule)
}

/// Whether one alert of a rule can tell the cause of others of the same rule: a host for its workers, the system for
/// its queues and the names of its tasks.
fn is_graded(rule: &Rule) -> bool {
    match &rule.watches {
        Watches::WorkerSilence => true,
        Watches::Tasks(figure) => figure.by.len() > 1,
        _ => false,
    }
}

fn subject(alert: &Alert) -> Subject {
    match alert.component {
        AlertComponent::System => the_system(),
        component => (component, alert.component_id.clone()),
    }
}

fn the_system() -> Subject {
    (AlertComponent::System, String::new())
}

fn of_source(source: &SourceName) -> Subject {
    (AlertComponent::Source, source.to_string())
}

fn of_worker(worker: &WorkerId) -> Subject {
    (AlertComponent::Worker, worker.to_string())
}
