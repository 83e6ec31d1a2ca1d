//! The bytes of a block.
//!
//! Format 1: one byte `1`; the CRC-32 of the rest, little-endian; then the block. Counts and numbers of
//! series are unsigned LEB128. A list of numbers is its length in bytes (LEB128) and then `pco`'s
//! standalone format of it. A damaged block is an error, never a wrong number.
//!
//! - **Times** ([`times`]) of a raw shard: the subjects in it (their number; for each its place in the shard and
//!   its rows), then the milliseconds since the slot's start of all rows, subject after subject.
//! - **Samples** ([`samples`]) of one metric in a raw shard: its series (their number; for each the subject's place,
//!   the label, and whether every row has a value), then for those where not, a bit a row; then all values.
//! - **Buckets** ([`buckets`]) of one metric in a shard: its series (their number; for each the subject's place, the
//!   label and its buckets), the buckets' places in the slot, and seven lists: count, sum, min, max, first, last, growth.
//! - **Sketches** ([`sketches`]) of one metric over all its series: their number; for each its place in the slot, its
//!   bins below zero, its zeros and its bins above zero; then four lists: smallest values, largest values, bins, counts.

pub(crate) mod buckets;
pub(crate) mod samples;
pub(crate) mod sketches;
pub(crate) mod times;

use pco::ChunkConfig;
use pco::data_types::Number;
use pco::standalone::{simple_compress, simple_decompress};

/// The version of the format.
const FORMAT: u8 = 1;
/// Numbers in one list at most, so that a damaged length cannot ask for all memory.
const MOST: usize = 1 << 24;

/// What is wrong with a block.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum BlockError {
    #[error("is cut short")]
    Short,
    #[error("has format {0}, not {FORMAT}")]
    Format(u8),
    #[error("has a wrong checksum")]
    Checksum,
    #[error("cannot be unpacked: {0}")]
    Packed(String),
    #[error("does not fit its times")]
    Rows,
}

/// Writes a block.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new() -> Self {
        Self(vec![0; 5])
    }

    pub(super) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(u8::try_from(value & 0x7f).expect("seven bits fit") | 0x80);
            value >>= 7;
        }
        self.0.push(u8::try_from(value).expect("less than 0x80"));
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A list of numbers.
    pub(super) fn list<T: Number>(&mut self, values: &[T]) -> Result<(), BlockError> {
        let packed = if values.is_empty() {
            Vec::new()
        } else {
            simple_compress(values, &ChunkConfig::default()).map_err(|error| BlockError::Packed(error.to_string()))?
        };
        self.number(packed.len() as u64);
        self.bytes(&packed);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0[0] = FORMAT;
        let checksum = crc32fast::hash(&self.0[5..]);
        self.0[1..5].copy_from_slice(&checksum.to_le_bytes());
        self.0
    }
}

/// Reads a block.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn open(block: &'a [u8]) -> Result<Self, BlockError> {
        let (head, rest) = block.split_at_checked(5).ok_or(BlockError::Short)?;
        if head[0] != FORMAT {
            return Err(BlockError::Format(head[0]));
        }
        if crc32fast::hash(rest).to_le_bytes() != head[1..] {
            return Err(BlockError::Checksum);
        }
        Ok(Self(rest))
    }

    pub(super) fn number(&mut self) -> Result<u64, BlockError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(BlockError::Short)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(BlockError::Short)
    }

    /// A number that counts things in the block.
    pub(super) fn count(&mut self) -> Result<usize, BlockError> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= MOST).ok_or(BlockError::Short)
    }

    /// A number of 32 bits.
    pub(super) fn small(&mut self) -> Result<u32, BlockError> {
        u32::try_from(self.number()?).map_err(|_| BlockError::Short)
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], BlockError> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(BlockError::Short)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// A list of `count` numbers.
    pub(super) fn list<T: Number>(&mut self, count: usize) -> Result<Vec<T>, BlockError> {
        let len = self.count()?;
        let packed = self.bytes(len)?;
        if packed.is_empty() {
            return if count == 0 { Ok(Vec::new()) } else { Err(BlockError::Rows) };
        }
        let values: Vec<T> = simple_decompress(packed).map_err(|error| BlockError::Packed(error.to_string()))?;
        if values.len() == count { Ok(values) } else { Err(BlockError::Rows) }
    }

    /// Passes over a list.
    pub(super) fn skip(&mut self) -> Result<(), BlockError> {
        let len = self.count()?;
        self.bytes(len).map(drop)
    }
}

/// Checks that a block with any byte changed, or cut anywhere, is an error.
#[cfg(test)]
pub(super) fn assert_damage_is_seen<T>(block: &[u8], read: impl Fn(&[u8]) -> Result<T, BlockError>) {
    assert!(read(block).is_ok());
    for place in 0..block.len() {
        assert!(read(&block[..place]).is_err(), "cut at {place}");
        for bit in [0x01, 0x10, 0x80] {
            let mut changed = block.to_vec();
            changed[place] ^= bit;
            assert!(read(&changed).is_err(), "changed at {place}");
        }
    }
}
