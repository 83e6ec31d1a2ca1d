//! The names of history on Redis, and what else is noted once for all blocks.

use super::StoreError;
use super::blocks::{subject_value, subject_word, word};
use super::claim::{About, guarded};
use super::writer::RedisHistory;
use crate::history::Tier;
use crate::store::{HistoryChanges, Named};
use redis::Script;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

static NAMES: LazyLock<Script> = guarded!("names.lua");

/// Names that are written at once when Redis has lost some.
const SOME: usize = 1_000;

/// Every name that is in Redis, as far as the writer knows. History in memory goes on with these numbers, so if Redis loses
/// some, they are written again before any block that needs them.
pub(super) struct Names {
    pub(super) metrics: HashMap<String, u16>,
    /// The number, and the day of the newest sample.
    subjects: HashMap<String, (u32, u32)>,
}

impl Names {
    pub(super) fn of(named: Named) -> Self {
        let subjects = named.subjects.iter().map(|named| (subject_word(&named.subject), (named.number, named.day)));
        Self {
            subjects: subjects.collect(),
            metrics: named.metrics.into_iter().map(|(number, name)| (name, number)).collect(),
        }
    }
}

/// What is noted in one step.
#[derive(Default)]
struct Notes<'a> {
    metrics: Vec<(String, u16)>,
    subjects: Vec<(String, (u32, u32))>,
    gone: Vec<String>,
    begin: &'a [(Tier, u32)],
    sketched_since: Option<i64>,
}

impl RedisHistory {
    /// Writes names and what else is noted once for all blocks, and brings names back that Redis has lost.
    pub(super) fn note(&mut self, changes: &HistoryChanges) -> Result<(), StoreError> {
        let gone: HashSet<u32> = changes.gone.iter().copied().collect();
        let subjects = changes.named.subjects.iter().chain(&changes.seen);
        let mut notes = Notes {
            metrics: changes.named.metrics.iter().map(|(number, name)| (name.clone(), *number)).collect(),
            subjects: subjects.map(|named| (subject_word(&named.subject), (named.number, named.day))).collect(),
            gone: self
                .names
                .subjects
                .iter()
                .filter(|(_, (number, _))| gone.contains(number))
                .map(|(word, _)| word.clone())
                .collect(),
            begin: &changes.begin,
            sketched_since: changes.sketched_since,
        };
        let (metrics, subjects) = self.send(&notes)?;
        self.names.metrics.extend(notes.metrics.drain(..));
        self.names.subjects.extend(notes.subjects.drain(..));
        self.names.subjects.retain(|_, (number, _)| !gone.contains(number));
        if metrics < self.names.metrics.len() || subjects < self.names.subjects.len() {
            tracing::error!("Redis has lost names in history: they are written again");
            self.send_all()?;
        }
        Ok(())
    }

    /// Answers with how many metrics and subjects then have names.
    fn send(&mut self, notes: &Notes<'_>) -> Result<(usize, usize), StoreError> {
        let keys = &self.claim.keys;
        let mut call = self.claim.call(&NAMES, About::History);
        call.key(keys.metrics()).key(keys.subjects()).key(keys.unfinished());
        call.arg(notes.sketched_since.map_or_else(String::new, |since| since.to_string()));
        call.arg(notes.metrics.len()).arg(notes.subjects.len()).arg(notes.gone.len()).arg(notes.begin.len());
        for (name, number) in &notes.metrics {
            call.arg(name).arg(*number);
        }
        for (word, (number, day)) in &notes.subjects {
            call.arg(word).arg(subject_value(*number, *day));
        }
        for word in &notes.gone {
            call.arg(word);
        }
        for (tier, slot) in notes.begin {
            call.arg(tier.start(*slot)).arg(word(*tier, *slot));
        }
        self.link.get_mut().run("writing names in history", |connection| call.invoke(connection))
    }

    fn send_all(&mut self) -> Result<(), StoreError> {
        let metrics: Vec<(String, u16)> = self.names.metrics.clone().into_iter().collect();
        let subjects: Vec<(String, (u32, u32))> = self.names.subjects.clone().into_iter().collect();
        for some in metrics.chunks(SOME) {
            self.send(&Notes { metrics: some.to_vec(), ..Notes::default() })?;
        }
        for some in subjects.chunks(SOME) {
            self.send(&Notes { subjects: some.to_vec(), ..Notes::default() })?;
        }
        Ok(())
    }
}
