//! Blocks of history on Redis: a hash a slot and metric, a field a block.
//!
//! What is written of one shard in one slot is one step: times, and the samples that go with them, are never apart. The
//! steps of several shards, of several slots, and names follow each other in an order in which a crash leaves samples
//! twice at most, and never without their names.
//!
//! A slot expires by itself once its tier's retention is over; a raw one whose hour has no buckets yet as late as those
//! would, so that samples wait for a Forewatch that is away for days. It bears the retention as of when it was written
//! last: one that is changed counts for what is written from then on. (What is beyond the retention is never shown,
//! however long it still lies there.)

use super::StoreError;
use super::keys::Keys;
use super::link::Link;
use crate::history::{Kept, Key, Subject, TIMES, Tier};
use crate::store::{Blocks, Expected, Named, NamedSubject};
use redis::{Cmd, ParsingError, Value, from_redis_value};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// How `scripts/blocks.lua` and `scripts/read.lua` know the parts of a shard.
const PARTS: u32 = 1_024;
/// From so many shards on a hash is read as a whole.
const MANY: usize = 64;
/// A slot stays this much longer than its retention, seconds: whoever reads at its edge finds it whole.
const SLACK: i64 = 3_600;
/// Later than this Redis does not take: the end of the year 9999, Unix seconds.
const LATEST: i64 = 253_402_300_799;

const READ: &str = include_str!("scripts/read.lua");

/// Who reads blocks: the writer, and readers beside it.
pub(super) trait Reads {
    fn keys(&self) -> &Keys;
    /// Works on the connection.
    fn with<T>(&self, work: impl FnOnce(&mut Link) -> T) -> T;
    /// See [`Blocks::expect`].
    fn expect(&self, _: Expected) {}
    /// Blocks of a metric in a slot, in the order of their keys: at least those of these shards.
    fn read(&self, place: (Tier, u32, u16), shards: Range<u32>) -> Result<Rc<Found>, StoreError>;
}

/// Fields of a hash, and what is in them.
type Fields = Vec<(u32, Vec<u8>)>;

/// Blocks, in the order of their keys.
pub(super) type Found = Vec<(Key, Vec<u8>)>;

/// Blocks of a metric in a slot.
pub(super) struct Asked<'a> {
    pub(super) tier: Tier,
    pub(super) slot: u32,
    pub(super) metric: u16,
    /// Whether the times of raw samples are asked for along with them.
    pub(super) with_times: bool,
    /// None: all.
    pub(super) shards: Option<&'a [u32]>,
}

/// What was found there.
pub(super) struct Answer {
    /// The number of the last call that has written a raw slot.
    pub(super) call: u64,
    pub(super) times: Option<Found>,
    pub(super) found: Found,
}

impl<R: Reads> Blocks for R {
    fn expect(&self, expected: Expected) {
        Reads::expect(self, expected);
    }

    fn each(
        &self,
        tier: Tier,
        slot: u32,
        metric: u16,
        shards: Range<u32>,
        each: &mut dyn FnMut(Key, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if shards.is_empty() {
            return Ok(());
        }
        let found = self.read((tier, slot, metric), shards.clone())?;
        let first = found.partition_point(|(key, _)| key.shard < shards.start);
        let wanted = found[first..].iter().take_while(|(key, _)| key.shard < shards.end);
        wanted.into_iter().try_for_each(|(key, body)| each(*key, body))
    }

    fn unfinished(&self) -> Result<Vec<(Tier, u32)>, StoreError> {
        self.with(|link| unfinished(link, self.keys()))
    }

    fn sketched_since(&self) -> Result<Option<i64>, StoreError> {
        self.with(|link| sketched_since(link, self.keys()))
    }

    fn named(&self) -> Result<Named, StoreError> {
        self.with(|link| named(link, self.keys()))
    }
}

/// A block's field.
pub(super) fn field(key: Key) -> u32 {
    key.shard * PARTS + u32::from(key.part)
}

/// When a slot expires that is kept as long as those of `like`, Unix seconds.
pub(super) fn expiry(kept: &Kept, tier: Tier, slot: u32, like: Tier) -> i64 {
    let end = tier.start(slot) + tier.slot_seconds();
    let kept = end.saturating_sub(kept.since(like, end));
    end.saturating_add(kept).saturating_add(SLACK).min(LATEST)
}

/// Blocks of a metric in a slot: at least those of these shards, of which there is one.
pub(super) fn read(
    link: &mut Link,
    keys: &Keys,
    (tier, slot, metric): (Tier, u32, u16),
    shards: Range<u32>,
) -> Result<Answer, StoreError> {
    let few: Option<Vec<u32>> = (shards.len() < MANY).then(|| shards.collect());
    let asked = Asked { tier, slot, metric, with_times: false, shards: few.as_deref() };
    let answer = read_all(link, keys, &[asked])?.pop();
    answer.ok_or_else(|| StoreError::Damaged("Redis answered with nothing where history was read".to_owned()))
}

/// What lies in several places, in their order, read at once.
pub(super) fn read_all(link: &mut Link, keys: &Keys, asked: &[Asked<'_>]) -> Result<Vec<Answer>, StoreError> {
    let doing = "reading history";
    let told: Vec<Value> = link.run_all(doing, asked.iter().map(|asked| asked.call(keys)))?;
    let answers = asked.iter().zip(told).map(|(asked, told)| asked.answer(told));
    answers.collect::<Result<_, _>>().map_err(|error| StoreError::Redis { doing, source: error.into() })
}

impl Asked<'_> {
    /// Raw samples have parts, of which the index tells how many there are; buckets have none.
    fn call(&self, keys: &Keys) -> Cmd {
        let blocks = keys.blocks(self.tier, self.slot, self.metric);
        let mut call = Cmd::new();
        match self.shards {
            _ if self.tier == Tier::Raw => {
                call.arg("EVAL").arg(READ).arg(2 + usize::from(self.with_times));
                call.arg(keys.index(self.tier, self.slot)).arg(blocks);
                if self.with_times {
                    call.arg(keys.blocks(self.tier, self.slot, TIMES));
                }
                call.arg(self.shards);
            }
            Some(shards) => {
                call.arg("HMGET").arg(blocks);
                for shard in shards {
                    call.arg(shard * PARTS);
                }
            }
            None => drop(call.arg("HGETALL").arg(blocks)),
        }
        call
    }

    fn answer(&self, told: Value) -> Result<Answer, ParsingError> {
        match self.shards {
            _ if self.tier == Tier::Raw => {
                let (call, found): (u64, Vec<Fields>) = from_redis_value(told)?;
                let mut found = found.into_iter();
                let samples = self.found(self.metric, found.next().unwrap_or_default());
                Ok(Answer { call, times: found.next().map(|times| self.found(TIMES, times)), found: samples })
            }
            Some(shards) => {
                let bodies: Vec<Option<Vec<u8>>> = from_redis_value(told)?;
                let fields = shards.iter().map(|shard| shard * PARTS).zip(bodies);
                let found = fields.filter_map(|(field, body)| Some((field, body?))).collect();
                Ok(Answer { call: 0, times: None, found: self.found(self.metric, found) })
            }
            None => Ok(Answer { call: 0, times: None, found: self.found(self.metric, from_redis_value(told)?) }),
        }
    }

    fn found(&self, metric: u16, fields: Fields) -> Found {
        let key = |field: u32| {
            let part = u16::try_from(field % PARTS).ok()?;
            Some(Key { slot: self.slot, metric, shard: field / PARTS, part })
        };
        let mut found: Found = fields.into_iter().filter_map(|(field, body)| Some((key(field)?, body))).collect();
        found.sort_unstable_by_key(|(key, _)| *key);
        found
    }
}

/// Slots that were begun and are not finished, oldest first.
fn unfinished(link: &mut Link, keys: &Keys) -> Result<Vec<(Tier, u32)>, StoreError> {
    let mut read = redis::cmd("ZRANGE");
    read.arg(keys.unfinished()).arg(0).arg(-1);
    let words: Vec<String> = link.run("reading what history has to finish", |connection| read.query(connection))?;
    let mut slots = words.iter().map(|word| parse(word)).collect::<Result<Vec<_>, _>>()?;
    slots.sort_unstable();
    Ok(slots)
}

/// A slot as a word.
pub(super) fn word(tier: Tier, slot: u32) -> String {
    format!("{}:{slot}", tier.word())
}

fn parse(word: &str) -> Result<(Tier, u32), StoreError> {
    word.split_once(':')
        .and_then(|(tier, slot)| Some((Tier::ALL.into_iter().find(|known| known.word() == tier)?, slot.parse().ok()?)))
        .ok_or_else(|| StoreError::Damaged(format!("history has no slot {word}")))
}

/// A subject as a word.
pub(super) fn subject_word(subject: &Subject) -> String {
    format!("{}:{}", subject.kind(), subject.name())
}

/// A subject's number and the day of its newest sample, as they stand with its name.
pub(super) fn subject_value(number: u32, day: u32) -> String {
    format!("{number}:{day}")
}

fn parse_subject(word: &str, value: &str) -> Option<NamedSubject> {
    let (kind, name) = word.split_once(':')?;
    let (number, day) = value.split_once(':')?;
    Some(NamedSubject {
        number: number.parse().ok()?,
        subject: Subject::from_parts(kind, name)?,
        day: day.parse().ok()?,
    })
}

/// Every name.
pub(super) fn named(link: &mut Link, keys: &Keys) -> Result<Named, StoreError> {
    let doing = "reading the names in history";
    let metrics: HashMap<String, u16> =
        link.run(doing, |connection| redis::cmd("HGETALL").arg(keys.metrics()).query(connection))?;
    let subjects: HashMap<String, String> =
        link.run(doing, |connection| redis::cmd("HGETALL").arg(keys.subjects()).query(connection))?;
    let mut named = Named { metrics: metrics.into_iter().map(|(name, id)| (id, name)).collect(), ..Named::default() };
    for (word, value) in subjects {
        let subject = parse_subject(&word, &value).ok_or_else(|| {
            StoreError::Damaged(format!("history holds a subject \"{word}\" with the number {value}"))
        })?;
        named.subjects.push(subject);
    }
    Ok(named)
}

/// From when on every hour has its sketches, Unix seconds.
fn sketched_since(link: &mut Link, keys: &Keys) -> Result<Option<i64>, StoreError> {
    link.run("reading from when on history has sketches", |connection| {
        redis::cmd("HGET").arg(keys.store()).arg("sketched").query(connection)
    })
}
