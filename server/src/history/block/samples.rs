//! The values of one metric in a raw shard.

use super::times::Rows;
use super::{BlockError, Reader, Writer};

/// One series' values, one for each row of its subject; NaN where there is none.
#[derive(Debug, Clone)]
pub(crate) struct Values {
    /// The subject's place in the shard.
    pub(crate) place: u32,
    /// See [`crate::history::table::Column`].
    pub(crate) label: u32,
    pub(crate) values: Vec<f64>,
}

/// Packs the series of a metric, by place and label.
pub(crate) fn write(series: &[Values]) -> Result<Vec<u8>, BlockError> {
    let mut block = Writer::new();
    block.number(series.len() as u64);
    let is_whole = |one: &Values| !one.values.iter().any(|value| value.is_nan());
    for one in series {
        block.number(u64::from(one.place));
        block.number(u64::from(one.label));
        block.number(u64::from(is_whole(one)));
    }
    for one in series.iter().filter(|one| !is_whole(one)) {
        let mut bits = vec![0_u8; one.values.len().div_ceil(8)];
        for (row, _) in one.values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            bits[row / 8] |= 1 << (row % 8);
        }
        block.bytes(&bits);
    }
    let known = series.iter().flat_map(|one| one.values.iter().copied()).filter(|value| !value.is_nan());
    let known: Vec<f64> = known.collect();
    block.number(known.len() as u64);
    block.list(&known)?;
    Ok(block.finish())
}

/// Unpacks the series that are `wanted` (by place and label), with the rows they go with.
pub(crate) fn read(
    block: &[u8],
    rows: &[Rows],
    mut wanted: impl FnMut(u32, u32) -> bool,
    mut each: impl FnMut(u32, u32, &Rows, &[f64]),
) -> Result<(), BlockError> {
    let mut block = Reader::open(block)?;
    let count = block.count()?;
    let mut heads = Vec::with_capacity(count.min(4_096));
    for _ in 0..count {
        let (place, label, whole) = (block.small()?, block.small()?, block.number()?);
        let rows = rows.iter().find(|rows| rows.place == place).ok_or(BlockError::Rows)?;
        heads.push((place, label, whole == 1, rows));
    }
    let mut masks = Vec::with_capacity(heads.len());
    for (_, _, whole, rows) in &heads {
        masks.push(if *whole { None } else { Some(block.bytes(rows.times.len().div_ceil(8))?) });
    }
    let known = block.count()?;
    let all: Vec<f64> = block.list(known)?;
    let mut rest = &all[..];
    let mut values = Vec::new();
    for ((place, label, _, rows), mask) in heads.into_iter().zip(masks) {
        let is_known = |row: usize| mask.is_none_or(|bits| bits[row / 8] & (1 << (row % 8)) != 0);
        let here = match mask {
            None => rows.times.len(),
            Some(_) => (0..rows.times.len()).filter(|row| is_known(*row)).count(),
        };
        let (known, after) = rest.split_at_checked(here).ok_or(BlockError::Rows)?;
        rest = after;
        if !wanted(place, label) {
            continue;
        }
        if mask.is_none() {
            each(place, label, rows, known);
            continue;
        }
        values.clear();
        let mut known = known.iter();
        values.extend(
            (0..rows.times.len()).map(
                |row| {
                    if is_known(row) { known.next().copied().unwrap_or(f64::NAN) } else { f64::NAN }
                },
            ),
        );
        each(place, label, rows, &values);
    }
    if rest.is_empty() { Ok(()) } else { Err(BlockError::Rows) }
}

#[cfg(test)]
mod tests {
    use super::super::assert_damage_is_seen;
    use super::*;

    fn all(block: &[u8], rows: &[Rows]) -> Result<Vec<(u32, u32, Vec<u64>)>, BlockError> {
        let mut found = Vec::new();
        read(
            block,
            rows,
            |_, _| true,
            |place, label, _, values| {
                found.push((place, label, values.iter().map(|value| value.to_bits()).collect()));
            },
        )?;
        Ok(found)
    }

    fn bits(series: &[Values]) -> Vec<(u32, u32, Vec<u64>)> {
        series.iter().map(|s| (s.place, s.label, s.values.iter().map(|v| v.to_bits()).collect())).collect()
    }

    #[test]
    fn values_come_back_bit_for_bit_and_damage_is_seen() {
        let rows = |place| Rows { place, times: (0..20).map(|row| row * 10_000).collect() };
        let rows = [rows(0), rows(5)];
        let value = |row: u32| f64::from(row) * 0.1;
        let gaps = |row: u32| if row.is_multiple_of(3) { f64::NAN } else { value(row) };
        let series = [
            Values { place: 0, label: 0, values: (0..20).map(value).collect() },
            Values { place: 5, label: 1, values: (0..20).map(gaps).collect() },
            Values { place: 5, label: 2, values: vec![f64::MAX; 20] },
            Values { place: 5, label: 9, values: vec![f64::NAN; 20] },
        ];
        let block = write(&series).expect("they can be packed");
        assert_eq!(all(&block, &rows), Ok(bits(&series)));
        assert_damage_is_seen(&block, |block| all(block, &rows));
        let mut one = Vec::new();
        read(&block, &rows, |place, label| (place, label) == (5, 1), |p, l, _, _| one.push((p, l))).expect("readable");
        assert_eq!(one, [(5, 1)]);
    }

    #[test]
    fn values_without_their_times_are_an_error() {
        let rows = [Rows { place: 0, times: vec![0, 10] }];
        let block = write(&[Values { place: 0, label: 0, values: vec![1.0, 2.0] }]).expect("packed");
        assert_eq!(all(&block, &[]), Err(BlockError::Rows));
        assert_eq!(all(&block, &[Rows { place: 0, times: vec![0] }]), Err(BlockError::Rows));
        assert!(all(&block, &rows).is_ok());
    }
}
