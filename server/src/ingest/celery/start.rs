//! Joins an application's events to the collector's queue.

use super::{Observed, Settings, observe};
use crate::collector::{Intake, IntakeError};
use crate::config::CelerySource;
use forewatch::Event;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Batches that may wait for the collector. When it is full the source holds what comes in its own
/// bounded queue, and counts what does not fit there.
const WAITING: usize = 64;
/// Batches that are handed over as one.
const TOGETHER: usize = 16;
/// After a refusal, the same events are handed over again.
const AGAIN: Duration = Duration::from_millis(500);

/// Begins to observe an application whose settings come from the configuration.
pub(crate) fn start(source: &CelerySource, intake: Intake, stop: CancellationToken) -> anyhow::Result<Observed> {
    let settings = Settings::of(source)?;
    let (sink, batches) = mpsc::channel(WAITING);
    let observed = observe(settings, sink, stop);
    tokio::spawn(hand_over(batches, intake));
    Ok(observed)
}

async fn hand_over(mut batches: mpsc::Receiver<Vec<Event>>, intake: Intake) {
    let mut together = Vec::new();
    while batches.recv_many(&mut together, TOGETHER).await > 0 {
        let events: Vec<Event> = together.drain(..).flatten().collect();
        loop {
            match intake.submit_when_free(events.clone()).await {
                Ok(()) => break,
                Err(IntakeError::Stopped) => return,
                Err(error) => {
                    tracing::warn!(%error, events = events.len(), "events of a Celery application wait");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }
}
