//! The distributions of one metric over all its series, for each tier of rollups.

use super::{BlockError, Reader, Writer};
use crate::history::sketch::{Bins, Sketch};

/// Packs sketches with their places in the slot; none is empty.
pub(crate) fn write<'a>(sketches: impl Iterator<Item = (u32, &'a Sketch)> + Clone) -> Result<Vec<u8>, BlockError> {
    let mut block = Writer::new();
    block.number(sketches.clone().count() as u64);
    for (place, sketch) in sketches.clone() {
        block.number(u64::from(place));
        block.number(sketch.negative.len() as u64);
        block.number(sketch.zeros);
        block.number(sketch.positive.len() as u64);
    }
    block.list(&sketches.clone().map(|(_, sketch)| sketch.min).collect::<Vec<f64>>())?;
    block.list(&sketches.clone().map(|(_, sketch)| sketch.max).collect::<Vec<f64>>())?;
    let bins = || sketches.clone().flat_map(|(_, sketch)| sketch.negative.iter().chain(&sketch.positive));
    block.list(&bins().map(|(bin, _)| *bin).collect::<Vec<i32>>())?;
    block.list(&bins().map(|(_, count)| *count).collect::<Vec<u64>>())?;
    Ok(block.finish())
}

/// Unpacks them.
pub(crate) fn read(block: &[u8]) -> Result<Vec<(u32, Sketch)>, BlockError> {
    let mut block = Reader::open(block)?;
    let count = block.count()?;
    let heads = (0..count)
        .map(|_| Ok((block.small()?, block.count()?, block.number()?, block.count()?)))
        .collect::<Result<Vec<_>, BlockError>>()?;
    let (mins, maxs) = (block.list::<f64>(count)?, block.list::<f64>(count)?);
    let total = heads.iter().map(|(_, negative, _, positive)| negative + positive).sum();
    let (bins, counts) = (block.list::<i32>(total)?, block.list::<u64>(total)?);
    let mut rest = bins.into_iter().zip(counts);
    let mut take = |bins: usize| rest.by_ref().take(bins).collect::<Bins>();
    let sketch = |((place, negative, zeros, positive), (min, max))| {
        (place, Sketch { negative: take(negative), zeros, positive: take(positive), min, max })
    };
    Ok(heads.into_iter().zip(mins.into_iter().zip(maxs)).map(sketch).collect())
}

#[cfg(test)]
mod tests {
    use super::super::assert_damage_is_seen;
    use super::*;

    #[test]
    fn sketches_come_back_and_damage_is_seen() {
        let of = |values: &[f64]| {
            let mut sketch = Sketch::default();
            for value in values {
                sketch.add(*value);
            }
            sketch
        };
        let many: Vec<f64> = (0..200).map(|n| f64::from(n) * 0.37 - 20.0).collect();
        let sketches = [(0, of(&many)), (7, of(&[0.0])), (59, of(&[-1e-300, 1e300, 5.0, 5.0]))];
        let block = write(sketches.iter().map(|(place, sketch)| (*place, sketch))).expect("they can be packed");
        assert_eq!(read(&block).as_deref(), Ok(&sketches[..]));
        assert_damage_is_seen(&block, read);
    }
}
