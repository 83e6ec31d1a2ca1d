//! Remote write: every sample, once it is in the store, is handed to Prometheus or to another system that takes its
//! [protocol, version 1.0](https://prometheus.io/docs/specs/prw/remote_write_spec/) (`[[remote_write]]`).
//!
//! Each receiver has a task of its own: [`encode`] makes requests of a flush's samples, [`receiver`] hands them over, one
//! after the other, and tries again while the receiver is away. Samples that find no room meanwhile are counted; Forewatch's
//! own history has them.

mod encode;
mod receiver;

use crate::state::AppState;
use crate::telemetry::Counters;
use receiver::{Outcome, Receiver};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Samples of one request at most, but for the last series in it.
const AT_ONCE: usize = 10_000;

/// Begins to hand samples over, to each receiver of the configuration. Ends when there are no more; after `stop` nothing is
/// tried twice.
pub(crate) fn start(state: &AppState, stop: &CancellationToken) -> anyhow::Result<Vec<JoinHandle<()>>> {
    let mut tasks = Vec::new();
    for section in &state.config.remote_write {
        let receiver = Receiver::new(section, stop.clone())?;
        tasks.push(tokio::spawn(hand_over(receiver, state.history.follow(), state.counters.clone())));
    }
    Ok(tasks)
}

async fn hand_over(mut receiver: Receiver, mut following: crate::history::Following, counters: Arc<Counters>) {
    while let Some(handed) = following.handed.recv().await {
        let missed = following.missed.swap(0, Ordering::Relaxed);
        counters.remote_write_missed.fetch_add(missed, Ordering::Relaxed);
        let mut series = encode::all_series(&handed.tables).peekable();
        let mut is_first = true;
        while series.peek().is_some() {
            let mut request = encode::Request::default();
            if std::mem::take(&mut is_first) {
                request.describe();
            }
            while request.samples < AT_ONCE
                && let Some(series) = series.next()
            {
                request.add(&series, receiver.labels());
            }
            let samples = request.samples as u64;
            let outcome = match request.finish() {
                Ok(body) => receiver.take(body).await,
                Err(error) => {
                    tracing::error!(%error, samples, "remote write: a request cannot be packed");
                    Outcome::GivenUp
                }
            };
            let count = match outcome {
                Outcome::Taken => &counters.remote_write_sent,
                Outcome::Refused => &counters.remote_write_refused,
                Outcome::GivenUp => &counters.remote_write_missed,
            };
            count.fetch_add(samples, Ordering::Relaxed);
        }
    }
}
