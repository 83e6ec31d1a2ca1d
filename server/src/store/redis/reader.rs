//! Readers of history beside its writer.

use super::StoreError;
use super::ahead::Ahead;
use super::blocks::{Found, Reads};
use super::keys::Keys;
use super::link::Link;
use super::server::Server;
use crate::history::{TIMES, Tier};
use crate::store::{Blocks, Expected, HistoryReader, TierSize};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

/// Connections that are kept for reading.
const READERS: usize = 4;

/// See the module.
pub(super) struct RedisHistoryReader {
    server: Server,
    keys: Keys,
    idle: Mutex<Vec<Link>>,
}

impl RedisHistoryReader {
    pub(super) fn new(server: &Server, keys: Keys) -> Self {
        Self { server: server.clone(), keys, idle: Mutex::default() }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Link) -> T) -> T {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut link = idle.unwrap_or_else(|| Link::new(&self.server));
        let done = work(&mut link);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < READERS {
            idle.push(link);
        }
        done
    }
}

impl HistoryReader for RedisHistoryReader {
    fn read(&self, work: &mut dyn FnMut(&dyn Blocks) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.with(|link| {
            work(&Sight {
                link: RefCell::new(link),
                keys: &self.keys,
                ahead: RefCell::default(),
                times: RefCell::default(),
            })
        })
    }

    /// Blocks that expire are in no sum.
    fn sizes(&self) -> Result<Vec<TierSize>, StoreError> {
        Ok(Vec::new())
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.with(|link| link.run("asking whether it answers", |connection| redis::cmd("PING").exec(connection)))
    }
}

/// What one reader sees. Samples go with the times that were read before them: when their slot was written in between,
/// the reader is told to start again.
struct Sight<'a> {
    link: RefCell<&'a mut Link>,
    keys: &'a Keys,
    ahead: RefCell<Ahead>,
    /// The last call that had written a raw slot when times in it were read.
    times: RefCell<HashMap<u32, u64>>,
}

impl Reads for Sight<'_> {
    fn keys(&self) -> &Keys {
        self.keys
    }

    fn with<T>(&self, work: impl FnOnce(&mut Link) -> T) -> T {
        work(&mut self.link.borrow_mut())
    }

    fn expect(&self, expected: Expected) {
        self.ahead.borrow_mut().expect(expected);
    }

    fn read(&self, place: (Tier, u32, u16), shards: Range<u32>) -> Result<Rc<Found>, StoreError> {
        let (call, found) = self.with(|link| self.ahead.borrow_mut().read(link, self.keys, place, shards))?;
        let (tier, slot, metric) = place;
        let mut times = self.times.borrow_mut();
        if tier == Tier::Raw && metric == TIMES {
            times.insert(slot, call);
        }
        let is_changed = tier == Tier::Raw && times.get(&slot).is_some_and(|times| *times != call);
        if is_changed { Err(StoreError::Changed) } else { Ok(found) }
    }
}
