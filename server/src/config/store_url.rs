//! Where things are kept, as people write it.

use super::RedisAddress;
use serde::{Deserialize, Deserializer};
use std::path::PathBuf;

/// A store's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreUrl {
    /// The file of the log; the records lie beside it.
    Sqlite(PathBuf),
    /// The log and the history lie in Redis, the records on this machine.
    Redis(RedisAddress),
    /// Nothing is kept.
    Memory,
}

impl std::str::FromStr for StoreUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        if text.starts_with("redis") && text.contains("://") {
            return text.parse().map(Self::Redis);
        }
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            // It is not repeated: a mistyped address may hold a password.
            _ => Err("is not a store: use sqlite:PATH, memory:, redis://HOST, redis+cluster://HOST,HOST or redis+sentinel://HOST,HOST/NAME"
                .to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for StoreUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
