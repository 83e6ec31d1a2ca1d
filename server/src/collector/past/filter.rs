//! A Bloom filter over ids (Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970): says of each that was
//! put in that it may be there, and of some others too. It grows by parts of 2 MB, each for a million ids.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Bits of a part: a power of two.
const BITS: u64 = 1 << 24;
/// Ids of a part: with 16 bits and 4 probes each, one of 400 others is taken for one of them.
const IDS: usize = 1 << 20;
const PROBES: usize = 4;
/// The most parts. Beyond, every id may be there.
const PARTS: usize = 32;

/// Ids that were put in.
#[derive(Default)]
pub(super) struct Filter {
    parts: Vec<Part>,
}

struct Part {
    bits: Box<[u64]>,
    ids: usize,
}

impl Filter {
    pub(super) fn insert(&mut self, id: &str) {
        if self.parts.last().is_none_or(|part| part.ids >= IDS) {
            if self.parts.len() > PARTS {
                return;
            }
            self.parts.push(Part { bits: vec![0; (BITS / 64) as usize].into(), ids: 0 });
        }
        if let Some(part) = self.parts.last_mut() {
            part.ids += 1;
            for bit in probes(id) {
                part.bits[(bit / 64) as usize] |= 1 << (bit % 64);
            }
        }
    }

    /// Whether it may have been put in; false is sure.
    pub(super) fn may_hold(&self, id: &str) -> bool {
        self.parts.len() > PARTS || {
            let bits: [u64; PROBES] = probes(id);
            self.parts.iter().any(|part| bits.iter().all(|bit| part.bits[(bit / 64) as usize] & (1 << (bit % 64)) != 0))
        }
    }

    /// Takes in all that are in another.
    pub(super) fn join(&mut self, mut other: Self) {
        // The newest part, which is being filled, stays the last.
        other.parts.append(&mut self.parts);
        self.parts = other.parts;
    }
}

/// Where the bits of an id are: two halves of one hash make all of them (Kirsch and Mitzenmacher, 2006).
fn probes(id: &str) -> [u64; PROBES] {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let hash = hasher.finish();
    let (first, step) = (hash, (hash >> 32) | 1);
    std::array::from_fn(|n| first.wrapping_add(step.wrapping_mul(n as u64)) % BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_that_was_put_in_is_missed_and_few_others_are_taken_for_one() {
        let mut filter = Filter::default();
        assert!(!filter.may_hold("0"));
        let many = 200_000_u32;
        for id in 0..many {
            filter.insert(&id.to_string());
        }
        assert!((0..many).all(|id| filter.may_hold(&id.to_string())));
        let others = (many..2 * many).filter(|id| filter.may_hold(&id.to_string())).count();
        assert!(others < 1_000, "{others}");
    }

    #[test]
    fn two_that_are_joined_hold_what_either_held_and_go_on() {
        let (mut one, mut other) = (Filter::default(), Filter::default());
        one.insert("a");
        other.insert("b");
        one.join(other);
        one.insert("c");
        assert!(["a", "b", "c"].iter().all(|id| one.may_hold(id)));
        assert!(!one.may_hold("d"));
    }

    #[test]
    fn one_that_is_full_holds_everything() {
        let part = || Part { bits: Box::default(), ids: IDS };
        let filter = Filter { parts: (0..=PARTS).map(|_| part()).collect() };
        assert!(filter.may_hold("anything"));
    }
}
