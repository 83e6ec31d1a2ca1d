//! History: every sample of every series, then buckets of a minute, an hour and a day.
//!
//! - [`head`]: the newest samples, in memory, put in by the collector.
//! - [`keeper`]: the thread that alone writes: [`flush`] (the head becomes a part of a raw slot), [`merge`] (parts become
//!   one), [`roll`] (samples become buckets) with [`spread`] (and sketches over all series) and [`share`] (how far that
//!   is), and trimming.
//! - [`block`]: the bytes of a block; [`key`]: where it lies; [`names`]: the numbers of metrics and subjects.
//! - [`query`]: reads the head and the store together; [`walk`]: every raw sample that is in the store, one by one.
//!
//! A state snapshot is saved only once the head as of it is in the store (`collector::projector`): after a crash the
//! log's events behind the snapshot give the rest again. A sample that comes twice is one sample.

mod block;
mod bucket;
#[cfg(any(test, feature = "bench"))]
mod check;
mod earlier;
mod feed;
mod flush;
mod followers;
#[cfg(feature = "bench")]
pub mod full;
mod head;
mod keeper;
mod kept;
mod key;
mod merge;
mod names;
mod query;
mod roll;
mod shard;
mod share;
mod sketch;
mod spread;
mod subject;
mod table;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use followers::Following;
pub(crate) use head::{Limits, Tables};
pub(crate) use kept::Kept;
#[cfg(test)]
pub(crate) use key::SHARDS;
pub(crate) use key::{Key, MAX_PARTS, SHARES, TIMES, Tier};
pub(crate) use query::{QueryError, series_labels};
pub(crate) use share::raw_slots;
pub(crate) use subject::Subject;
pub(crate) use table::{Column, Table};
pub(crate) use walk::{Sample, walk};

use crate::collector::{Fleet, Samples, clock};
use crate::store::{HistoryReader, HistoryWriter, StoreError, TierSize};
use app::query::SeriesQuery;
use feed::Feed;
use forewatch::series::QueryAnswer;
use keeper::{Keeper, Shared};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// How often a query is asked again because the store has changed under it.
const CHANGES: usize = 4;

/// History, as the rest of the server sees it.
pub(crate) struct History {
    shared: Arc<Shared>,
    feed: Feed,
    store: Box<dyn HistoryReader>,
    keeper: Mutex<Option<(SyncSender<SyncSender<bool>>, JoinHandle<()>)>>,
}

impl History {
    /// Opens it over a store and starts the keeper.
    pub(crate) fn start(
        mut writer: Box<dyn HistoryWriter>,
        reader: Box<dyn HistoryReader>,
        limits: Limits,
        kept: Kept,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::of(writer.as_mut(), limits, kept, clock().timestamp())?);
        // One flush at a time is asked for; another waits.
        let (ask, asked) = sync_channel(1);
        let keeper = Keeper::new(shared.clone(), writer);
        let thread = std::thread::Builder::new()
            .name("history".to_owned())
            .spawn(move || keeper.run(&asked))
            .map_err(|error| StoreError::Unusable(format!("history's thread cannot be started: {error}")))?;
        Ok(Self { shared, feed: Feed::default(), store: reader, keeper: Mutex::new(Some((ask, thread))) })
    }

    /// What a store holds, for reading alone: nothing is put in, and nobody writes.
    pub(crate) fn stored(reader: Box<dyn HistoryReader>, kept: Kept) -> Result<Self, StoreError> {
        let nothing = Limits { series_per_subject: 0, series: 0, samples: 0 };
        let mut shared = None;
        reader.read(&mut |blocks| {
            shared = Some(Shared::of_blocks(blocks, nothing, kept, clock().timestamp())?);
            Ok(())
        })?;
        let shared = shared.ok_or_else(|| StoreError::Unusable("the store did not let itself be read".to_owned()))?;
        Ok(Self { shared: Arc::new(shared), feed: Feed::default(), store: reader, keeper: Mutex::new(None) })
    }

    /// The finest tier that tells of all that is as new as a moment (Unix seconds), or newer.
    pub(crate) fn finest(&self, from: i64) -> Tier {
        self.shared.kept.finest(from, clock().timestamp())
    }

    /// Puts in what a tick brought: samples of workers, and of the system and the queues when their step has passed.
    /// Has them written soon when they are many. Answers with how many are missing because the store cannot be written.
    pub(crate) fn take(&self, fleet: &Fleet, samples: &[Samples]) -> u64 {
        let missing = self.feed.take(&self.shared.head, fleet, samples);
        if self.shared.head.is_filling() {
            // Who takes samples waits for no flush.
            drop(self.flush());
        }
        missing
    }

    /// Samples that were refused because there are too many series.
    pub(crate) fn refused(&self) -> u64 {
        self.shared.head.refused()
    }

    /// What each tier holds in the store.
    pub(crate) fn sizes(&self) -> Result<Vec<TierSize>, StoreError> {
        self.store.sizes()
    }

    /// Hands over every sample from now on, once it is in the store.
    pub(crate) fn follow(&self) -> Following {
        self.shared.followers.follow()
    }

    /// Asks for a flush. The answer tells whether all that was in the head is in the store; none comes when the
    /// keeper is gone.
    pub(crate) fn flush(&self) -> Receiver<bool> {
        let (done, wait) = sync_channel(1);
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((ask, _)) = &*keeper {
            // While one is written, and another waits, a third is not needed; its asker learns of none.
            let _ = ask.try_send(done);
        }
        wait
    }

    /// Answers a query. Blocks for milliseconds.
    pub(crate) fn answer(&self, query: &SeriesQuery) -> Result<QueryAnswer, QueryError> {
        let ask = || query::answer(&self.shared, &*self.store, query, clock().timestamp());
        // The keeper writes for moments, minutes apart: a query seldom meets it, and hardly twice.
        for _ in 0..CHANGES {
            match ask() {
                Err(QueryError::Store(StoreError::Changed)) => {}
                answer => return answer,
            }
        }
        ask()
    }

    /// Whether the store can be read.
    pub(crate) fn ping(&self) -> Result<(), StoreError> {
        self.store.ping()
    }

    /// Flushes a last time and ends the keeper.
    pub(crate) fn finish(&self) {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((ask, thread)) = keeper {
            drop(ask);
            if thread.join().is_err() {
                tracing::error!(
                    "history's keeper ended with a panic: samples may be missing until the log is read again"
                );
            }
        }
        self.shared.followers.end();
    }
}
