//! Reading ahead: a query goes through the shards of many slots one by one, and would wait for an answer each time. Who
//! asks for one shard after another gets the next ones along with it, twice as many each time.

use super::StoreError;
use super::blocks;
use super::keys::Keys;
use super::link::Link;
use crate::history::{Key, Tier};
use std::collections::HashMap;
use std::ops::Range;

/// Shards that are read ahead at most.
const MOST: u32 = 32;
/// Bytes that lie here at most before nothing more is read ahead.
const FULL: usize = 32 << 20;

/// What was read of a metric in a slot.
#[derive(Default)]
struct Window {
    shards: Range<u32>,
    /// The last call that had written the slot.
    call: u64,
    blocks: Vec<(Key, Vec<u8>)>,
}

impl Window {
    fn has(&self, shards: &Range<u32>) -> bool {
        self.shards.start <= shards.start && shards.end <= self.shards.end
    }

    fn bytes(&self) -> usize {
        self.blocks.iter().map(|(_, body)| body.len()).sum()
    }
}

/// See the module.
#[derive(Default)]
pub(super) struct Ahead {
    windows: HashMap<(Tier, u32, u16), Window>,
    bytes: usize,
}

impl Ahead {
    /// The blocks of a metric in a slot, in the order of their keys, and the last call that had written the slot when they
    /// were read.
    pub(super) fn read(
        &mut self,
        link: &mut Link,
        keys: &Keys,
        place: (Tier, u32, u16),
        shards: Range<u32>,
    ) -> Result<(u64, Vec<(Key, Vec<u8>)>), StoreError> {
        let window = self.windows.entry(place).or_default();
        if !window.has(&shards) {
            self.bytes -= window.bytes();
            let follows = shards.start == window.shards.end && self.bytes < FULL;
            let more = if follows { (2 * (window.shards.end - window.shards.start)).min(MOST) } else { 0 };
            let read = shards.start..shards.end.max(shards.start.saturating_add(more));
            let (call, blocks) = blocks::read(link, keys, place, read.clone())?;
            *window = Window { shards: read, call, blocks };
            self.bytes += window.bytes();
        }
        let wanted = window.blocks.iter().filter(|(key, _)| shards.contains(&key.shard)).cloned();
        Ok((window.call, wanted.collect()))
    }

    /// The last call that had written a slot when a metric in it was read.
    pub(super) fn call(&self, tier: Tier, slot: u32, metric: u16) -> Option<u64> {
        self.windows.get(&(tier, slot, metric)).map(|window| window.call)
    }
}
