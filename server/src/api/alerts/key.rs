//! The header `Idempotency-Key`: sent again with the same command, that command changes nothing.

use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use forewatch::EventId;
use sha2::{Digest, Sha256};

/// The longest key, in characters.
const MAX_KEY: usize = 200;

/// The key, if one was sent.
pub(in crate::api) struct IdempotencyKey(Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        match value.to_str() {
            Ok(key) if (1..=MAX_KEY).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
            _ => Err(ApiError::field("Idempotency-Key", format!("must be 1 to {MAX_KEY} visible ASCII characters"))),
        }
    }
}

impl IdempotencyKey {
    /// The id of the command's event. It covers what is done to what, so that a key used for two
    /// different commands stands for two, and cannot be mistaken for an event that a worker sent.
    pub(in crate::api) fn for_command(&self, verb: &str, subject: &str) -> Option<EventId> {
        let key = self.0.as_deref()?;
        let mut hash = Sha256::new();
        for part in [verb, subject, key] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        EventId::new(format!("command:{digest}")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_for_one_command_on_one_alert() {
        let key = IdempotencyKey(Some("k1".to_owned()));
        assert_eq!(key.for_command("resolve", "A"), key.for_command("resolve", "A"));
        assert_ne!(key.for_command("resolve", "A"), key.for_command("resolve", "B"));
        assert_ne!(key.for_command("resolve", "A"), key.for_command("reopen", "A"));
        assert_eq!(IdempotencyKey(None).for_command("resolve", "A"), None);
    }
}
