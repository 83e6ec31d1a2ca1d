//! How a task's record lies in its row: JSON, packed with a dictionary that has the words of every record in it.
//!
//! Version 1: one byte `1`, then the length of the JSON and an LZ4 block made with [`WORDS`]. Less than half of the bytes are left,
//! so that fewer pages are written and read. Rows from before that hold the JSON itself as text.

use crate::store::StoreError;
use rusqlite::types::ValueRef;
use std::borrow::Cow;

const FORMAT: u8 = 1;

/// What the records of version 1 are packed with: part of the format, never to be changed.
const WORDS: &[u8] = br#""task_id":"","worker_id":"celery:worker@host","content_type":null,"timestamp":"2026-01-01T00:00:00.000000Z","submitted_at":"2026-01-01T00:00:00.000000Z","started_at":"2026-01-01T00:00:00.000000Z","completed_at":"2026-01-01T00:00:00.000000Z","queue_wait_time":0.0,"processing_time":0.0,"total_time":0.0,"status":"pending","error_message":null,"retry_count":0,"cpu_time":null,"memory_peak":null,"gpu_time":null,"input_file_size":null,"output_file_size":null,"confidence_score":null,"quality_degraded":null,"state":"revoked","rejected","cancelled","ended","lost","retrying","sent","source":"http","source_state":"RETRY","STARTED","PENDING","RECEIVED","REVOKED","priority":5,"user_id":"","eta":"","expires":"","parent_id":"","result":"Traceback (most recent call last):\n  File \"/","energy_joules":,"progress":,"timed_out":true,"Error("","what":"progress","detail":"ValueError('"},"what":"retried","worker_id":"","status":"failed","error_message":"","state":"failed","source":"celery","source_state":"FAILURE","name":"","queue":"","args":"(1,)","kwargs":"{}","traceback":"","timed_out":false,"events":[{"at":"2026-01-01T00:00:00.000000Z","what":"failed","worker_id":"","status":"processing","error_message":null,"retry_count":0,"cpu_time":null,"memory_peak":null,"gpu_time":null,"input_file_size":null,"output_file_size":null,"confidence_score":null,"quality_degraded":null,"state":"started","source":"celery","source_state":"STARTED","status":"completed","error_message":null,"retry_count":0,"cpu_time":null,"memory_peak":null,"gpu_time":null,"input_file_size":null,"output_file_size":null,"confidence_score":null,"quality_degraded":null,"state":"succeeded","source":"celery","source_state":"SUCCESS","name":"","queue":"","root_id":"","args":"()","kwargs":"{}","result":"None","timed_out":false,"events":[{"at":"2026-01-01T00:00:00.000000Z","what":"submitted"},{"at":"2026-01-01T00:00:00.000000Z","what":"received","worker_id":"celery:"},{"at":"2026-01-01T00:00:00.000000Z","what":"started","worker_id":"celery:"},{"at":"2026-01-01T00:00:00.000000Z","what":"completed","worker_id":"celery:"}]}"#;

/// Packs a record's JSON.
pub(super) fn pack(json: &[u8]) -> Vec<u8> {
    let packed = lz4_flex::block::compress_prepend_size_with_dict(json, WORDS);
    let mut value = Vec::with_capacity(packed.len() + 1);
    value.push(FORMAT);
    value.extend_from_slice(&packed);
    value
}

/// The JSON of a row's record.
pub(super) fn json(value: ValueRef<'_>) -> Result<Cow<'_, str>, StoreError> {
    let damaged = |reason: &dyn std::fmt::Display| StoreError::Damaged(format!("a task's record {reason}"));
    match value {
        ValueRef::Text(text) => std::str::from_utf8(text).map(Cow::from).map_err(|_| damaged(&"is not text")),
        ValueRef::Blob([FORMAT, packed @ ..]) => {
            let plain = lz4_flex::block::decompress_size_prepended_with_dict(packed, WORDS)
                .map_err(|error| damaged(&format_args!("cannot be unpacked: {error}")))?;
            if packed.first_chunk().map(|size| u32::from_le_bytes(*size) as usize) != Some(plain.len()) {
                return Err(damaged(&"is cut short"));
            }
            String::from_utf8(plain).map(Cow::from).map_err(|_| damaged(&"is not text"))
        }
        ValueRef::Blob([format, ..]) => Err(damaged(&format_args!("has format {format}, not {FORMAT}"))),
        _ => Err(damaged(&"is empty")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = include_str!("../../../../tests/golden/task_metrics.json");

    #[test]
    fn a_record_comes_back_from_less_than_half_of_its_bytes() {
        let record: serde_json::Value = serde_json::from_str(RECORD).expect("JSON");
        let text = record.to_string();
        let packed = pack(text.as_bytes());
        assert_eq!(json(ValueRef::Blob(&packed)).expect("it is whole"), text);
        assert_eq!(json(ValueRef::Text(text.as_bytes())).expect("as older rows have it"), text);
        assert!(packed.len() * 2 < text.len(), "{} of {}", packed.len(), text.len());
    }

    #[test]
    fn what_is_cut_off_or_of_another_format_is_an_error() {
        let packed = pack(RECORD.as_bytes());
        for end in 0..packed.len() {
            assert!(json(ValueRef::Blob(&packed[..end])).is_err(), "cut at {end}");
        }
        assert!(json(ValueRef::Blob(&[2, 0, 0])).is_err());
        assert!(json(ValueRef::Null).is_err());
    }
}
