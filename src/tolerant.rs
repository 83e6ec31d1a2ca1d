//! Tolerant reading of what others send: many senders write `null` where they have nothing to say.

use serde::{Deserialize, Deserializer};

/// Reads `null` as the type's default. Together with `#[serde(default)]` it makes a field that may be absent,
/// null or a value.
pub(crate) fn null_as_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
