//! Reads the broker's socket and nothing else. Redis cuts a subscriber off that falls behind, and with
//! it goes all that waited; so this never waits for those who read and store, and hands messages over in
//! batches. Those behind a few are packed, so that more of a burst finds room. When too much is
//! waiting to be read all the same, new messages are dropped and counted.

use super::count::{Counts, Reason};
use super::push::{Broken, Push};
use super::subscriber::Subscriber;
use chrono::{DateTime, Utc};
use lz4_flex::block::{compress, decompress};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;

/// Bytes of messages that may wait to be read.
const MAX_WAITING: usize = 64 * 1024 * 1024;
/// A batch that has this part of it before itself is packed.
const PACKED_BEHIND: usize = 16;
/// Batches that may wait; reached only when they are tiny.
const MAX_BATCHES: usize = 65_536;
/// What a batch takes in memory beside its data, and what each message of it takes.
const OVERHEAD: usize = 256;
const OVERHEAD_EACH: usize = size_of::<usize>();

/// Messages that arrived together.
pub(super) struct Batch {
    found: Found,
    /// The length of one that was too large to be read, which is counted already.
    pub(super) too_large: Option<usize>,
    /// Messages of the source that were dropped before it, or with it ([`Counts::dropped`]).
    pub(super) dropped: u64,
    pub(super) received_at: DateTime<Utc>,
    waiting: Arc<AtomicUsize>,
    bytes: usize,
}

/// Messages behind each other, in order of arrival.
#[derive(Default)]
struct Found {
    data: Vec<u8>,
    /// Where each ends, in the data as it was before it was packed.
    ends: Vec<usize>,
    is_packed: bool,
}

impl Batch {
    /// Gives the data of each message, in order of arrival.
    pub(super) fn each(&self, mut take: impl FnMut(&[u8])) {
        let Found { data, ends, is_packed } = &self.found;
        let length = ends.last().copied().unwrap_or_default();
        let data = if *is_packed {
            decompress(data, length).expect("it was packed here").into()
        } else {
            Cow::Borrowed(data.as_slice())
        };
        let mut begin = 0;
        for end in ends {
            take(&data[begin..*end]);
            begin = *end;
        }
    }

    /// How many messages they are.
    pub(super) fn len(&self) -> usize {
        self.found.ends.len()
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.waiting.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Found {
    fn add(&mut self, data: &[u8]) {
        self.data.extend_from_slice(data);
        self.ends.push(self.data.len());
    }

    fn pack(&mut self) {
        self.data = compress(&self.data);
        self.is_packed = true;
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
    /// Reads until the connection ends; answers with how it did.
    pub(super) async fn run(self, mut subscriber: Subscriber) -> String {
        loop {
            if let Err(broken) = self.take(&mut subscriber) {
                return broken.to_string();
            }
            if let Err(error) = subscriber.heard().await {
                return error;
            }
        }
    }

    /// Hands over what was read.
    fn take(&self, subscriber: &mut Subscriber) -> Result<(), Broken> {
        let (mut found, mut too_large) = (Found::default(), None);
        let taken = loop {
            match subscriber.next() {
                Ok(Some(Push::Message(data))) => found.add(data),
                Ok(Some(Push::TooLarge(bytes))) => {
                    self.counts.message();
                    self.counts.refuse(Reason::TooLarge, 1);
                    too_large = Some(bytes);
                }
                Ok(Some(Push::Subscribed | Push::Answer)) => {}
                Ok(None) => break Ok(()),
                Err(broken) => break Err(broken),
            }
        };
        if !found.ends.is_empty() || too_large.is_some() {
            self.hand_over(found, too_large, Utc::now());
        }
        taken
    }

    fn hand_over(&self, mut found: Found, too_large: Option<usize>, received_at: DateTime<Utc>) {
        if self.waiting.load(Ordering::Relaxed) > self.limit / PACKED_BEHIND {
            found.pack();
        }
        found.data.shrink_to_fit();
        found.ends.shrink_to_fit();
        let count = found.ends.len();
        let bytes = found.data.len() + OVERHEAD + count * OVERHEAD_EACH;
        let before = self.waiting.fetch_add(bytes, Ordering::Relaxed);
        let dropped = self.counts.dropped();
        let batch = Batch { found, too_large, dropped, received_at, waiting: self.waiting.clone(), bytes };
        if before + bytes > self.limit || self.batches.try_send(batch).is_err() {
            self.counts.refuse(Reason::Overrun, count as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    fn three() -> Found {
        let mut found = Found::default();
        for data in [&b"1234"[..], b"", b"5678"] {
            found.add(data);
        }
        found
    }

    fn messages(batch: &Batch) -> Vec<String> {
        let mut messages = Vec::new();
        batch.each(|data| messages.push(String::from_utf8(data.to_vec()).unwrap()));
        messages
    }

    #[test]
    fn what_is_far_behind_is_packed_and_comes_as_it_was() {
        let (reader, mut batches) = queue(Arc::default());
        let reader = Reader { limit: 100_000, ..reader };
        let texts = ["the same again and again ".repeat(500), String::new(), "the same".to_owned()];
        for _ in 0..2 {
            let mut found = Found::default();
            for text in &texts {
                found.add(text.as_bytes());
            }
            reader.hand_over(found, None, Utc::now());
        }
        let [first, second] = [batches.try_recv().unwrap(), batches.try_recv().unwrap()];
        assert!(second.bytes < first.bytes / 10, "{} after {}", second.bytes, first.bytes);
        assert_eq!([messages(&first), messages(&second)], [texts.to_vec(), texts.to_vec()]);
        drop((first, second));
        assert_eq!(reader.waiting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_counted_and_room_comes_back() {
        let counts = Arc::new(Counts::default());
        let (reader, mut batches) = queue(counts.clone());
        let one_batch = 8 + OVERHEAD + 3 * OVERHEAD_EACH;
        let reader = Reader { limit: 2 * one_batch - 1, ..reader };
        reader.hand_over(three(), None, Utc::now());
        reader.hand_over(three(), None, Utc::now());
        assert_eq!(counts.refused(Reason::Overrun), 3);
        let batch = batches.try_recv().unwrap();
        assert_eq!(messages(&batch), ["1234", "", "5678"]);
        let before = batch.dropped;
        drop(batch);
        reader.hand_over(three(), None, Utc::now());
        assert_eq!(counts.refused(Reason::Overrun), 3);
        assert_eq!((before, batches.try_recv().unwrap().dropped), (0, 3), "as of its own time");
    }
}
