//! Bringing workers in line with paused queues and drained workers: each is asked what it takes from, and told what
//! it is to leave alone or may take from again.
//!
//! What a worker is to leave alone is in the journal before it is told, what it was given back only after: whenever
//! Forewatch ends in between, nothing that was taken away is forgotten.

use super::ask::Request;
use super::reply::Reply;
use super::{CommandFailure, Commander};
use crate::collector::{Fleet, clock, own_source, until_published};
use forewatch::control::ControlAnswer;
use forewatch::{Event, EventBody, SourceName, WorkerId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a worker is to leave alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Held {
    is_drained: bool,
    paused: BTreeSet<String>,
    /// What it was told before to leave alone.
    kept_from: BTreeSet<String>,
}

/// What a worker is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Plan {
    cancel: Vec<String>,
    add: Vec<String>,
    /// What it may take from, and does: nothing has to be told.
    back: Vec<String>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub(super) answers: Vec<ControlAnswer>,
    /// Nodes that did not answer.
    pub(super) silent: BTreeSet<String>,
}

impl Commander {
    /// Brings `nodes` in line. One call at a time: a second one sees what the first one did.
    pub(super) async fn settle(&self, nodes: Vec<String>, patience: Duration) -> Result<Settled, CommandFailure> {
        let _alone = self.settling.lock().await;
        let mut silent: BTreeSet<String> = nodes.iter().cloned().collect();
        let question = Request { method: "active_queues", arguments: json!({}), nodes: Some(nodes), is_answered: true };
        let active: BTreeMap<String, BTreeSet<String>> = self
            .ask(&[question], &[], patience)
            .await?
            .into_iter()
            .map(|reply| (reply.node, names(&reply.value)))
            .collect();
        silent.retain(|node| !active.contains_key(node));
        let fleet = self.fleet.load_full();
        let plans: BTreeMap<String, Plan> = active
            .iter()
            .map(|(node, active)| (node.clone(), plan(active, &self.held(&fleet, node))))
            .filter(|(_, plan)| *plan != Plan::default())
            .collect();
        if plans.is_empty() {
            return Ok(Settled { answers: Vec::new(), silent });
        }
        self.take_down(plans.iter().map(|(node, plan)| (node.as_str(), plan.cancel.clone(), Vec::new()))).await?;
        let replies = self.ask(&requests(&plans), &[], patience).await?;
        let given = |node: &str, plan: &Plan| {
            let added = plan.add.iter().filter(|queue| said_yes(&replies, node, "add consumer ", queue));
            added.chain(&plan.back).cloned().collect::<Vec<_>>()
        };
        self.take_down(plans.iter().map(|(node, plan)| (node.as_str(), Vec::new(), given(node, plan)))).await?;
        let mut answers = Vec::new();
        for (node, plan) in &plans {
            let told = plan.cancel.len() + plan.add.len();
            if replies.iter().filter(|reply| reply.node == *node).count() < told {
                silent.insert(node.clone());
            } else if let Ok(worker_id) = self.worker(node) {
                let refused = replies.iter().find(|reply| reply.node == *node && !reply.is_ok);
                let said = refused.map_or_else(|| plan.in_words(), Reply::said);
                answers.push(ControlAnswer { worker_id, is_ok: refused.is_none(), said });
            }
        }
        Ok(Settled { answers, silent })
    }

    /// Whether anything is held, or was, that concerns a node.
    pub(super) fn concerns(&self, fleet: &Fleet, node: &str) -> bool {
        self.held(fleet, node) != Held::default()
    }

    fn held(&self, fleet: &Fleet, node: &str) -> Held {
        let worker = self.worker(node).ok().and_then(|id| fleet.workers.get(&id));
        let paused = fleet.queues.values().filter(|queue| queue.paused.is_some() && self.is_of(&queue.source));
        Held {
            is_drained: worker.is_some_and(|worker| worker.metrics.drained.is_some()),
            paused: paused.map(|queue| queue.name.clone()).collect(),
            kept_from: worker.map(|worker| worker.kept_from.clone()).unwrap_or_default(),
        }
    }

    pub(super) fn is_of(&self, source: &SourceName) -> bool {
        *source == self.settings.source
    }

    /// Puts into the journal what nodes are to leave alone and may take from again, and waits until it is seen.
    async fn take_down<'a>(
        &self,
        held: impl Iterator<Item = (&'a str, Vec<String>, Vec<String>)>,
    ) -> Result<(), CommandFailure> {
        let now = clock();
        let mut events = Vec::new();
        let mut changed: Vec<(WorkerId, Vec<String>, Vec<String>)> = Vec::new();
        for (node, taken, given) in held {
            let Ok(worker_id) = self.worker(node) else { continue };
            if taken.is_empty() && given.is_empty() {
                continue;
            }
            changed.push((worker_id.clone(), taken.clone(), given.clone()));
            let body = EventBody::QueuesHeld { worker_id, taken, given };
            events.push(Event { event_id: None, source: own_source(), at: now, received_at: now, body });
        }
        if events.is_empty() {
            return Ok(());
        }
        self.intake
            .submit_when_free(events)
            .await
            .map_err(|refused| CommandFailure::Journal(refused.error.to_string()))?;
        let is_seen = |fleet: &Fleet| {
            changed.iter().all(|(id, taken, given)| {
                fleet.workers.get(id).is_none_or(|worker| {
                    taken.iter().all(|queue| worker.kept_from.contains(queue))
                        && !given.iter().any(|queue| worker.kept_from.contains(queue))
                })
            })
        };
        until_published(&self.fleet, is_seen).await;
        Ok(())
    }
}

impl Plan {
    fn in_words(&self) -> String {
        let part =
            |what: &str, queues: &[String]| (!queues.is_empty()).then(|| format!("{what} {}", queues.join(", ")));
        let parts = [part("leaves alone", &self.cancel), part("takes again from", &self.add)];
        let words = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
        if words.is_empty() { format!("takes from {}", self.back.join(", ")) } else { words }
    }
}

/// What a worker that takes from `active` is told.
fn plan(active: &BTreeSet<String>, held: &Held) -> Plan {
    let is_held = |queue: &&String| held.is_drained || held.paused.contains(*queue);
    let (back, add) = held.kept_from.iter().filter(|queue| !is_held(queue)).cloned().partition(|q| active.contains(q));
    Plan { cancel: active.iter().filter(is_held).cloned().collect(), add, back }
}

/// One request a queue, to all nodes that it concerns.
fn requests(plans: &BTreeMap<String, Plan>) -> Vec<Request> {
    let mut nodes: BTreeMap<(&'static str, &String), Vec<String>> = BTreeMap::new();
    for (node, plan) in plans {
        let cancel = plan.cancel.iter().map(|queue| ("cancel_consumer", queue));
        for key in cancel.chain(plan.add.iter().map(|queue| ("add_consumer", queue))) {
            nodes.entry(key).or_default().push(node.clone());
        }
    }
    nodes
        .into_iter()
        .map(|((method, queue), nodes)| Request {
            method,
            arguments: json!({ "queue": queue }),
            nodes: Some(nodes),
            is_answered: true,
        })
        .collect()
}

/// Whether a node confirmed something of a queue, in Celery's words.
fn said_yes(replies: &[Reply], node: &str, words: &str, queue: &str) -> bool {
    let said = format!("{words}{queue}");
    replies.iter().any(|reply| reply.node == node && reply.is_ok && reply.value == said.as_str())
}

/// The names in the answer to `active_queues`.
fn names(value: &Value) -> BTreeSet<String> {
    let queues = value.as_array().into_iter().flatten();
    queues.filter_map(|queue| queue["name"].as_str()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(queues: &[&str]) -> BTreeSet<String> {
        queues.iter().map(|&queue| queue.to_owned()).collect()
    }

    #[test]
    fn what_is_held_is_taken_away_and_what_is_no_longer_held_comes_back() {
        let held = |is_drained, paused: &[&str], kept_from: &[&str]| Held {
            is_drained,
            paused: set(paused),
            kept_from: set(kept_from),
        };
        let told = |active: &[&str], held: Held| {
            let Plan { cancel, add, back } = plan(&set(active), &held);
            [cancel.join(","), add.join(","), back.join(",")]
        };
        assert_eq!(told(&["gpu", "cpu"], held(false, &["gpu"], &[])), ["gpu", "", ""], "paused");
        assert_eq!(told(&["gpu", "cpu"], held(true, &[], &[])), ["cpu,gpu", "", ""], "drained");
        assert_eq!(told(&["gpu", "cpu"], held(false, &["gpu"], &["gpu"])), ["gpu", "", ""], "restarted while paused");
        assert_eq!(told(&["cpu"], held(false, &["gpu"], &["gpu"])), ["", "", ""], "in line already");
        assert_eq!(told(&["cpu"], held(false, &[], &["gpu"])), ["", "gpu", ""], "resumed");
        assert_eq!(
            told(&[], held(false, &["gpu"], &["cpu", "gpu"])),
            ["", "cpu", ""],
            "undrained, one is paused still"
        );
        assert_eq!(told(&["gpu"], held(false, &[], &["gpu"])), ["", "", "gpu"], "restarted, and resumed meanwhile");
    }

    #[test]
    fn nobody_is_told_of_queues_without_being_named() {
        let plans = BTreeMap::from([
            ("a@h".to_owned(), Plan { cancel: vec!["gpu".to_owned()], ..Plan::default() }),
            ("b@h".to_owned(), Plan { cancel: vec!["gpu".to_owned()], add: vec!["cpu".to_owned()], ..Plan::default() }),
        ]);
        let told: Vec<_> = requests(&plans).into_iter().map(|request| (request.method, request.nodes)).collect();
        let [add, cancel] =
            [&["b@h"][..], &["a@h", "b@h"]].map(|nodes| Some(nodes.iter().map(|n| (*n).to_owned()).collect()));
        assert_eq!(told, [("add_consumer", add), ("cancel_consumer", cancel)]);
    }
}
