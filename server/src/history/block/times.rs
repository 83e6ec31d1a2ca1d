//! The times of a raw shard: every series of a subject has a place for a value at each of them.

use super::{BlockError, Reader, Writer};

/// The rows of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows {
    /// The subject's place in the shard.
    pub(crate) place: u32,
    /// Milliseconds since the slot's start, ascending.
    pub(crate) times: Vec<u32>,
}

/// Packs the rows of all subjects of a shard, by place.
pub(crate) fn write(subjects: &[Rows]) -> Result<Vec<u8>, BlockError> {
    let mut block = Writer::new();
    block.number(subjects.len() as u64);
    for rows in subjects {
        block.number(u64::from(rows.place));
        block.number(rows.times.len() as u64);
    }
    block.list(&subjects.iter().flat_map(|rows| rows.times.iter().copied()).collect::<Vec<u32>>())?;
    Ok(block.finish())
}

/// Unpacks them.
pub(crate) fn read(block: &[u8]) -> Result<Vec<Rows>, BlockError> {
    let mut block = Reader::open(block)?;
    let subjects = block.count()?;
    let heads = (0..subjects).map(|_| Ok((block.small()?, block.count()?))).collect::<Result<Vec<_>, BlockError>>()?;
    let all: Vec<u32> = block.list(heads.iter().map(|(_, rows)| rows).sum())?;
    let mut rest = &all[..];
    let rows = heads.into_iter().map(|(place, rows)| {
        let (times, after) = rest.split_at(rows);
        rest = after;
        Rows { place, times: times.to_vec() }
    });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::super::assert_damage_is_seen;
    use super::*;

    #[test]
    fn times_come_back_and_damage_is_seen() {
        let rows = |place, step: u32| Rows { place, times: (0..60).map(|row| row * step + row % 7).collect() };
        let subjects = [rows(0, 10_000), rows(3, 9_990), Rows { place: 31, times: Vec::new() }];
        let block = write(&subjects).expect("they can be packed");
        assert_eq!(read(&block).as_deref(), Ok(&subjects[..]));
        assert_damage_is_seen(&block, read);
    }
}
