//! The hub: sequences, deltas and snapshots of every topic.

use super::records;
use crate::collector::{Changes, Fleet};
use crate::telemetry::Counters;
use axum::extract::ws::Utf8Bytes;
use chrono::{DateTime, Utc};
use forewatch::live::{Kind, ServerMessage, Topic};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Deltas that a topic keeps: at four ticks a second, eight seconds for a socket to catch up.
const RING: usize = 32;

/// A published state, with each topic's sequence at that state.
#[derive(Clone)]
pub(crate) struct Published {
    pub(crate) fleet: Arc<Fleet>,
    sequences: Arc<imbl::HashMap<Topic, u64>>,
}

impl Published {
    /// The sequence of the last delta of a topic that is in this state.
    pub(crate) fn seq(&self, topic: &Topic) -> u64 {
        self.sequences.get(topic).copied().unwrap_or(0)
    }
}

/// The hub.
pub(crate) struct Hub {
    epoch: Arc<str>,
    inner: Mutex<Inner>,
    /// Wakes the sockets once a tick.
    ticks: watch::Sender<u64>,
    counters: Arc<Counters>,
}

struct Inner {
    published: Published,
    /// Only topics that somebody follows.
    topics: HashMap<Topic, Channel>,
}

#[derive(Default)]
struct Channel {
    followers: usize,
    deltas: VecDeque<Frame>,
    /// The snapshot at the newest sequence, once somebody has asked for it.
    snapshot: Option<(u64, Utf8Bytes)>,
}

struct Frame {
    seq: u64,
    prev: u64,
    text: Utf8Bytes,
}

/// What a socket sends next on a topic.
pub(super) struct Next {
    /// How far it is after that.
    pub(super) seq: u64,
    pub(super) texts: Vec<Utf8Bytes>,
}

impl Hub {
    /// A hub that begins with a state.
    pub(crate) fn new(epoch: Arc<str>, fleet: Arc<Fleet>, counters: Arc<Counters>) -> Self {
        let published = Published { fleet, sequences: Arc::default() };
        let inner = Mutex::new(Inner { published, topics: HashMap::new() });
        Self { epoch, inner, ticks: watch::Sender::new(0), counters }
    }

    /// This server process.
    pub(crate) fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The newest state with its sequences.
    pub(crate) fn published(&self) -> Published {
        self.lock().published.clone()
    }

    /// Takes a tick's state and what it changed; encodes what is followed, and wakes the sockets.
    pub(crate) fn publish(&self, fleet: Arc<Fleet>, changes: &Changes) {
        let mut inner = self.lock();
        let Inner { published, topics } = &mut *inner;
        let before = std::mem::replace(&mut published.fleet, fleet.clone());
        let workers = changes.workers.iter().cloned().map(Topic::Worker);
        let mut any = false;
        for topic in records::LISTS.into_iter().chain(workers) {
            if !records::concerns(&topic, &before, &fleet, changes) {
                continue;
            }
            any = true;
            let sequence = Arc::make_mut(&mut published.sequences).entry(topic.clone()).or_insert(0);
            let prev = *sequence;
            *sequence += 1;
            if let Some(channel) = topics.get_mut(&topic) {
                match records::delta(&topic, &before, &fleet, changes) {
                    Ok(data) => {
                        let text = self.encode(topic, *sequence, Some(prev), fleet.now, data);
                        channel.deltas.push_back(Frame { seq: *sequence, prev, text });
                        if channel.deltas.len() > RING {
                            channel.deltas.pop_front();
                        }
                    }
                    // Without the delta the sockets see a hole and take a snapshot.
                    Err(error) => tracing::error!(%error, %topic, "a delta could not be encoded"),
                }
            }
        }
        drop(inner);
        if any {
            self.ticks.send_modify(|tick| *tick += 1);
        }
    }

    /// Wakes with every tick.
    pub(super) fn ticks(&self) -> watch::Receiver<u64> {
        self.ticks.subscribe()
    }

    /// A socket begins to follow a topic.
    pub(super) fn follow(&self, topic: &Topic) {
        self.lock().topics.entry(topic.clone()).or_default().followers += 1;
    }

    /// A socket follows a topic no more.
    pub(super) fn leave(&self, topic: &Topic) {
        let mut inner = self.lock();
        if let Some(channel) = inner.topics.get_mut(topic) {
            channel.followers -= 1;
            if channel.followers == 0 {
                inner.topics.remove(topic);
            }
        }
    }

    /// What follows after `seq` on a topic; a snapshot when that is not in the ring, or `seq` is `None`.
    pub(super) fn next(&self, topic: &Topic, seq: Option<u64>) -> Next {
        let mut inner = self.lock();
        let Inner { published, topics } = &mut *inner;
        let newest = published.seq(topic);
        let Some(channel) = topics.get_mut(topic) else { return Next { seq: newest, texts: Vec::new() } };
        if let Some(seq) = seq {
            if seq == newest {
                return Next { seq, texts: Vec::new() };
            }
            let start = channel.deltas.iter().position(|frame| frame.prev == seq);
            let whole = channel.deltas.back().is_some_and(|frame| frame.seq == newest);
            if let Some(start) = start.filter(|_| whole) {
                let texts = channel.deltas.iter().skip(start).map(|frame| frame.text.clone()).collect();
                return Next { seq: newest, texts };
            }
            self.counters.live_resyncs.fetch_add(1, Ordering::Relaxed);
        }
        let text = match &channel.snapshot {
            Some((at, text)) if *at == newest => text.clone(),
            _ => match records::snapshot(&published.fleet, topic) {
                Ok(data) => {
                    let text = self.encode(topic.clone(), newest, None, published.fleet.now, data);
                    channel.snapshot = Some((newest, text.clone()));
                    text
                }
                Err(error) => {
                    tracing::error!(%error, %topic, "a snapshot could not be encoded");
                    return Next { seq: newest, texts: Vec::new() };
                }
            },
        };
        Next { seq: newest, texts: vec![text] }
    }

    fn encode(
        &self,
        topic: Topic,
        seq: u64,
        prev: Option<u64>,
        at: DateTime<Utc>,
        data: Box<serde_json::value::RawValue>,
    ) -> Utf8Bytes {
        let kind = if prev.is_some() { Kind::Delta } else { Kind::Snapshot };
        let message = ServerMessage { topic, epoch: self.epoch.to_string(), seq, prev, kind, at, data };
        let text = serde_json::to_string(&message).expect("a message of plain fields and valid raw JSON is valid JSON");
        self.counters.live_bytes_encoded.fetch_add(text.len() as u64, Ordering::Relaxed);
        text.into()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
