//! What may come in: names that belong to a Celery broker do not, and neither does what is over a
//! bound of `[limits]`.

use super::names::TaskNames;
use crate::collector::Fleet;
use crate::config::Config;
use forewatch::problem::FieldError;
use forewatch::task::TaskEvent;
use forewatch::{EventBody, Heartbeat, WorkerId};
use std::collections::HashSet;

/// Why something may not come in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is wrong; says where.
    Wrong(FieldError),
    /// The worker is not known: it has to register first.
    Unknown(WorkerId),
    /// A bound is reached; says which.
    Limit(String),
}

impl Refusal {
    fn wrong(pointer: &str, detail: String) -> Self {
        Self::Wrong(FieldError { pointer: pointer.to_owned(), detail })
    }

    /// In words.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Wrong(error) => format!("{}: {}", error.pointer, error.detail),
            Self::Unknown(id) => format!("/worker_id: there is no worker {id}: register it first"),
            Self::Limit(text) => text.clone(),
        }
    }
}

/// Decides over the events of one request.
pub(super) struct Admission<'a> {
    config: &'a Config,
    fleet: &'a Fleet,
    names: &'a TaskNames,
    /// Workers and queues that are new with this request.
    new_workers: HashSet<WorkerId>,
    new_queues: HashSet<String>,
}

impl<'a> Admission<'a> {
    pub(super) fn new(config: &'a Config, fleet: &'a Fleet, names: &'a TaskNames) -> Self {
        Self { config, fleet, names, new_workers: HashSet::new(), new_queues: HashSet::new() }
    }

    /// Whether an event may come in.
    pub(super) fn check(&mut self, body: &EventBody) -> Result<(), Refusal> {
        match body {
            EventBody::WorkerRegistered(registration) => self.worker(&registration.worker_id),
            EventBody::WorkerHeartbeat(beat) => self.heartbeat(beat),
            EventBody::WorkerDeregistered { worker_id } => {
                self.not_a_brokers("/worker_id", worker_id)?;
                self.known(worker_id)?;
                self.new_workers.remove(worker_id);
                Ok(())
            }
            EventBody::QueueSampled(sample) => self.queue(&sample.queue),
            EventBody::Task(task) => self.task(task),
            _ => Ok(()),
        }
    }

    /// Workers that are new with this request.
    pub(super) fn into_new_workers(self) -> HashSet<WorkerId> {
        self.new_workers
    }

    fn worker(&mut self, id: &WorkerId) -> Result<(), Refusal> {
        self.not_a_brokers("/registration/worker_id", id)?;
        if self.known(id).is_ok() {
            return Ok(());
        }
        if self.fleet.workers.len() + self.new_workers.len() >= self.config.limits.workers {
            let most = self.config.limits.workers;
            return Err(Refusal::Limit(format!(
                "there are {most} workers already: deregister some, or raise limits.workers"
            )));
        }
        self.new_workers.insert(id.clone());
        Ok(())
    }

    fn known(&self, id: &WorkerId) -> Result<(), Refusal> {
        let known = self.fleet.workers.contains_key(id) || self.new_workers.contains(id);
        if known { Ok(()) } else { Err(Refusal::Unknown(id.clone())) }
    }

    fn heartbeat(&self, beat: &Heartbeat) -> Result<(), Refusal> {
        self.not_a_brokers("/worker_id", &beat.worker_id)?;
        self.known(&beat.worker_id)?;
        let limits = &self.config.limits;
        for (count, most, what, name) in [
            (beat.gpus.len(), limits.gpus_per_worker, "GPUs", "gpus_per_worker"),
            (beat.samples.len(), limits.series_per_worker, "series", "series_per_worker"),
        ] {
            if count > most {
                return Err(Refusal::Limit(format!("a heartbeat with {count} {what} is over limits.{name} = {most}")));
            }
        }
        Ok(())
    }

    fn queue(&mut self, name: &str) -> Result<(), Refusal> {
        self.not_a_brokers("/queue", name)?;
        if self.fleet.queues.contains_key(name) || self.new_queues.contains(name) {
            return Ok(());
        }
        if self.fleet.queues.len() + self.new_queues.len() >= self.config.limits.queues {
            let most = self.config.limits.queues;
            return Err(Refusal::Limit(format!(
                "there are {most} queues already: raise limits.queues if that is meant"
            )));
        }
        self.new_queues.insert(name.to_owned());
        Ok(())
    }

    fn task(&mut self, task: &TaskEvent) -> Result<(), Refusal> {
        if let Some(queue) = &task.fields.queue {
            self.queue(queue)?;
        }
        match task.fields.name.as_ref().or(task.fields.content_type.as_ref()) {
            Some(name) if !self.names.admit(name) => {
                let most = self.config.limits.task_names;
                Err(Refusal::Limit(format!(
                    "there are {most} task names already: keep ids out of names, or raise limits.task_names"
                )))
            }
            _ => Ok(()),
        }
    }

    /// `source:` before a name says that a broker's source tells of it.
    fn not_a_brokers(&self, pointer: &str, name: &str) -> Result<(), Refusal> {
        let broker = self
            .config
            .celery
            .iter()
            .find(|source| name.strip_prefix(source.name.as_str()).is_some_and(|rest| rest.starts_with(':')));
        match broker {
            Some(source) => Err(Refusal::wrong(
                pointer,
                format!("begins with \"{}:\", which belongs to that broker: use another name", source.name),
            )),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::CelerySource;
    use chrono::DateTime;
    use forewatch::ingest::parse_event;

    fn body(json: &str) -> EventBody {
        parse_event(json, DateTime::UNIX_EPOCH).expect("it is an event").body
    }

    fn registered(id: &str) -> EventBody {
        body(&format!(r#"{{"type":"worker.registered","at":"1970-01-01T00:00:00Z","worker_id":"{id}"}}"#))
    }

    fn sampled(queue: &str) -> EventBody {
        body(&format!(r#"{{"type":"queue.sampled","at":"1970-01-01T00:00:00Z","queue":"{queue}","pending":1}}"#))
    }

    fn config() -> Config {
        let mut config = Config::default();
        config.limits.workers = 2;
        config.limits.queues = 2;
        config.celery.push(CelerySource::at("redis://127.0.0.1/0", "celery".to_owned()));
        config
    }

    #[test]
    fn a_name_that_belongs_to_a_broker_is_refused() {
        let (config, fleet, names) = (config(), Fleet::empty(DateTime::UNIX_EPOCH), TaskNames::at_most(10));
        let mut admission = Admission::new(&config, &fleet, &names);
        assert!(matches!(admission.check(&registered("celery:gpu@host")), Err(Refusal::Wrong(_))));
        assert!(matches!(admission.check(&sampled("celery:gpu")), Err(Refusal::Wrong(_))));
        assert_eq!(admission.check(&registered("celery-gpu")), Ok(()));
        assert_eq!(admission.check(&sampled("celery")), Ok(()));
    }

    #[test]
    fn one_too_many_is_refused_and_the_known_ones_go_on() {
        let (config, fleet, names) = (config(), Fleet::empty(DateTime::UNIX_EPOCH), TaskNames::at_most(10));
        let mut admission = Admission::new(&config, &fleet, &names);
        for id in ["a", "b", "a"] {
            assert_eq!(admission.check(&registered(id)), Ok(()), "{id}");
        }
        assert!(matches!(admission.check(&registered("c")), Err(Refusal::Limit(_))));
        assert_eq!(admission.check(&registered("b")), Ok(()));
        assert_eq!([admission.check(&sampled("x")), admission.check(&sampled("y"))], [Ok(()), Ok(())]);
        assert!(matches!(admission.check(&sampled("z")), Err(Refusal::Limit(_))));
    }

    #[test]
    fn a_heartbeat_before_its_registration_is_refused_and_after_it_comes_in() {
        let (config, fleet, names) = (config(), Fleet::empty(DateTime::UNIX_EPOCH), TaskNames::at_most(10));
        let mut admission = Admission::new(&config, &fleet, &names);
        let beat =
            body(r#"{"type":"worker.heartbeat","worker_id":"a","status":"online","timestamp":"1970-01-01T00:00:00Z"}"#);
        assert!(matches!(admission.check(&beat), Err(Refusal::Unknown(_))));
        assert_eq!(admission.check(&registered("a")), Ok(()));
        assert_eq!(admission.check(&beat), Ok(()));
    }
}
