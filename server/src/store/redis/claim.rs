//! Whose the store is. There is one writer: the store's notes bear its token, and each script that writes checks it, so
//! that a forewatch whose store was taken over writes nothing any more. A lease beside them tells whether the writer
//! lives: while it holds, nobody else takes the store.
//!
//! What was sent may arrive long after its sender gave it up and has sent something else. So calls bear numbers, which grow
//! from call to call and from writer to writer, and a late one does nothing.
//!
//! A token begins with the holder's id, which lies beside the records: after a crash the same forewatch takes its store
//! back at once. The lock on the records sees to it that it runs once.

use super::keys::Keys;
use super::link::Link;
use super::{Place, StoreError};
use redis::{Script, ScriptInvocation};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use ulid::Ulid;

/// The version of what lies in Redis.
const FORMAT: u32 = 1;
/// How long a lease holds without being renewed, milliseconds. The state that is saved each minute renews it.
const LEASE: u64 = 150_000;

static IDENTIFY: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/identify.lua")));
static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/claim.lua")));
static RELEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/release.lua")));

/// Calls that a writer can make: their numbers stay below those of the next writer, and exact in Lua's numbers.
const CALLS: u64 = 1 << 36;

/// The right to write, and the keys that it is for.
pub(super) struct Claim {
    pub(super) keys: Keys,
    id: Ulid,
    token: String,
    /// The number of the last call.
    calls: AtomicU64,
}

/// What a call is about. Each has its own thread, so calls about the same are sent in the order of their numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    Log,
    State,
    History,
}

impl About {
    fn word(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::State => "state",
            Self::History => "history",
        }
    }
}

/// The store's id; a new store gets one. Refuses one of a newer version.
pub(super) fn identify(link: &mut Link, keys: &Keys) -> Result<Ulid, StoreError> {
    let identify = |connection: &mut dyn redis::ConnectionLike| {
        IDENTIFY.key(keys.store()).arg(Ulid::new().to_string()).arg(FORMAT).invoke(connection)
    };
    let (id, format): (String, String) = link.run("looking whose the store is", identify).map_err(|error| {
        link.unusable(&format!("{error}; if another program uses its keys, choose other ones with [store] key_prefix"))
    })?;
    match format.parse::<u32>() {
        Ok(format) if format > FORMAT => {
            return Err(link.unusable(&format!(
                "it is of version {format}, made by a newer Forewatch, and this one reads version {FORMAT}: use the newer \
                 program, or another store"
            )));
        }
        Ok(FORMAT) => {}
        _ => return Err(link.unusable("its version is none: choose other keys with [store] key_prefix")),
    }
    Ulid::from_string(&id).map_err(|_| link.unusable("its id is none: choose other keys with [store] key_prefix"))
}

impl Claim {
    /// Becomes the writer of the store `id`, whose records are at `place`.
    pub(super) fn take(link: &mut Link, keys: Keys, id: Ulid, place: &Place) -> Result<Self, StoreError> {
        let holder = holder(&place.folder().join(format!("redis-{id}.holder")))?;
        let token = format!("{holder}/{}", Ulid::new());
        let mut claim = CLAIM.key(keys.store());
        claim.key(keys.lease()).key(keys.log());
        claim.arg(&token).arg(LEASE).arg(id.to_string()).arg(FORMAT).arg(holder.to_string());
        let (writers, left): (u64, u64) = link
            .run("taking the store", |connection| claim.invoke(connection))
            .map_err(|error| link.unusable(&format!("{error}; Forewatch needs Redis 6.2 or later, or Valkey")))?;
        if writers > 0 {
            return Ok(Self { keys, id, token, calls: AtomicU64::new(writers * CALLS) });
        }
        Err(link.unusable(&format!(
            "another forewatch uses it. Stop that one, or choose another store with --store; if it runs no more, wait {} s",
            left.div_ceil(1_000)
        )))
    }

    /// The number of the next call: a call that comes to Redis after a later one about the same does nothing.
    pub(super) fn number(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A call of a script that begins with `guard.lua`, with what the guard needs.
    pub(super) fn call<'s>(&self, script: &'s Script, about: About) -> ScriptInvocation<'s> {
        let mut call = script.key(self.keys.store());
        call.key(self.keys.lease()).arg(&self.token).arg(LEASE).arg(self.id.to_string()).arg(FORMAT);
        call.arg(about.word()).arg(self.number());
        call
    }

    /// Gives the lease back.
    pub(super) fn release(&self, link: &mut Link) {
        let release = |connection: &mut dyn redis::ConnectionLike| {
            RELEASE.key(self.keys.lease()).arg(&self.token).invoke::<()>(connection)
        };
        if let Err(error) = link.run("giving the store back", release) {
            tracing::warn!(%error, "until its lease runs out the store can be opened from here only");
        }
    }
}

/// A script that only the writer may run.
macro_rules! guarded {
    ($file:literal) => {
        std::sync::LazyLock::new(|| {
            redis::Script::new(concat!(include_str!("scripts/guard.lua"), include_str!(concat!("scripts/", $file))))
        })
    };
}
pub(super) use guarded;

/// The id of the holder, kept in a file.
fn holder(path: &Path) -> Result<Ulid, StoreError> {
    if let Some(id) = std::fs::read_to_string(path).ok().and_then(|text| Ulid::from_string(text.trim()).ok()) {
        return Ok(id);
    }
    let id = Ulid::new();
    std::fs::write(path, id.to_string())
        .map_err(|error| StoreError::Unusable(format!("{} cannot be written: {error}", path.display())))?;
    Ok(id)
}
