//! Joins an application's events to the collector's queue.

use super::{Commander, Observed, Running, Settings, command, observe};
use crate::collector::{Fleet, Intake, IntakeError};
use crate::config::CelerySource;
use forewatch::{Event, TaskMetrics, TaskStatus};
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

/// Begins to observe an application whose settings come from the configuration, and of which `fleet` knows from before.
pub(crate) fn start(
    source: &CelerySource,
    fleet: &Fleet,
    intake: Intake,
    commander: Option<Arc<Commander>>,
    stop: CancellationToken,
) -> anyhow::Result<Observed> {
    let settings = Settings::of(source)?;
    let (sink, batches) = mpsc::channel(WAITING);
    if let Some(commander) = commander.clone().filter(|commander| commander.allowed().is_ok()) {
        tokio::spawn(command::keep(commander, stop.clone()));
    }
    let observed = observe(settings, running(fleet, source), sink, commander, stop);
    tokio::spawn(hand_over(batches, intake));
    Ok(observed)
}

/// What an application's workers ran when Forewatch last heard of them: it may have ended meanwhile.
fn running(fleet: &Fleet, source: &CelerySource) -> Vec<Running> {
    let (name, prefix) = (source.source_name(), format!("{}:", source.name));
    let tasks = fleet.tasks.values().filter(|task| task.status == TaskStatus::Processing && *task.source == *name);
    let on_node = |task: &Arc<TaskMetrics>| {
        let node = task.worker_id.as_ref()?.strip_prefix(&prefix)?.to_owned();
        Some(Running { task: task.task_id.to_string(), node })
    };
    tasks.filter_map(on_node).collect()
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
