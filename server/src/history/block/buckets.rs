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
const FIELDS: [fn(&Bucket) -> f64; 7] =
    [|b| b.count, |b| b.sum, |b| b.min, |b| b.max, |b| b.first, |b| b.last, |b| b.growth];

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
    for read in FIELDS {
        block.list(&all().map(|(_, bucket)| read(bucket)).collect::<Vec<f64>>())?;
    }
    Ok(block.finish())
}

/// The series of a block as they lie in it: number by number.
pub(crate) struct Columns {
    /// Of each series its place, its label and how many buckets it has.
    heads: Vec<(u32, u32, usize)>,
    /// The places of all buckets, series after series.
    places: Vec<u32>,
    /// The numbers of all buckets; those that are not wanted are none.
    fields: [Vec<f64>; 7],
}

impl Columns {
    /// Unpacks what is wanted.
    pub(crate) fn read(block: &[u8], wanted: Wanted) -> Result<Self, BlockError> {
        let mut block = Reader::open(block)?;
        let count = block.count()?;
        let heads = (0..count)
            .map(|_| Ok((block.small()?, block.small()?, block.count()?)))
            .collect::<Result<Vec<_>, BlockError>>()?;
        let total = heads.iter().map(|(_, _, buckets)| buckets).sum();
        let places = block.list(total)?;
        let mut fields = [const { Vec::new() }; 7];
        for (field, wanted) in fields.iter_mut().zip(wanted.0) {
            if wanted {
                *field = block.list(total)?;
            } else {
                block.skip()?;
            }
        }
        Ok(Self { heads, places, fields })
    }

    /// Each series: its place, its label, and its buckets with their places in the slot.
    pub(crate) fn series(&self) -> impl Iterator<Item = (u32, u32, impl Iterator<Item = (u32, Bucket)>)> {
        let mut start = 0;
        self.heads.iter().map(move |(place, label, count)| {
            let these = start..start + count;
            start = these.end;
            (*place, *label, these.map(|at| (self.places[at], self.bucket(at))))
        })
    }

    #[inline]
    fn bucket(&self, at: usize) -> Bucket {
        // In the order of `FIELDS`; what was not read is that of nothing.
        let [count, sum, min, max, first, last, growth] = &self.fields;
        let value = |values: &[f64]| values.get(at).copied().unwrap_or(0.0);
        Bucket {
            count: value(count),
            sum: value(sum),
            min: value(min),
            max: value(max),
            first: value(first),
            last: value(last),
            growth: value(growth),
        }
    }
}

/// Unpacks them, series by series.
pub(crate) fn read(block: &[u8], wanted: Wanted) -> Result<Vec<Series>, BlockError> {
    let columns = Columns::read(block, wanted)?;
    let series = columns.series().map(|(place, label, buckets)| Series { place, label, buckets: buckets.collect() });
    Ok(series.collect())
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
