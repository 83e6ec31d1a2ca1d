//! The buckets of one metric in a shard, for each tier of rollups.

use super::{BlockError, Reader, Writer};
use crate::history::bucket::Bucket;
use forewatch::series::Aggregation;

/// One series' buckets in a slot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    /// The subject's place in the shard.
    pub(crate) place: u32,
    /// See [`crate::history::table::Column`].
    pub(crate) label: u32,
    /// The bucket's place in the slot, ascending, and the bucket.
    pub(crate) buckets: Vec<(u32, Bucket)>,
}

/// The numbers of a bucket, in the order in which they lie in a block.
type Field = (fn(&Bucket) -> f64, fn(&mut Bucket) -> &mut f64);
const FIELDS: [Field; 7] = [
    (|b| b.count, |b| &mut b.count),
    (|b| b.sum, |b| &mut b.sum),
    (|b| b.min, |b| &mut b.min),
    (|b| b.max, |b| &mut b.max),
    (|b| b.first, |b| &mut b.first),
    (|b| b.last, |b| &mut b.last),
    (|b| b.growth, |b| &mut b.growth),
];

/// Which numbers of the buckets are read: the others are left at those of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted([bool; 7]);

impl Wanted {
    /// All of them.
    pub(crate) const ALL: Self = Self([true; 7]);

    /// Those that an aggregation over time needs.
    pub(crate) fn by(over: Aggregation) -> Self {
        let [count, sum, min, max, first, last, growth] = match over {
            Aggregation::Avg => [true, true, false, false, false, false, false],
            Aggregation::Min => [false, false, true, false, false, false, false],
            Aggregation::Max => [false, false, false, true, false, false, false],
            Aggregation::Sum => [false, true, false, false, false, false, false],
            Aggregation::Count => [true, false, false, false, false, false, false],
            Aggregation::First => [false, false, false, false, true, false, false],
            Aggregation::Last => [false, false, false, false, false, true, false],
            Aggregation::Rate | Aggregation::Increase => [true, false, false, false, true, true, true],
            Aggregation::P50 | Aggregation::P95 | Aggregation::P99 => [true; 7],
        };
        Self([count, sum, min, max, first, last, growth])
    }
}

/// Packs the series of a metric, by place and label.
pub(crate) fn write(series: &[Series]) -> Result<Vec<u8>, BlockError> {
    let mut block = Writer::new();
    block.number(series.len() as u64);
    for one in series {
        block.number(u64::from(one.place));
        block.number(u64::from(one.label));
        block.number(one.buckets.len() as u64);
    }
    let all = || series.iter().flat_map(|one| &one.buckets);
    block.list(&all().map(|(place, _)| *place).collect::<Vec<u32>>())?;
    for (read, _) in FIELDS {
        block.list(&all().map(|(_, bucket)| read(bucket)).collect::<Vec<f64>>())?;
    }
    Ok(block.finish())
}

/// Unpacks them.
pub(crate) fn read(block: &[u8], wanted: Wanted) -> Result<Vec<Series>, BlockError> {
    let mut block = Reader::open(block)?;
    let count = block.count()?;
    let heads = (0..count)
        .map(|_| Ok((block.small()?, block.small()?, block.count()?)))
        .collect::<Result<Vec<_>, BlockError>>()?;
    let total = heads.iter().map(|(_, _, buckets)| buckets).sum();
    let places: Vec<u32> = block.list(total)?;
    let nothing = Bucket { count: 0.0, sum: 0.0, min: 0.0, max: 0.0, first: 0.0, last: 0.0, growth: 0.0 };
    let mut all: Vec<(u32, Bucket)> = places.into_iter().map(|place| (place, nothing)).collect();
    for ((_, write), wanted) in FIELDS.into_iter().zip(wanted.0) {
        if !wanted {
            block.skip()?;
            continue;
        }
        for ((_, bucket), value) in all.iter_mut().zip(block.list::<f64>(total)?) {
            *write(bucket) = value;
        }
    }
    let mut rest = all.into_iter();
    let take = |(place, label, buckets)| Series { place, label, buckets: rest.by_ref().take(buckets).collect() };
    Ok(heads.into_iter().map(take).collect())
}

#[cfg(test)]
mod tests {
    use super::super::assert_damage_is_seen;
    use super::*;

    fn series() -> Vec<Series> {
        let bucket = |n: u32| {
            let mut bucket = Bucket::of(f64::from(n) * 0.37);
            bucket.join(&Bucket::of(f64::from(n % 5)));
            bucket
        };
        let one =
            |place, label, from: u32| Series { place, label, buckets: (from..60).map(|n| (n, bucket(n))).collect() };
        vec![one(0, 0, 0), one(1, 2, 58), Series { place: 7, label: 0, buckets: Vec::new() }]
    }

    #[test]
    fn buckets_come_back_and_damage_is_seen() {
        let block = write(&series()).expect("they can be packed");
        assert_eq!(read(&block, Wanted::ALL), Ok(series()));
        assert_damage_is_seen(&block, |block| read(block, Wanted::ALL));
    }

    #[test]
    fn only_what_is_wanted_is_read() {
        let block = write(&series()).expect("they can be packed");
        let read = read(&block, Wanted::by(Aggregation::Avg)).expect("it can be read");
        let (bucket, expected) = (read[0].buckets[3].1, series()[0].buckets[3].1);
        assert_eq!((bucket.count, bucket.sum), (expected.count, expected.sum));
        assert_eq!(bucket.max.to_bits(), 0.0_f64.to_bits());
    }
}
