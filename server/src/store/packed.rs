//! How a value of the log, or a state, is packed, in whatever store it lies.
//!
//! One byte, the version; the CRC-32 of the rest, little-endian; the length of the unpacked bytes and an LZ4 block
//! (`lz4_flex` with prepended size). What is unpacked is, in version 1, MessagePack, structs as maps with field names, so that
//! fields can be added: a state, or a commit of a log from before version 2. In version 2 it is the events of one commit as
//! [`compact`] has them.

mod compact;

use super::{StateSnapshot, StoreError};
use forewatch::Event;

const MESSAGE_PACK: u8 = 1;
const COMPACT: u8 = 2;

/// Packs the events of one commit.
pub(super) fn pack(events: &[Event]) -> Result<Vec<u8>, StoreError> {
    let plain =
        compact::put(events).map_err(|error| StoreError::Damaged(format!("an event cannot be serialised: {error}")))?;
    Ok(close(COMPACT, &plain))
}

/// When a commit was received: its latest event, microseconds since the epoch.
pub(super) fn received(events: &[Event]) -> i64 {
    events.iter().map(|event| event.received_at.timestamp_micros()).max().unwrap_or(0)
}

/// Unpacks the events of the commit that ends with `last`, without those up to `after`.
pub(super) fn unpack(value: &[u8], last: u64, after: u64) -> Result<Vec<Event>, StoreError> {
    let damaged = |reason: String| StoreError::Damaged(format!("entry {last} of the log {reason}"));
    let (version, plain) = open(value).map_err(damaged)?;
    let events = match version {
        MESSAGE_PACK => rmp_serde::from_slice(&plain).map_err(|error| error.to_string()),
        _ => compact::take(&plain),
    };
    let mut events: Vec<Event> = events.map_err(|error| damaged(format!("does not hold events: {error}")))?;
    // The first commit may begin before what is asked for.
    let known = (after + events.len() as u64).saturating_sub(last);
    events.drain(..usize::try_from(known).unwrap_or(usize::MAX).min(events.len()));
    Ok(events)
}

/// Packs a state.
pub(super) fn pack_state(plain: &[u8]) -> Vec<u8> {
    close(MESSAGE_PACK, plain)
}

/// The same state, unpacked.
pub(super) fn unpack_state(packed: StateSnapshot) -> Result<StateSnapshot, StoreError> {
    let damaged = |reason| StoreError::Damaged(format!("the state snapshot {reason}"));
    let (_, bytes) = open(&packed.bytes).map_err(damaged)?;
    Ok(StateSnapshot { bytes, ..packed })
}

/// Packs bytes into a value with version and checksum.
fn close(version: u8, plain: &[u8]) -> Vec<u8> {
    let packed = lz4_flex::compress_prepend_size(plain);
    let mut value = Vec::with_capacity(packed.len() + 5);
    value.push(version);
    value.extend_from_slice(&crc32fast::hash(&packed).to_le_bytes());
    value.extend_from_slice(&packed);
    value
}

/// The version and the bytes of a value; says what is wrong with it.
fn open(value: &[u8]) -> Result<(u8, Vec<u8>), String> {
    let (head, packed) = value.split_at_checked(5).ok_or("is cut short")?;
    let version = head[0];
    if !matches!(version, MESSAGE_PACK | COMPACT) {
        return Err(format!("has format {version}, not {MESSAGE_PACK} or {COMPACT}"));
    }
    if crc32fast::hash(packed).to_le_bytes() != head[1..] {
        return Err("has a wrong checksum".to_owned());
    }
    let plain = lz4_flex::decompress_size_prepended(packed).map_err(|error| format!("cannot be unpacked: {error}"))?;
    Ok((version, plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn events() -> Vec<Event> {
        let golden: BTreeMap<String, Event> =
            serde_json::from_str(include_str!("../../../tests/golden/events.json")).expect("events");
        golden.into_values().collect()
    }

    #[test]
    fn a_commit_comes_back_whole_and_one_of_version_1_is_read_as_before() {
        let events = events();
        let plain = rmp_serde::to_vec_named(&events).expect("it can be serialised");
        let last = 100 + events.len() as u64;
        for value in [pack(&events).expect("it can be packed"), close(MESSAGE_PACK, &plain)] {
            assert_eq!(unpack(&value, last, 0).expect("it is whole"), events);
            assert_eq!(unpack(&value, last, 103).expect("it is whole"), events[3..]);
        }
    }

    #[test]
    fn a_value_with_any_byte_changed_or_cut_off_is_an_error_and_never_other_bytes() {
        let plain: Vec<u8> = (0..400_u16).map(|n| (n % 7) as u8).collect();
        let value = close(COMPACT, &plain);
        assert_eq!(open(&value), Ok((COMPACT, plain)));
        for place in 0..value.len() {
            assert!(open(&value[..place]).is_err(), "cut at {place}");
            let mut changed = value.clone();
            changed[place] ^= 0x10;
            assert!(open(&changed).is_err(), "changed at {place}");
        }
    }
}
