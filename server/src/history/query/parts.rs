//! Reading many shards: in parts side by side, each with a sight of its own. What belongs together lies in one shard.

use super::gather::{Found, InShard, Sight};
use super::join::Groups;
use super::wanted::labels;
use super::{MAX_ALL, QueryError};
use crate::history::key::Tier;
use crate::store::{Expected, HistoryReader};
use forewatch::series::Series;
use std::collections::BTreeSet;
use std::thread::{available_parallelism, scope};

/// Blocks of a metric, as far as can be told before, from which on the work is shared: below, a thread is not worth it.
const MANY: usize = 128;
/// Threads that work on one question at most: others ask too.
const MOST_THREADS: usize = 4;

/// A shard that is asked, where the store has it, and what the head has of its subjects.
pub(super) type Work<'a> = (Option<InShard<'a>>, Found<'a>);

/// What is asked, of whom.
pub(super) struct Asked<'a> {
    pub(super) store: &'a dyn HistoryReader,
    pub(super) sight: Sight<'a>,
    /// The groups that series are joined into, without any series.
    pub(super) groups: Option<Groups<'a>>,
}

/// What was found in some shards.
pub(super) struct Part<'a> {
    pub(super) series: Vec<Series>,
    pub(super) groups: Option<Groups<'a>>,
    pub(super) sources: BTreeSet<Tier>,
}

impl<'a> Asked<'a> {
    /// Reads all of it; answers in the order of the work.
    pub(super) fn all(&self, mut work: Vec<Work<'a>>) -> Result<Vec<Part<'a>>, QueryError> {
        let slots = self.sight.plan.slots().count();
        let threads = match work.len().saturating_mul(slots) {
            MANY.. => available_parallelism().map_or(1, usize::from).min(MOST_THREADS),
            _ => 1,
        };
        let each = work.len().div_ceil(threads).max(1);
        let first: Vec<Work<'a>> = work.drain(..each.min(work.len())).collect();
        let mut others = Vec::new();
        while !work.is_empty() {
            others.push(work.drain(..each.min(work.len())).collect::<Vec<_>>());
        }
        scope(|scope| {
            let others: Vec<_> = others.into_iter().map(|part| scope.spawn(|| self.part(part))).collect();
            let mut parts = vec![self.part(first)];
            // A panic there is one here.
            parts.extend(
                others.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))),
            );
            parts.into_iter().collect()
        })
    }

    fn part(&self, work: Vec<Work<'a>>) -> Result<Part<'a>, QueryError> {
        let mut part =
            Part { series: Vec::new(), groups: self.groups.as_ref().map(Groups::empty), sources: BTreeSet::new() };
        let (steps, over) = (self.sight.steps, self.sight.over);
        let mut too_many = false;
        let expected = self.expected(&work);
        let mut work = work.into_iter();
        self.store.read(&mut |blocks| {
            blocks.expect(expected.clone());
            for (shard, mut found) in work.by_ref() {
                if let Some(shard) = shard {
                    self.sight.shard(blocks, &shard, &mut found, &mut part.sources)?;
                }
                for ((subject, device), mut series) in found {
                    series.settle();
                    let labels = labels(subject, device);
                    match &mut part.groups {
                        Some(groups) if groups.joins_samples() => groups.samples(labels, steps, &series),
                        Some(groups) => groups.values(labels, &steps.over_time(series, over)),
                        None => part.series.push(Series { labels, points: steps.points(series, over) }),
                    }
                }
                let points = part.series.len().saturating_mul(steps.len());
                if points.max(part.groups.as_ref().map_or(0, Groups::points)) > MAX_ALL {
                    too_many = true;
                    return Ok(());
                }
            }
            Ok(())
        })?;
        if too_many { Err(QueryError::Large) } else { Ok(part) }
    }

    fn expected(&self, work: &[Work<'a>]) -> Expected {
        let mut shards = work.iter().filter_map(|(shard, _)| shard.as_ref()).peekable();
        let metric = shards.peek().map_or(0, |shard| shard.metric);
        Expected { slots: self.sight.plan.slots().collect(), metric, shards: shards.map(|shard| shard.shard).collect() }
    }
}
