//! Filling a store, through its own writer.

use super::tiers::{copied, size, spread_out};
use super::{LIMITS, kept, open};
use crate::collector::{Changes, Fleet, Settings, apply, clock, tick};
use crate::config::Config;
use crate::history::feed::Feed;
use crate::history::keeper::{Keeper, Shared, Step};
use crate::history::key::Tier;
use crate::history::share;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::{Event, EventBody, SourceName};
use forewatch_agent::simulate;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Seconds between two heartbeats of a worker.
const INTERVAL: u64 = 10;
const HOUR: i64 = 3_600;

/// What was measured on the way. Bytes are those of blocks, without what the file has around them.
#[derive(Debug)]
pub struct Filled {
    /// Samples of the hour that took the usual way.
    pub samples: u64,
    /// CPU and disk: the hour's flushes together.
    pub flushed: Duration,
    /// The hour's merges, buckets and sketches.
    pub rolled: Duration,
    /// The longest step of these, for which a flush may have to wait.
    pub step: Duration,
    /// Bytes of the hour's samples, of its buckets of a minute, of its sketches of a minute, and of what these are joined
    /// of, which is kept as long as the samples.
    pub hour: [u64; 4],
    /// Of each tier as it was filled, finest first: its name, bytes of samples or buckets, bytes of sketches.
    pub tiers: Vec<(&'static str, u64, u64)>,
}

/// Fills the store at `url` with the history of a fleet up to now; does nothing where it has some.
pub fn fill(url: &str, folder: &Path, workers: u32, gpus: u32) -> anyhow::Result<Option<Filled>> {
    let mut store = open(url, folder)?.history;
    if !store.named()?.subjects.is_empty() {
        return Ok(None);
    }
    let now = clock();
    let shared = Arc::new(Shared::of(&mut *store, LIMITS, kept(), now.timestamp())?);
    let mut keeper = Keeper::new(shared, store);
    keeper.names_due = i64::MAX;
    let start = now.timestamp().div_euclid(HOUR) * HOUR - HOUR;
    let (samples, flushed) = live(&mut keeper, start, workers, gpus)?;
    let (mut rolled, mut longest) = (Duration::ZERO, Duration::ZERO);
    loop {
        let begin = Instant::now();
        let step = keeper.step(start + 2 * HOUR)?;
        rolled += begin.elapsed();
        longest = longest.max(begin.elapsed());
        if step == Step::Nothing {
            break;
        }
    }
    let mut store = keeper.store;
    let hour = Tier::Minute.slot(start);
    let raw = Tier::Raw.slots(&(start..start + HOUR));
    let in_hour = size(&*store, Tier::Raw, raw.clone())?.0;
    let minutes = size(&*store, Tier::Minute, hour..hour + 1)?;
    let mut shares = 0;
    share::each(&*store, hour, &mut |_, block| {
        shares += block.len() as u64;
        Ok(())
    })?;
    for back in 1..u32::try_from(kept().samples.num_hours())? {
        for slot in raw.clone() {
            store.write(&copied(&*store, Tier::Raw, slot, slot - back * 6)?)?;
        }
    }
    for back in 1..u32::try_from(kept().minutes.num_hours())? {
        store.write(&copied(&*store, Tier::Minute, hour, hour - back)?)?;
    }
    for (tier, span) in [(Tier::Hour, kept().hours), (Tier::Day, kept().days)] {
        let newest = tier.slot(start);
        let slots = u32::try_from(span.num_seconds() / tier.slot_seconds())?;
        store.write(&spread_out(&*store, hour, tier, newest)?)?;
        for back in 1..=slots {
            store.write(&copied(&*store, tier, newest, newest - back)?)?;
        }
    }
    // The hour that is not over: samples up to now, whose buckets are not made yet.
    for slot in raw.clone().filter(|slot| Tier::Raw.start(slot + 6) < now.timestamp()) {
        let mut changes = copied(&*store, Tier::Raw, slot, slot + 6)?;
        changes.begin.push((Tier::Minute, hour + 1));
        store.write(&changes)?;
    }
    let mut tiers = Vec::new();
    for tier in Tier::ALL {
        let (blocks, sketches) = size(&*store, tier, tier.slots(&(kept().since(tier, start - HOUR)..start + HOUR)))?;
        tiers.push((tier.word(), blocks, sketches));
    }
    let hour = [in_hour, minutes.0, minutes.1, shares];
    Ok(Some(Filled { samples, flushed, rolled, step: longest, hour, tiers }))
}

/// Lets a simulated fleet live for an hour; answers with its samples, and how long writing them took.
fn live(keeper: &mut Keeper, start: i64, workers: u32, gpus: u32) -> anyhow::Result<(u64, Duration)> {
    let at = |seconds: i64| DateTime::from_timestamp(start + seconds, 0).ok_or_else(|| anyhow::anyhow!("no such time"));
    let plan = simulate::Plan {
        workers,
        gpus,
        tasks_per_second: f64::from(workers) / 20.0,
        seed: 1,
        duration: None,
        interval: Duration::from_secs(INTERVAL),
        scenario: simulate::Scenario::Steady,
    };
    let mut simulated = simulate::Fleet::new(plan, at(0)?);
    let (mut fleet, settings, feed) = (Fleet::empty(at(0)?), Settings::of(&Config::default()), Feed::default());
    let source = SourceName::new("simulated")?;
    let event = |at: DateTime<Utc>, body| Event { event_id: None, source: source.clone(), at, received_at: at, body };
    for registration in simulated.registrations() {
        let event = event(at(0)?, EventBody::WorkerRegistered(Box::new(registration)));
        apply(&mut fleet, &settings, 0, &event, &mut Changes::default());
    }
    let (mut samples, mut flushed) = (0, Duration::ZERO);
    for second in (0..HOUR).step_by(usize::try_from(INTERVAL)?) {
        let mut output = simulate::Output::default();
        simulated.advance(Duration::from_secs(u64::try_from(second)? + INTERVAL - 1), &mut output);
        let mut changes = Changes::default();
        for beat in output.beats {
            let event = event(beat.heartbeat.timestamp, EventBody::WorkerHeartbeat(Box::new(beat.heartbeat)));
            apply(&mut fleet, &settings, 0, &event, &mut changes);
        }
        tick(&mut fleet, &settings, at(second)? + TimeDelta::seconds(9), &mut changes);
        let rows = changes.samples.iter().flat_map(|samples| &samples.rows);
        samples += rows.map(|(_, values)| values.len() as u64).sum::<u64>();
        feed.take(&keeper.shared.head, &fleet, &changes.samples);
        if second % 60 == 50 {
            let begin = Instant::now();
            anyhow::ensure!(keeper.flush(), "the store cannot be written");
            flushed += begin.elapsed();
        }
    }
    Ok((samples, flushed))
}
