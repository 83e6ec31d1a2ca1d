//! The live hub: what changed in a tick, encoded once a topic, for every socket that follows it.
//!
//! A topic keeps its newest deltas in a ring; a socket remembers how far it has sent. One that falls
//! behind the ring gets a fresh snapshot: never a hole, and no queue a socket.

mod ending;
mod hub;
mod records;
mod socket;

pub(crate) use hub::{Hub, Published};
pub(crate) use records::{fleet_rows, list_task};
pub(crate) use socket::upgrade;
