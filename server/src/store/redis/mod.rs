//! The store on Redis (also one that Sentinels watch) or a Redis Cluster: the log and the history lie there, the records on this machine's disk.
//!
//! Every key begins with a hash tag, so that the keys of one step lie on one node of a Cluster and the step can be a Lua
//! script, which happens as a whole or not at all:
//!
//! | key | what |
//! |---|---|
//! | `{P}:store`, `{P}:lease` | id, format, and the token of who writes; whether that one lives (see [`claim`]) |
//! | `{P}:log` | a stream, an entry a commit, its id the sequence of its last event (see [`log`]) |
//! | `{P}:state`, `{P}:marks` | the newest state; when the events of some sequences were received (see [`snapshots`]) |
//! | `{P}:metrics`, `{P}:subjects`, `{P}:unfinished` | history's names, and the slots that it has to finish |
//! | `{P:TIER:SLOT}:METRIC`, `{P:TIER:SLOT}:index` | blocks of history; what is in the slot (see [`blocks`]) |
//!
//! P is the prefix of the configuration. No key is looked for: each is known by its name.
//!
//! What is acknowledged is in Redis's memory, and on its disk as `appendonly` and `appendfsync` say (see [`durability`]).
//! A connection that breaks is made anew at the next call; until then calls fail, and nothing is acknowledged.

mod ahead;
mod blocks;
mod claim;
mod durability;
mod keys;
mod link;
mod log;
mod names;
mod reader;
mod server;
mod snapshots;
#[cfg(test)]
mod tests;
mod writer;

use super::sqlite::{self, Place};
use super::{Projection, Store, StoreError};
use crate::config::{self, RedisAddress};
use crate::history::Kept;
use claim::Claim;
use keys::Keys;
use link::Link;
use server::Server;
use std::path::Path;
use std::sync::Arc;

/// Opens or makes the store at `address`, with the rest as `config` says; its records lie in `folder`.
pub(crate) fn open(
    address: &RedisAddress,
    config: &config::Store,
    folder: &Path,
    kept: Kept,
) -> Result<Store, StoreError> {
    let keys = Keys::new(&config.key_prefix);
    let server = Server::new(address, config)?;
    let mut link = Link::new(&server);
    link.reach()?;
    let id = claim::identify(&mut link, &keys)?;
    // Records of another store are never taken for this one's.
    let place = Place::file(folder.join(format!("redis-{id}.db")));
    let (projection, records, outbox) = sqlite::open_records(&place)?;
    let claim = Arc::new(Claim::take(&mut link, keys, id, &place)?);
    durability::check(&mut link);
    Ok(Store {
        log: Box::new(log::RedisLog::open(link, claim.clone(), projection.written()?)?),
        snapshots: Box::new(snapshots::RedisSnapshots::new(Link::new(&server), claim.clone())),
        projection: Box::new(projection),
        records: Arc::new(records),
        history: Box::new(writer::RedisHistory::open(Link::new(&server), claim.clone(), kept)?),
        history_reader: Box::new(reader::RedisHistoryReader::new(&server, claim.keys.clone())),
        outbox: Arc::new(outbox),
        reports: place.reports(),
        health: Arc::default(),
    })
}
