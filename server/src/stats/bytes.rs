//! A tally as bytes, format 1: one byte `1`; the CRC-32 of the rest, little-endian; then numbers of variable length
//! (LEB128): the counts in the order of [`Counts::numbers`], and each sketch as its number of buckets and, of each,
//! the distance from the bucket before it and its count.

use super::sketch::Sketch;
use super::tally::{Counts, NUMBERS, Tally};

const FORMAT: u8 = 1;
/// Bytes before the numbers.
const HEAD: usize = 5;

/// Packs a tally.
pub(crate) fn pack(tally: &Tally) -> Vec<u8> {
    let mut bytes = vec![FORMAT, 0, 0, 0, 0];
    for number in tally.counts.numbers() {
        put(&mut bytes, number);
    }
    for sketch in [&tally.run, &tally.wait] {
        put(&mut bytes, sketch.buckets().len() as u64);
        let mut before = 0;
        for (bucket, count) in sketch.buckets() {
            put(&mut bytes, u64::from(bucket - before));
            put(&mut bytes, *count);
            before = *bucket;
        }
    }
    let sum = crc32fast::hash(&bytes[HEAD..]);
    bytes[1..HEAD].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Unpacks a tally; says what is wrong with it.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Tally, &'static str> {
    let (head, mut rest) = bytes.split_at_checked(HEAD).ok_or("is cut short")?;
    if head[0] != FORMAT {
        return Err("has a format that is not known");
    }
    if crc32fast::hash(rest).to_le_bytes() != head[1..] {
        return Err("has a wrong checksum");
    }
    let mut numbers = [0; NUMBERS];
    for number in &mut numbers {
        *number = take(&mut rest)?;
    }
    let tally = Tally { counts: Counts::of(numbers), run: sketch(&mut rest)?, wait: sketch(&mut rest)? };
    if rest.is_empty() { Ok(tally) } else { Err("has more bytes than numbers") }
}

fn sketch(rest: &mut &[u8]) -> Result<Sketch, &'static str> {
    let wrong = "holds no buckets in order";
    let len = take(rest)?;
    let mut buckets = Vec::new();
    let mut bucket = 0_u16;
    for _ in 0..len {
        let distance = u16::try_from(take(rest)?).map_err(|_| wrong)?;
        bucket = bucket.checked_add(distance).ok_or(wrong)?;
        buckets.push((bucket, take(rest)?));
    }
    Sketch::from_buckets(buckets).ok_or(wrong)
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let digits = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            return bytes.push(digits);
        }
        bytes.push(digits | 0x80);
    }
}

fn take(rest: &mut &[u8]) -> Result<u64, &'static str> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().ok_or("is cut short")?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err("holds a number that is too long")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tallies() -> impl Strategy<Value = Tally> {
        (any::<[u64; NUMBERS]>(), proptest::collection::vec(any::<u64>(), 0..40)).prop_map(|(numbers, spans)| {
            let mut tally = Tally::default();
            for span in spans {
                tally.add(&Tally { wait: Sketch::of(span), run: Sketch::of(span / 3), ..Tally::default() });
            }
            Tally { counts: Counts::of(numbers), ..tally }
        })
    }

    proptest! {
        #[test]
        fn a_tally_comes_back_as_it_was(tally in tallies()) {
            prop_assert_eq!(unpack(&pack(&tally)), Ok(tally));
        }
    }

    #[test]
    fn a_tally_with_any_byte_changed_or_cut_off_is_an_error_and_never_another() {
        let counts = Counts { completed: 300, ..Counts::default() };
        let tally = Tally { counts, wait: Sketch::of(1_500_000), ..Tally::default() };
        let bytes = pack(&tally);
        for place in 0..bytes.len() {
            assert!(unpack(&bytes[..place]).is_err(), "cut at {place}");
            let mut changed = bytes.clone();
            changed[place] ^= 0x10;
            assert!(unpack(&changed).is_err(), "changed at {place}");
        }
    }
}
