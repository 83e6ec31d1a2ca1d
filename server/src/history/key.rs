//! Where a block of history lies: its tier, the slot of time, the metric, the shard of subjects, and its part.

use std::ops::Range;

/// Subjects in a shard: what is written and read together.
pub(crate) const SHARD: u32 = 32;
/// The metric's number under which the times of a raw shard lie.
pub(crate) const TIMES: u16 = 0;
/// All shards.
pub(crate) const SHARDS: Range<u32> = 0..FLEET;
/// Behind the last shard: where a metric's sketches over all its series lie, in each tier of rollups.
pub(crate) const FLEET: u32 = (1 << SHARD_BITS) - 1;
/// The metric's number under which the shares of shards in their hour's sketches lie, see [`super::share`].
pub(crate) const SHARES: u16 = (1 << METRIC_BITS) - 1;
/// Parts of a slot and shard at most: what waits to be merged.
pub(crate) const MAX_PARTS: u16 = 1 << PART_BITS;

const METRIC_BITS: u32 = 12;
const SHARD_BITS: u32 = 18;
const PART_BITS: u32 = 10;

/// How fine history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Tier {
    /// Every sample.
    Raw,
    /// A bucket a minute.
    Minute,
    /// A bucket an hour.
    Hour,
    /// A bucket a day (UTC).
    Day,
}

impl Tier {
    /// Every tier, finest first.
    pub(crate) const ALL: [Self; 4] = [Self::Raw, Self::Minute, Self::Hour, Self::Day];
    /// All that hold buckets, coarsest first.
    pub(crate) const ROLLUPS: [Self; 3] = [Self::Day, Self::Hour, Self::Minute];

    /// Seconds of a bucket; of a raw sample, none.
    pub(crate) fn bucket_seconds(self) -> i64 {
        match self {
            Self::Raw => 0,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    /// Seconds of a slot: what one block spans.
    pub(crate) fn slot_seconds(self) -> i64 {
        match self {
            Self::Raw => 600,
            Self::Minute => 3_600,
            Self::Hour => 86_400,
            Self::Day => 32 * 86_400,
        }
    }

    /// Its name in an answer.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Minute => "1m",
            Self::Hour => "1h",
            Self::Day => "1d",
        }
    }

    /// The slot that a time lies in, Unix seconds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a key holds")]
    pub(crate) fn slot(self, seconds: i64) -> u32 {
        seconds.div_euclid(self.slot_seconds()).clamp(0, i64::from(u32::MAX >> 9)) as u32
    }

    /// Where a slot begins, Unix seconds.
    pub(crate) fn start(self, slot: u32) -> i64 {
        i64::from(slot) * self.slot_seconds()
    }

    /// Buckets of a slot; of raw samples, none.
    pub(crate) fn places(self) -> u32 {
        self.slot_seconds()
            .checked_div(self.bucket_seconds())
            .and_then(|places| u32::try_from(places).ok())
            .unwrap_or(0)
    }

    /// The place within its slot of the bucket that a time lies in, Unix seconds.
    pub(crate) fn place(self, seconds: i64) -> u32 {
        let within = seconds - self.start(self.slot(seconds));
        u32::try_from(within / self.bucket_seconds().max(1)).unwrap_or(0)
    }

    /// The slots that a span of time touches, Unix seconds.
    pub(crate) fn slots(self, span: &Range<i64>) -> Range<u32> {
        if span.is_empty() { 0..0 } else { self.slot(span.start)..self.slot(span.end - 1) + 1 }
    }
}

/// The place of a block within its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) slot: u32,
    pub(crate) metric: u16,
    pub(crate) shard: u32,
    pub(crate) part: u16,
}

impl Key {
    /// As one number, in the order of the fields: slot (23 bits), metric (12), shard (18), part (10).
    pub(crate) fn pack(self) -> i64 {
        (i64::from(self.slot) << (METRIC_BITS + SHARD_BITS + PART_BITS))
            | (i64::from(self.metric) << (SHARD_BITS + PART_BITS))
            | (i64::from(self.shard) << PART_BITS)
            | i64::from(self.part)
    }

    /// From such a number.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "each is masked to its bits")]
    pub(crate) fn unpack(packed: i64) -> Self {
        let bits = |shift: u32, width: u32| (packed >> shift) & ((1 << width) - 1);
        Self {
            slot: bits(METRIC_BITS + SHARD_BITS + PART_BITS, 23) as u32,
            metric: bits(SHARD_BITS + PART_BITS, METRIC_BITS) as u16,
            shard: bits(PART_BITS, SHARD_BITS) as u32,
            part: bits(0, PART_BITS) as u16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_keeps_its_fields_and_their_order() {
        let fields = [0, 1, 1023];
        let mut keys: Vec<Key> = Vec::new();
        for slot in [0, 1, (1 << 23) - 1] {
            for metric in [0, 1, (1 << METRIC_BITS) - 1] {
                for shard in [0, 1, (1 << SHARD_BITS) - 1] {
                    keys.extend(fields.map(|part| Key { slot, metric, shard, part }));
                }
            }
        }
        let packed: Vec<i64> = keys.iter().map(|key| key.pack()).collect();
        assert!(packed.is_sorted_by(|a, b| a < b));
        assert_eq!(packed.into_iter().map(Key::unpack).collect::<Vec<_>>(), keys);
    }

    #[test]
    fn a_span_touches_the_slots_it_has_a_second_in() {
        assert_eq!(Tier::Raw.slots(&(0..600)), 0..1);
        assert_eq!(Tier::Raw.slots(&(599..601)), 0..2);
        assert_eq!(Tier::Raw.slots(&(600..600)), 0..0);
        assert_eq!(Tier::Hour.slots(&(86_400..2 * 86_400)), 1..2);
    }
}
