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
    /// The snapshot of a followed topic at some sequence, once a socket has asked for it. Locked while one is encoded, and
    /// never by the collector.
    snapshots: Mutex<HashMap<Topic, (u64, Utf8Bytes)>>,
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
}

struct Frame {
    seq: u64,
    prev: u64,
    text: Utf8Bytes,
}

/// A topic that a change concerns: its number before and after, and whether somebody follows it.
struct Concerned {
    topic: Topic,
    prev: u64,
    seq: u64,
    is_followed: bool,
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
        Self { epoch, inner, snapshots: Mutex::default(), ticks: watch::Sender::new(0), counters }
    }

    /// This server process.
    pub(crate) fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The newest state with its sequences.
    pub(crate) fn published(&self) -> Published {
        self.lock().published.clone()
    }

    /// Takes a tick's state and what it changed; encodes what is followed, and wakes the sockets. One thread calls it.
    pub(crate) fn publish(&self, fleet: Arc<Fleet>, changes: &Changes) {
        let (before, concerned) = self.concerned(&fleet, changes);
        // Encoded while sockets may read: until the state is replaced they have what is before.
        let frames = concerned
            .into_iter()
            .map(|Concerned { topic, prev, seq, is_followed }| {
                let of = is_followed.then(|| self.frame(&topic, (prev, seq), &before, &fleet, changes));
                (topic, seq, of.flatten())
            })
            .collect::<Vec<_>>();
        let any = !frames.is_empty();
        let mut inner = self.lock();
        let Inner { published, topics } = &mut *inner;
        published.fleet = fleet;
        let sequences = Arc::make_mut(&mut published.sequences);
        for (topic, seq, frame) in frames {
            if let (Some(channel), Some(frame)) = (topics.get_mut(&topic), frame) {
                channel.deltas.push_back(frame);
                if channel.deltas.len() > RING {
                    channel.deltas.pop_front();
                }
            }
            sequences.insert(topic, seq);
        }
        // Somebody may have begun to follow a task meanwhile: a snapshot follows.
        let seq = sequences.get(&Topic::Tasks).copied().unwrap_or(0);
        for topic in topics.keys().filter(|topic| matches!(topic, Topic::Task(id) if changes.tasks.contains(id))) {
            sequences.insert(topic.clone(), seq);
        }
        drop(inner);
        if any {
            self.ticks.send_modify(|tick| *tick += 1);
        }
    }

    /// The state before, and the topics that a change concerns.
    ///
    /// There are too many tasks for a number each to be kept: one that is followed takes its numbers from the topic
    /// `tasks`, which counts every change of any, so that they only ever grow, also for somebody who leaves it and comes
    /// back.
    fn concerned(&self, fleet: &Fleet, changes: &Changes) -> (Arc<Fleet>, Vec<Concerned>) {
        let inner = self.lock();
        let before = inner.published.fleet.clone();
        let workers = changes.workers.iter().cloned().map(Topic::Worker);
        let tasks = inner.topics.keys().filter(|topic| matches!(topic, Topic::Task(_))).cloned();
        let topics = records::LISTS
            .into_iter()
            .chain(workers)
            .chain(tasks)
            .filter(|topic| records::concerns(topic, &before, fleet, changes))
            .map(|topic| {
                let prev = inner.published.seq(&topic);
                let seq = 1 + if matches!(topic, Topic::Task(_)) { inner.published.seq(&Topic::Tasks) } else { prev };
                let is_followed = inner.topics.contains_key(&topic);
                Concerned { topic, prev, seq, is_followed }
            })
            .collect();
        (before, topics)
    }

    /// A tick's delta of a topic. Without it the sockets see a hole and take a snapshot.
    fn frame(
        &self,
        topic: &Topic,
        (prev, seq): (u64, u64),
        before: &Fleet,
        fleet: &Fleet,
        changes: &Changes,
    ) -> Option<Frame> {
        let data = records::delta(topic, before, fleet, changes)
            .inspect_err(|error| tracing::error!(%error, %topic, "a delta could not be encoded"))
            .ok()?;
        Some(Frame { seq, prev, text: self.encode(topic.clone(), seq, Some(prev), fleet.now, data) })
    }

    /// Wakes with every tick.
    pub(super) fn ticks(&self) -> watch::Receiver<u64> {
        self.ticks.subscribe()
    }

    /// A socket begins to follow a topic.
    pub(super) fn follow(&self, topic: &Topic) {
        let mut inner = self.lock();
        let Inner { published, topics } = &mut *inner;
        if matches!(topic, Topic::Task(_)) && !topics.contains_key(topic) {
            let seq = published.seq(&Topic::Tasks);
            Arc::make_mut(&mut published.sequences).insert(topic.clone(), seq);
        }
        topics.entry(topic.clone()).or_default().followers += 1;
    }

    /// A socket follows a topic no more.
    pub(super) fn leave(&self, topic: &Topic) {
        let mut inner = self.lock();
        let Inner { published, topics } = &mut *inner;
        if let Some(channel) = topics.get_mut(topic) {
            channel.followers -= 1;
            if channel.followers == 0 {
                topics.remove(topic);
                if matches!(topic, Topic::Task(_)) {
                    Arc::make_mut(&mut published.sequences).remove(topic);
                }
                drop(inner);
                self.snapshots.lock().unwrap_or_else(PoisonError::into_inner).remove(topic);
            }
        }
    }

    /// What follows after `seq` on a topic; a snapshot when that is not in the ring, or `seq` is `None`.
    pub(super) fn next(&self, topic: &Topic, seq: Option<u64>) -> Next {
        let inner = self.lock();
        let newest = inner.published.seq(topic);
        let Some(channel) = inner.topics.get(topic) else { return Next { seq: newest, texts: Vec::new() } };
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
        drop(inner);
        self.snapshot(topic)
    }

    /// A snapshot of a topic, encoded once for all who ask for it at one sequence.
    fn snapshot(&self, topic: &Topic) -> Next {
        let mut snapshots = self.snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        let published = self.published();
        let seq = published.seq(topic);
        if let Some((at, text)) = snapshots.get(topic)
            && *at == seq
        {
            return Next { seq, texts: vec![text.clone()] };
        }
        match records::snapshot(&published.fleet, topic) {
            Ok(data) => {
                let text = self.encode(topic.clone(), seq, None, published.fleet.now, data);
                snapshots.insert(topic.clone(), (seq, text.clone()));
                Next { seq, texts: vec![text] }
            }
            Err(error) => {
                tracing::error!(%error, %topic, "a snapshot could not be encoded");
                Next { seq, texts: Vec::new() }
            }
        }
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
