//! How a value of the log, or a state, is packed, in whatever store it lies.
//!
//! Version 1: one byte `1`; the CRC-32 of the rest, little-endian; the length of the unpacked bytes and an LZ4 block
//! (`lz4_flex` with prepended size). Of a list of events the unpacked bytes are MessagePack, structs as maps with field
//! names, so that fields can be added.

use super::{StateSnapshot, StoreError};
use forewatch::Event;

/// The version of a packed value.
const FORMAT: u8 = 1;

/// Packs the events of one commit.
pub(super) fn pack(events: &[Event]) -> Result<Vec<u8>, StoreError> {
    let plain = rmp_serde::to_vec_named(events)
        .map_err(|error| StoreError::Damaged(format!("an event cannot be serialised: {error}")))?;
    Ok(close(&plain))
}

/// When a commit was received: its latest event, microseconds since the epoch.
pub(super) fn received(events: &[Event]) -> i64 {
    events.iter().map(|event| event.received_at.timestamp_micros()).max().unwrap_or(0)
}

/// Unpacks the events of the commit that ends with `last`, without those up to `after`.
pub(super) fn unpack(value: &[u8], last: u64, after: u64) -> Result<Vec<Event>, StoreError> {
    let damaged = |reason: String| StoreError::Damaged(format!("entry {last} of the log {reason}"));
    let plain = open(value).map_err(damaged)?;
    let mut events: Vec<Event> =
        rmp_serde::from_slice(&plain).map_err(|error| damaged(format!("does not hold events: {error}")))?;
    // The first commit may begin before what is asked for.
    let known = (after + events.len() as u64).saturating_sub(last);
    events.drain(..usize::try_from(known).unwrap_or(usize::MAX).min(events.len()));
    Ok(events)
}

/// The same state, unpacked.
pub(super) fn unpack_state(packed: StateSnapshot) -> Result<StateSnapshot, StoreError> {
    let damaged = |reason| StoreError::Damaged(format!("the state snapshot {reason}"));
    Ok(StateSnapshot { bytes: open(&packed.bytes).map_err(damaged)?, ..packed })
}

/// Packs bytes into a value with format and checksum.
pub(super) fn close(plain: &[u8]) -> Vec<u8> {
    let packed = lz4_flex::compress_prepend_size(plain);
    let mut value = Vec::with_capacity(packed.len() + 5);
    value.push(FORMAT);
    value.extend_from_slice(&crc32fast::hash(&packed).to_le_bytes());
    value.extend_from_slice(&packed);
    value
}

/// Unpacks a value; says what is wrong with it.
fn open(value: &[u8]) -> Result<Vec<u8>, String> {
    let (head, packed) = value.split_at_checked(5).ok_or("is cut short")?;
    if head[0] != FORMAT {
        return Err(format!("has format {}, not {FORMAT}", head[0]));
    }
    if crc32fast::hash(packed).to_le_bytes() != head[1..] {
        return Err("has a wrong checksum".to_owned());
    }
    lz4_flex::decompress_size_prepended(packed).map_err(|error| format!("cannot be unpacked: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{close, open};

    #[test]
    fn a_value_with_any_byte_changed_or_cut_off_is_an_error_and_never_other_bytes() {
        let plain: Vec<u8> = (0..400_u16).map(|n| (n % 7) as u8).collect();
        let value = close(&plain);
        assert_eq!(open(&value).as_deref(), Ok(&plain[..]));
        for place in 0..value.len() {
            assert!(open(&value[..place]).is_err(), "cut at {place}");
            let mut changed = value.clone();
            changed[place] ^= 0x10;
            assert!(open(&changed).is_err(), "changed at {place}");
        }
    }
}
