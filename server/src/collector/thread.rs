//! The collector's thread, and how one learns that it has ended.

use super::{Collector, Message};
use anyhow::Context as _;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A collector that runs on a thread of its own.
pub(crate) struct Running {
    thread: JoinHandle<()>,
    ended: CancellationToken,
}

impl Running {
    /// Starts it. Its messages come through `inbox`.
    pub(crate) fn start(collector: Collector, inbox: mpsc::Receiver<Message>, tick: Duration) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Handle::current();
        Self::spawn(move || collector.run(inbox, tick, &runtime))
    }

    fn spawn(work: impl FnOnce() + Send + 'static) -> anyhow::Result<Self> {
        let ended = CancellationToken::new();
        // Dropped also when the thread panics.
        let end = ended.clone().drop_guard();
        let run = move || {
            let _end = end;
            work();
        };
        let thread =
            std::thread::Builder::new().name("collector".to_owned()).spawn(run).context("starting the collector")?;
        Ok(Self { thread, ended })
    }

    /// Waits until `stop`; that it ended before, by itself, is an error.
    pub(crate) async fn until(&self, stop: &CancellationToken) -> anyhow::Result<()> {
        tokio::select! {
            biased;
            () = stop.cancelled() => Ok(()),
            () = self.ended.cancelled() => Err(anyhow::anyhow!(
                "the collector ended by itself, so nothing is taken in any more; what was acknowledged is in the log: start again, and report the error above"
            )),
        }
    }

    /// Waits until it has ended; a panic is an error.
    pub(crate) async fn join(self) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || self.thread.join())
            .await
            .context("waiting for the collector")?
            .map_err(|_| anyhow::anyhow!("the collector ended with a panic; what was acknowledged is in the log"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_collector_that_ends_by_itself_is_noticed_whether_it_panics_or_returns() {
        for work in [|| panic!("as this test wants it"), || {}] {
            let running = Running::spawn(work).expect("a thread can be started");
            let never = CancellationToken::new();
            let ended = tokio::time::timeout(Duration::from_secs(10), running.until(&never)).await;
            let ended = ended.expect("it is noticed");
            assert!(ended.is_err());
        }
    }

    #[tokio::test]
    async fn one_that_is_stopped_ends_well() {
        let stop = CancellationToken::new();
        let running = Running::spawn(|| {}).expect("a thread can be started");
        stop.cancel();
        assert!(running.until(&stop).await.is_ok() && running.join().await.is_ok());
    }
}
