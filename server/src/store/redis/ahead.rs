//! Reading ahead: a query goes through the slots of many shards one by one, and would wait for an answer each time. It
//! tells before what it will read; the first block that it then asks for is read along with those that follow.

use super::StoreError;
use super::blocks::{self, Answer, Asked, Found};
use super::keys::Keys;
use super::link::Link;
use crate::history::{TIMES, Tier};
use crate::store::Expected;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// Slots of shards that are read at once: of a metric with many devices some dozen megabytes.
const AT_ONCE: usize = 256;

/// See the module.
#[derive(Default)]
pub(super) struct Ahead {
    expected: Expected,
    /// What was read at once last, of these shards, with the last call that had written each slot.
    shards: Vec<u32>,
    read: HashMap<(Tier, u32, u16), (u64, Rc<Found>)>,
}

impl Ahead {
    pub(super) fn expect(&mut self, expected: Expected) {
        *self = Self { expected, ..Self::default() };
    }

    /// Blocks of a metric in a slot, at least those of these shards, and the last call that had written the slot when they
    /// were read.
    pub(super) fn read(
        &mut self,
        link: &mut Link,
        keys: &Keys,
        place: (Tier, u32, u16),
        shards: Range<u32>,
    ) -> Result<(u64, Rc<Found>), StoreError> {
        let is_read = |shard: u32| self.shards.binary_search(&shard).is_ok();
        if !(self.read.contains_key(&place) && shards.clone().all(is_read)) {
            match self.expected_at(place, &shards) {
                Some((slot, shard)) => self.read_on(link, keys, slot, shard)?,
                None => {
                    let answer = blocks::read(link, keys, place, shards)?;
                    return Ok((answer.call, Rc::new(answer.found)));
                }
            }
        }
        Ok(self.read.get(&place).cloned().unwrap_or_default())
    }

    /// Where in what is expected a place lies.
    fn expected_at(&self, (tier, slot, metric): (Tier, u32, u16), shards: &Range<u32>) -> Option<(usize, usize)> {
        let is_expected = metric == self.expected.metric || (tier == Tier::Raw && metric == TIMES);
        let shard =
            self.expected.shards.binary_search(&shards.start).ok().filter(|_| is_expected && shards.len() == 1)?;
        Some((self.expected.slots.iter().position(|known| *known == (tier, slot))?, shard))
    }

    /// Reads what is expected from a place on, in the place of what was read before.
    fn read_on(&mut self, link: &mut Link, keys: &Keys, slot: usize, shard: usize) -> Result<(), StoreError> {
        let Expected { slots, metric, shards } = &self.expected;
        let width = (AT_ONCE / slots.len()).max(1);
        self.shards = shards.iter().skip(shard).take(width).copied().collect();
        self.read.clear();
        let asked: Vec<Asked<'_>> = slots
            .iter()
            .skip(slot)
            .take(AT_ONCE)
            .map(|(tier, slot)| Asked {
                tier: *tier,
                slot: *slot,
                metric: *metric,
                with_times: *tier == Tier::Raw,
                shards: Some(&self.shards),
            })
            .collect();
        for (asked, answer) in asked.iter().zip(blocks::read_all(link, keys, &asked)?) {
            let Answer { call, times, found } = answer;
            self.read.insert((asked.tier, asked.slot, *metric), (call, Rc::new(found)));
            if let Some(times) = times {
                self.read.insert((asked.tier, asked.slot, TIMES), (call, Rc::new(times)));
            }
        }
        Ok(())
    }
}
