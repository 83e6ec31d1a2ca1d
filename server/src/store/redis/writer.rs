//! The writer of history on Redis.

use super::StoreError;
use super::blocks::{self, Found, Reads, expiry, field, word};
use super::claim::{About, Claim, guarded};
use super::keys::Keys;
use super::link::Link;
use super::names::Names;
use crate::history::{Kept, Key, SHARES, TIMES, Tier, raw_slots};
use crate::store::{HistoryChanges, HistoryWriter};
use redis::Script;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

static FINISH: LazyLock<Script> = guarded!("finish.lua");
static EXPIRE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/expire.lua")));
static BLOCKS: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/blocks.lua")));

/// Bytes after which the shards that follow are written by a step of their own: others wait while Redis takes one.
const STEP: usize = 1 << 20;

/// See the module.
pub(super) struct RedisHistory {
    pub(super) link: RefCell<Link>,
    pub(super) claim: Arc<Claim>,
    kept: Kept,
    pub(super) names: Names,
}

/// What is written of a slot in one step.
#[derive(Default)]
struct Step<'a> {
    put: Vec<(Key, &'a [u8])>,
    delete: Vec<Key>,
    bytes: usize,
}

impl RedisHistory {
    pub(super) fn open(mut link: Link, claim: Arc<Claim>, kept: Kept) -> Result<Self, StoreError> {
        let named = blocks::named(&mut link, &claim.keys)?;
        Ok(Self { link: RefCell::new(link), claim, kept, names: Names::of(named) })
    }

    fn step(&mut self, tier: Tier, slot: u32, step: &Step<'_>) -> Result<(), StoreError> {
        let keys = &self.claim.keys;
        let mut call = BLOCKS.key(keys.index(tier, slot));
        let mut hashes: HashMap<u16, usize> = HashMap::new();
        for key in step.put.iter().map(|(key, _)| key).chain(&step.delete) {
            let next = hashes.len() + 1;
            hashes.entry(key.metric).or_insert_with(|| {
                call.key(keys.blocks(tier, slot, key.metric));
                next
            });
        }
        // Samples without buckets stay as long as the buckets would.
        let expiry = match tier {
            Tier::Raw => expiry(&self.kept, tier, slot, Tier::Raw).max(expiry(&self.kept, tier, slot, Tier::Minute)),
            tier => expiry(&self.kept, tier, slot, tier),
        };
        call.arg(self.claim.number()).arg(expiry).arg(step.put.len()).arg(step.delete.len());
        for (key, body) in &step.put {
            call.arg(hashes[&key.metric]).arg(field(*key)).arg(*body);
        }
        for key in &step.delete {
            call.arg(hashes[&key.metric]).arg(field(*key));
        }
        self.link.get_mut().run("writing history", |connection| call.invoke(connection))
    }

    /// Lets the samples of an hour go when their time is over: they have their buckets.
    fn expire(&mut self, hour: u32) -> Result<(), StoreError> {
        for slot in raw_slots(hour) {
            let keys = &self.claim.keys;
            let mut call = EXPIRE.key(keys.index(Tier::Raw, slot));
            for metric in [TIMES, SHARES].into_iter().chain(self.names.metrics.values().copied()) {
                call.key(keys.blocks(Tier::Raw, slot, metric));
            }
            call.arg(expiry(&self.kept, Tier::Raw, slot, Tier::Raw));
            self.link.get_mut().run("letting samples expire", |connection| call.invoke::<()>(connection))?;
        }
        Ok(())
    }
}

/// What is written in one step each, oldest first: all of a shard in a slot, and of shards that follow while they are small.
fn steps(changes: &HistoryChanges) -> Vec<(Tier, u32, Step<'_>)> {
    let mut shards: BTreeMap<(Tier, u32, u32), Step<'_>> = BTreeMap::new();
    for (tier, key, body) in &changes.put {
        let step = shards.entry((*tier, key.slot, key.shard)).or_default();
        step.put.push((*key, body));
        step.bytes += body.len();
    }
    for (tier, key) in &changes.delete {
        shards.entry((*tier, key.slot, key.shard)).or_default().delete.push(*key);
    }
    let mut steps: Vec<(Tier, u32, Step<'_>)> = Vec::new();
    for ((tier, slot, _), shard) in shards {
        match steps.last_mut() {
            Some((last, at, step)) if (*last, *at) == (tier, slot) && step.bytes + shard.bytes <= STEP => {
                step.put.extend(shard.put);
                step.delete.extend(shard.delete);
                step.bytes += shard.bytes;
            }
            _ => steps.push((tier, slot, shard)),
        }
    }
    steps
}

impl HistoryWriter for RedisHistory {
    /// What is put and deleted of a shard in a slot is all or none; of several, those before a failure are done, and
    /// writing the same again gives the same.
    fn write(&mut self, changes: &HistoryChanges) -> Result<(), StoreError> {
        // Also without names: who is not the writer any more learns it here.
        self.note(changes)?;
        for (tier, slot, step) in steps(changes) {
            self.step(tier, slot, &step)?;
        }
        if changes.end.is_empty() {
            return Ok(());
        }
        for (_, hour) in changes.end.iter().filter(|(tier, _)| *tier == Tier::Minute) {
            self.expire(*hour)?;
        }
        let mut finish = self.claim.call(&FINISH, About::History);
        finish.key(self.claim.keys.unfinished());
        for (tier, slot) in &changes.end {
            finish.arg(word(*tier, *slot));
        }
        self.link.get_mut().run("writing history", |connection| finish.invoke(connection))
    }

    /// Blocks expire by themselves.
    fn trim(&mut self, _: Tier, _: u32) -> Result<bool, StoreError> {
        Ok(false)
    }
}

impl Reads for RedisHistory {
    fn keys(&self) -> &Keys {
        &self.claim.keys
    }

    fn with<T>(&self, work: impl FnOnce(&mut Link) -> T) -> T {
        work(&mut self.link.borrow_mut())
    }

    fn read(&self, place: (Tier, u32, u16), shards: Range<u32>) -> Result<Rc<Found>, StoreError> {
        let answer = self.with(|link| blocks::read(link, self.keys(), place, shards))?;
        Ok(Rc::new(answer.found))
    }
}
