//! Reads the broker's socket and nothing else. Redis cuts a subscriber off that falls behind, and with
//! it goes all that waited; so this never waits for those who read and store, and hands messages over in
//! batches. When too much is waiting to be read, new messages are dropped and counted.

use super::count::{Counts, Reason};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use redis::Msg;
use redis::aio::PubSubStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;

/// Bytes of messages that may wait to be read.
const MAX_WAITING: usize = 64 * 1024 * 1024;
/// Messages of one batch.
const BATCH: usize = 512;
/// Batches that may wait; reached only when they are tiny.
const MAX_BATCHES: usize = 65_536;
/// What a message takes in memory beside its data: the channel, the pattern and the parts around them.
const OVERHEAD: usize = 256;

/// Messages that arrived together.
pub(super) struct Batch {
    messages: Vec<Msg>,
    pub(super) received_at: DateTime<Utc>,
    waiting: Arc<AtomicUsize>,
    bytes: usize,
}

impl Batch {
    /// The data of each message, in order of arrival.
    pub(super) fn data(&self) -> impl Iterator<Item = &[u8]> {
        self.messages.iter().map(Msg::get_payload_bytes)
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.waiting.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// The two ends of the queue between the socket and the one that understands.
pub(super) fn queue(counts: Arc<Counts>) -> (Reader, mpsc::Receiver<Batch>) {
    let (batches, receiver) = mpsc::channel(MAX_BATCHES);
    (Reader { batches, waiting: Arc::default(), counts, limit: MAX_WAITING }, receiver)
}

/// The end at the socket.
pub(super) struct Reader {
    batches: mpsc::Sender<Batch>,
    waiting: Arc<AtomicUsize>,
    counts: Arc<Counts>,
    limit: usize,
}

impl Reader {
    /// Reads until the connection ends.
    pub(super) async fn run(self, messages: PubSubStream) {
        let mut ready = messages.ready_chunks(BATCH);
        while let Some(messages) = ready.next().await {
            self.hand_over(messages, Utc::now());
        }
    }

    fn hand_over(&self, messages: Vec<Msg>, received_at: DateTime<Utc>) {
        let count = messages.len() as u64;
        let bytes = messages.iter().map(|message| message.get_payload_bytes().len() + OVERHEAD).sum::<usize>();
        let before = self.waiting.fetch_add(bytes, Ordering::Relaxed);
        let batch = Batch { messages, received_at, waiting: self.waiting.clone(), bytes };
        if before + bytes > self.limit || self.batches.try_send(batch).is_err() {
            self.counts.refuse(Reason::Overrun, count);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use redis::Value;

    fn message(data: &[u8]) -> Msg {
        let parts = [b"message".to_vec(), b"/0.celeryev".to_vec(), data.to_vec()];
        Msg::from_owned_value(Value::Array(parts.into_iter().map(Value::BulkString).collect())).unwrap()
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_counted_and_room_comes_back() {
        let counts = Arc::new(Counts::default());
        let (reader, mut batches) = queue(counts.clone());
        let reader = Reader { limit: 3 * (OVERHEAD + 4), ..reader };
        let two = || vec![message(b"1234"), message(b"5678")];
        reader.hand_over(two(), Utc::now());
        reader.hand_over(two(), Utc::now());
        assert_eq!(counts.refused(Reason::Overrun), 2);
        let batch = batches.try_recv().unwrap();
        assert_eq!(batch.data().collect::<Vec<_>>(), [b"1234", b"5678"]);
        drop(batch);
        reader.hand_over(two(), Utc::now());
        assert_eq!(counts.refused(Reason::Overrun), 2);
    }
}
