//! The keeper: the thread that alone writes history. It flushes the head when it is asked to, and between two
//! flushes merges, rolls up and trims, a shard at a time; between two steps it pauses as long as the last one took, so that
//! a flush never waits for more than one of them, and others have at least as much of the processor.

use super::earlier::{bring_up, last_second};
use super::flush::flush;
use super::followers::Followers;
use super::head::{Head, Limits};
use super::kept::Kept;
use super::key::Tier;
use super::names::Names;
use super::{merge, roll, share};
use crate::collector::clock;
use crate::store::{Blocks, HistoryChanges, HistoryWriter, StoreError};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Seconds after the end of a slot in which samples for it are usually still on their way.
const GRACE: i64 = 90;
/// Time between two looks for something to do.
const PAUSE: Duration = Duration::from_secs(1);
/// Time until a flush or a step that failed is tried again.
const AGAIN: Duration = Duration::from_secs(10);
/// Names that are forgotten in one step at most.
const SOME_NAMES: usize = 1_000;
/// Seconds between two looks for names to forget.
const NAMES_AGAIN: i64 = 3_600;
const HOUR: i64 = 3_600;

/// Up to when every hour has its buckets.
fn rolled(unfinished: &[(Tier, u32)], now: i64) -> i64 {
    let hours = unfinished.iter().filter(|(tier, _)| *tier == Tier::Minute).map(|(tier, slot)| tier.start(*slot));
    hours.min().unwrap_or(now).min(now) / HOUR * HOUR
}

/// What others see of the keeper's state.
pub(crate) struct Shared {
    pub(crate) head: Head,
    pub(crate) names: RwLock<Names>,
    pub(crate) followers: Followers,
    pub(crate) kept: Kept,
    /// Up to when every hour has its buckets, Unix seconds.
    pub(crate) rolled: AtomicI64,
    /// From when on every hour that has its buckets has its sketches, Unix seconds.
    pub(crate) sketched_since: i64,
}

impl Shared {
    /// As of `now` (Unix seconds), after the store is brought up to date.
    pub(super) fn of(store: &mut dyn HistoryWriter, limits: Limits, kept: Kept, now: i64) -> Result<Self, StoreError> {
        bring_up(store, &kept, now)?;
        Self::of_blocks(store, limits, kept, now)
    }

    /// As of `now`, of a store as it is.
    pub(super) fn of_blocks(blocks: &dyn Blocks, limits: Limits, kept: Kept, now: i64) -> Result<Self, StoreError> {
        Ok(Self {
            head: Head::new(limits),
            names: RwLock::new(Names::of(blocks.named()?)),
            followers: Followers::default(),
            kept,
            rolled: rolled(&blocks.unfinished()?, now).into(),
            sketched_since: blocks.sketched_since()?.unwrap_or(0),
        })
    }
}

/// Says, when a flush is done, whether what was in the head is in the store.
pub(crate) type Flush = SyncSender<bool>;

/// See the module.
pub(super) struct Keeper {
    pub(super) shared: Arc<Shared>,
    pub(super) store: Box<dyn HistoryWriter>,
    /// When names to forget are looked for again, Unix seconds.
    pub(super) names_due: i64,
    /// The hour that is being rolled up, and its shards without a share; looked up anew after each flush.
    rolling: Option<(u32, BTreeSet<u32>)>,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Something,
    Nothing,
}

impl Keeper {
    pub(super) fn new(shared: Arc<Shared>, store: Box<dyn HistoryWriter>) -> Self {
        Self { shared, store, names_due: 0, rolling: None }
    }

    /// Runs until nobody asks any more; flushes a last time.
    pub(super) fn run(mut self, asked: &Receiver<Flush>) {
        let mut pause = PAUSE;
        // Whether samples wait that could not be written.
        let mut waits = false;
        loop {
            match asked.recv_timeout(pause) {
                Ok(done) => {
                    let written = self.flush();
                    // Who asked may have given up.
                    let _ = done.send(written);
                    pause = if written { Duration::ZERO } else { AGAIN };
                    waits = !written;
                }
                Err(RecvTimeoutError::Timeout) if waits => {
                    waits = !self.flush();
                    pause = if waits { AGAIN } else { Duration::ZERO };
                }
                Err(RecvTimeoutError::Timeout) => {
                    let begin = Instant::now();
                    pause = match self.step(clock().timestamp()) {
                        Ok(Step::Something) => begin.elapsed().min(PAUSE),
                        Ok(Step::Nothing) => PAUSE,
                        Err(error) => {
                            tracing::error!(%error, "history could not be brought up to date: trying again");
                            AGAIN
                        }
                    };
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.flush();
                    return;
                }
            }
        }
    }

    /// Writes the head; true when all that was in it is in the store.
    pub(super) fn flush(&mut self) -> bool {
        self.rolling = None;
        // Twice, when samples wait from a flush that failed.
        for _ in 0..2 {
            let Some(tables) = self.shared.head.freeze() else { return true };
            match flush(self.store.as_mut(), &self.shared.names, &tables) {
                Ok(()) => {
                    self.shared.head.written();
                    self.shared.followers.tell(&tables);
                }
                Err(error) => {
                    tracing::error!(%error, "samples could not be written: they wait in memory");
                    return false;
                }
            }
        }
        true
    }

    /// Does one thing that is due: merges a shard of a slot, rolls up a shard's hour or joins the shares of an hour, or
    /// trims a part of a tier.
    pub(super) fn step(&mut self, now: i64) -> Result<Step, StoreError> {
        let unfinished = self.store.unfinished()?;
        let due = |tier: Tier, slot: u32| tier.start(slot) + tier.slot_seconds() + GRACE <= now;
        if let Some((_, slot)) = unfinished.iter().find(|(tier, slot)| *tier == Tier::Raw && due(*tier, *slot)) {
            self.merge(*slot)?;
            return Ok(Step::Something);
        }
        if let Some((_, hour)) = unfinished.iter().find(|(tier, slot)| *tier == Tier::Minute && due(*tier, *slot)) {
            self.roll(*hour)?;
            return Ok(Step::Something);
        }
        self.shared.rolled.store(rolled(&unfinished, now), Ordering::Release);
        self.trim(now)
    }

    fn metrics(&self) -> Vec<u16> {
        self.shared.names.read().unwrap_or_else(PoisonError::into_inner).metrics().collect()
    }

    fn merge(&mut self, slot: u32) -> Result<(), StoreError> {
        match merge::next_in(self.store.as_ref(), slot)? {
            Some(shard) => {
                let metrics = self.metrics();
                merge::merge(self.store.as_mut(), metrics.into_iter(), slot, shard)
            }
            None => self.end(Tier::Raw, slot),
        }
    }

    fn roll(&mut self, hour: u32) -> Result<(), StoreError> {
        let mut shards = match self.rolling.take() {
            Some((of, shards)) if of == hour => shards,
            _ => share::missing(self.store.as_ref(), hour)?,
        };
        if let Some(shard) = shards.first() {
            let metrics = self.metrics();
            roll::roll(self.store.as_mut(), &metrics, hour, *shard)?;
            shards.pop_first();
            self.rolling = Some((hour, shards));
            return Ok(());
        }
        let mut changes = HistoryChanges { end: vec![(Tier::Minute, hour)], ..HistoryChanges::default() };
        let spread = share::joined(self.store.as_ref(), hour)?;
        spread.put(self.store.as_ref(), hour, self.shared.sketched_since, &mut changes)?;
        self.store.write(&changes)
    }

    fn end(&mut self, tier: Tier, slot: u32) -> Result<(), StoreError> {
        self.store.write(&HistoryChanges { end: vec![(tier, slot)], ..HistoryChanges::default() })
    }

    fn trim(&mut self, now: i64) -> Result<Step, StoreError> {
        for tier in Tier::ALL {
            if self.store.trim(tier, self.shared.kept.first_slot(tier, now))? {
                return Ok(Step::Something);
            }
        }
        self.trim_names(now)
    }

    /// Forgets some subjects whose newest sample lies before all that any tier has. Those that have samples in the head
    /// get a new number when these are written.
    fn trim_names(&mut self, now: i64) -> Result<Step, StoreError> {
        if now < self.names_due {
            return Ok(Step::Nothing);
        }
        let kept = &self.shared.kept;
        let is_over = |day: u32| Tier::ALL.iter().all(|tier| tier.slot(last_second(day)) < kept.first_slot(*tier, now));
        let names = self.shared.names.read().unwrap_or_else(PoisonError::into_inner);
        let over = names.some_over(SOME_NAMES, is_over);
        drop(names);
        if over.is_empty() {
            self.names_due = now + NAMES_AGAIN;
            return Ok(Step::Nothing);
        }
        let gone = over.iter().map(|(_, number)| *number).collect();
        self.store.write(&HistoryChanges { gone, ..HistoryChanges::default() })?;
        let mut names = self.shared.names.write().unwrap_or_else(PoisonError::into_inner);
        for (subject, _) in &over {
            names.forget(subject);
        }
        Ok(Step::Something)
    }
}
