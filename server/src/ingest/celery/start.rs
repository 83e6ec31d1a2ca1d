//! Joins an application's events to the collector's queue.

use super::{Commander, Known, Observed, Settings, Taken, at_workers, command, observe};
use crate::collector::{Fleet, Intake, IntakeError};
use crate::config::CelerySource;
use arc_swap::ArcSwap;
use forewatch::{Event, TaskMetrics, TaskState};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// Batches that may wait for the collector. When it is full the source holds what comes in its own
/// bounded queue, and counts what does not fit there.
const WAITING: usize = 64;
/// Events that are handed over as one, and how long is waited for as many: a commit costs about as much for one as for
/// hundreds.
const TOGETHER: usize = 10_000;
const GATHER: Duration = Duration::from_millis(50);
/// After a refusal, the same events are handed over again.
const AGAIN: Duration = Duration::from_millis(500);

/// Begins to observe an application whose settings come from the configuration, and of which `fleet` knows.
pub(crate) fn start(
    source: &CelerySource,
    fleet: &Arc<ArcSwap<Fleet>>,
    intake: Intake,
    commander: Option<Arc<Commander>>,
    stop: CancellationToken,
) -> anyhow::Result<Observed> {
    let settings = Settings::of(source)?;
    let (sink, batches) = mpsc::channel(WAITING);
    if let Some(commander) = commander.clone().filter(|commander| commander.allowed().is_ok()) {
        tokio::spawn(command::keep(commander, stop.clone()));
    }
    let observed = observe(settings, known(fleet, source), sink, commander, stop);
    tokio::spawn(hand_over(batches, intake));
    Ok(observed)
}

/// What an application's workers have taken, as Forewatch last heard.
fn known(fleet: &Arc<ArcSwap<Fleet>>, source: &CelerySource) -> Known {
    let (fleet, name, prefix) = (fleet.clone(), source.source_name(), format!("{}:", source.name));
    Box::new(move || {
        let fleet = fleet.load();
        let of_source = fleet.tasks.values().filter(|task| *task.source == *name);
        // One more than there is room for, which tells that there is none.
        of_source.filter_map(|task| taken(task, &prefix)).take(at_workers::MAX_TASKS + 1).collect()
    })
}

fn taken(task: &TaskMetrics, prefix: &str) -> Option<Taken> {
    // What is to be tried again may lie in its queue: the worker of the last attempt is not the one to ask.
    let runs = match task.state {
        TaskState::Started | TaskState::Progress => true,
        TaskState::Received | TaskState::Scheduled => false,
        _ => return None,
    };
    let node = task.worker_id.as_ref()?.strip_prefix(prefix)?.to_owned();
    Some(Taken { task: task.task_id.to_string(), node, runs })
}

async fn hand_over(mut batches: mpsc::Receiver<Vec<Event>>, intake: Intake) {
    while let Some(mut events) = batches.recv().await {
        let until = Instant::now() + GATHER;
        while events.len() < TOGETHER
            && let Ok(Some(mut more)) = timeout_at(until, batches.recv()).await
        {
            events.append(&mut more);
        }
        while let Err(refused) = intake.submit_when_free(events).await {
            if matches!(refused.error, IntakeError::Stopped) {
                return;
            }
            events = refused.events;
            tracing::warn!(error = %refused.error, events = events.len(), "events of a Celery application wait");
            tokio::time::sleep(AGAIN).await;
        }
    }
}
