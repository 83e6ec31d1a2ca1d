//! Keeping workers in line: one that comes up takes from whatever its command line says, and is told again what to
//! leave alone; one that did not answer is told until it does.

use super::Commander;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long a worker that has just come up is given to answer, and how often that is tried: it says that it is
/// online some time before it listens.
const SHORT: Duration = Duration::from_millis(250);
const SHORT_TRIES: u32 = 40;
/// How often one that is silent beyond is tried again.
const LATER: Duration = Duration::from_secs(10);
/// Nodes that are waited for; more of one application are not.
const MOST: usize = 10_000;

/// Nodes that may be out of line.
#[derive(Default)]
pub(super) struct Unsettled {
    nodes: Mutex<BTreeSet<String>>,
    news: Notify,
}

impl Unsettled {
    pub(super) fn add(&self, nodes: impl IntoIterator<Item = String>) {
        let mut known = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        for node in nodes {
            if known.len() < MOST {
                known.insert(node);
            }
        }
        drop(known);
        self.news.notify_one();
    }

    fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.nodes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Keeps the workers of an application in line until `stop`.
pub(in crate::ingest::celery) async fn keep(commander: Arc<Commander>, stop: CancellationToken) {
    let mut waiting: BTreeMap<String, u32> = BTreeMap::new();
    loop {
        let news = commander.unsettled.news.notified();
        let pause = if waiting.values().any(|tries| *tries < SHORT_TRIES) { SHORT } else { LATER };
        let next = async {
            tokio::select! {
                () = news => {}
                () = tokio::time::sleep(pause), if !waiting.is_empty() => {}
            }
        };
        if stop.run_until_cancelled(next).await.is_none() {
            return;
        }
        // One that has come up anew is tried often again.
        waiting.extend(commander.unsettled.take().into_iter().map(|node| (node, 0)));
        let round = round(&commander, &mut waiting);
        if stop.run_until_cancelled(round).await.is_none() {
            return;
        }
    }
}

async fn round(commander: &Commander, waiting: &mut BTreeMap<String, u32>) {
    let fleet = commander.fleet.load_full();
    waiting.retain(|node, tries| {
        let worker = commander.worker(node).ok().and_then(|id| fleet.workers.get(&id));
        // What has just been heard of is not seen yet; who is gone is heard of again when it comes back.
        let is_there = worker.is_some_and(|worker| worker.metrics.is_online) || *tries < SHORT_TRIES;
        is_there && commander.concerns(&fleet, node)
    });
    let known = |node: &&String| commander.worker(node).is_ok_and(|id| fleet.workers.contains_key(&id));
    let nodes: Vec<String> = waiting.keys().filter(known).cloned().collect();
    for tries in waiting.values_mut() {
        *tries = tries.saturating_add(1);
    }
    if nodes.is_empty() {
        return;
    }
    match commander.settle(nodes, SHORT).await {
        Ok(settled) => {
            for answer in &settled.answers {
                tracing::info!(worker = %answer.worker_id, said = answer.said, "a worker was brought in line");
            }
            waiting.retain(|node, _| settled.silent.contains(node) || !fleet_has(commander, node));
        }
        Err(error) => tracing::debug!(%error, "workers could not be brought in line; it is tried again"),
    }
}

fn fleet_has(commander: &Commander, node: &str) -> bool {
    commander.worker(node).is_ok_and(|id| commander.fleet.load().workers.contains_key(&id))
}
