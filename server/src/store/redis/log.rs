//! The log on Redis: a stream, an entry a commit, its id the sequence of the commit's last event and `-0`.
//!
//! An answer can be lost on its way. Then it is not known whether the commit is in the log, and its senders are told that
//! it failed. The next commit takes it back where it is there, in the same step in which it is added itself (`append.lua`).
//! Sequences are used once, so those of a failed commit stay unused.

use super::claim::{About, Claim, guarded};
use super::link::Link;
use super::{StoreError, snapshots};
use crate::store::{Log, StateSnapshot, packed};
use forewatch::Event;
use redis::Script;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

static ENDS: LazyLock<Script> = guarded!("ends.lua");
static APPEND: LazyLock<Script> = guarded!("append.lua");

/// Entries that are read at once.
const PAGE: usize = 32;

/// See the module.
pub(super) struct RedisLog {
    link: RefCell<Link>,
    claim: Arc<Claim>,
    /// The last event that is known to be in the log.
    known: u64,
    /// The last sequence that was given to an event.
    given: u64,
}

impl RedisLog {
    /// The sequence goes on from the log, from the state, and from the records, which are `written` up to there.
    pub(super) fn open(link: Link, claim: Arc<Claim>, written: u64) -> Result<Self, StoreError> {
        let mut opened = Self { link: RefCell::new(link), claim, known: 0, given: 0 };
        let (log, state) = opened.ends()?;
        (opened.known, opened.given) = (log, log.max(state).max(written));
        if log < opened.given {
            tracing::error!(
                log,
                state,
                records = written,
                "Redis has lost events that were acknowledged: the log ends before the state or the records that were made of it"
            );
        }
        Ok(opened)
    }

    /// The sequences of the last event in the log and of the state.
    fn ends(&mut self) -> Result<(u64, u64), StoreError> {
        let mut ends = self.claim.call(&ENDS, About::Log);
        ends.key(self.claim.keys.log()).key(self.claim.keys.state());
        self.link.get_mut().run("looking at the log", |connection| ends.invoke(connection))
    }
}

impl Log for RedisLog {
    fn append(&mut self, events: &[Event]) -> Result<u64, StoreError> {
        let last = self.given + events.len() as u64;
        let mut append = self.claim.call(&APPEND, About::Log);
        append.key(self.claim.keys.log()).arg(self.known).arg(last).arg(events.len());
        append.arg(packed::received(events)).arg(packed::pack(events)?);
        // Whatever comes of it, these sequences are used.
        self.given = last;
        let top: u64 = self.link.get_mut().run("writing the log", |connection| append.invoke(connection))?;
        if top < self.known {
            tracing::error!(
                from = top + 1,
                to = self.known,
                "Redis has lost events that were acknowledged; Forewatch still has what they changed, until it is restarted \
                 within the next minute"
            );
        }
        self.known = last;
        Ok(last)
    }

    fn check(&mut self) -> Option<Result<(), StoreError>> {
        // It renews the lease, for which memory must not be full.
        Some(self.ends().map(drop))
    }

    fn read_after(&self, after: u64, each: &mut dyn FnMut(u64, Vec<Event>)) -> Result<(), StoreError> {
        let mut from = after;
        loop {
            let mut range = redis::cmd("XRANGE");
            range.arg(self.claim.keys.log()).arg(format!("({from}-0")).arg("+").arg("COUNT").arg(PAGE);
            let page: Vec<(String, HashMap<String, Vec<u8>>)> =
                self.link.borrow_mut().run("reading the log", |connection| range.query(connection))?;
            let is_last = page.len() < PAGE;
            for (id, mut fields) in page {
                let last = id.split('-').next().and_then(|last| last.parse().ok());
                let (Some(last), Some(body)) = (last, fields.remove("body")) else {
                    return Err(StoreError::Damaged(format!("entry {id} of the log is not Forewatch's")));
                };
                each(last, packed::unpack(&body, last, after)?);
                from = last;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    fn state(&self) -> Result<Option<StateSnapshot>, StoreError> {
        snapshots::read(&mut self.link.borrow_mut(), &self.claim.keys)
    }
}

impl Drop for RedisLog {
    fn drop(&mut self) {
        self.claim.release(self.link.get_mut());
    }
}
