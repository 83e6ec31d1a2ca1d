//! The state snapshot on Redis, and trimming the log by its marks.

use super::StoreError;
use super::claim::{About, Claim, guarded};
use super::keys::Keys;
use super::link::Link;
use crate::store::{Snapshots, StateSnapshot, packed};
use chrono::{DateTime, Utc};
use redis::Script;
use std::sync::{Arc, LazyLock};

static SAVE: LazyLock<Script> = guarded!("save.lua");
static TRIM: LazyLock<Script> = guarded!("trim.lua");

/// Entries that one step of trimming deletes at most.
const TRIM_ENTRIES: u64 = 2_000;

/// The log's other side, by a connection of its own.
pub(super) struct RedisSnapshots {
    link: Link,
    claim: Arc<Claim>,
}

impl RedisSnapshots {
    pub(super) fn new(link: Link, claim: Arc<Claim>) -> Self {
        Self { link, claim }
    }
}

impl Snapshots for RedisSnapshots {
    fn save_state(&mut self, snapshot: &StateSnapshot) -> Result<(), StoreError> {
        let keys = &self.claim.keys;
        let mut save = self.claim.call(&SAVE, About::State);
        save.key(keys.log()).key(keys.state()).key(keys.marks());
        save.arg(snapshot.version).arg(snapshot.sequence).arg(packed::pack_state(&snapshot.bytes));
        self.link.run("writing the state", |connection| save.invoke(connection))
    }

    fn trim_log(&mut self, before: DateTime<Utc>, keep_from: u64) -> Result<bool, StoreError> {
        let keys = &self.claim.keys;
        let mut trim = self.claim.call(&TRIM, About::State);
        trim.key(keys.log()).key(keys.marks()).arg(before.timestamp_micros()).arg(keep_from).arg(TRIM_ENTRIES);
        self.link.run("trimming the log", |connection| trim.invoke(connection))
    }
}

/// The newest state.
pub(super) fn read(link: &mut Link, keys: &Keys) -> Result<Option<StateSnapshot>, StoreError> {
    let mut read = redis::cmd("HMGET");
    read.arg(keys.state()).arg("version").arg("sequence").arg("body");
    let (version, sequence, bytes): (Option<u32>, Option<u64>, Option<Vec<u8>>) =
        link.run("reading the state", |connection| read.query(connection))?;
    match (version, sequence, bytes) {
        (Some(version), Some(sequence), Some(bytes)) => {
            packed::unpack_state(StateSnapshot { version, sequence, bytes }).map(Some)
        }
        _ => Ok(None),
    }
}
