//! Secrets, which never stand in a configuration file.

use serde::{Deserialize, Deserializer};

/// A secret: `env:NAME`, `file:PATH`, or nothing else, so that none stands in a configuration file. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Reads a secret from where `text` points: `env:NAME` or `file:PATH`. The error names what is missing, never a secret.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        read(text).map(Self)
    }

    /// The secret itself: for comparing and deriving keys, never for printing.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map_err(serde::de::Error::custom)
    }
}

fn read(text: &str) -> Result<String, String> {
    let secret = if let Some(name) = text.strip_prefix("env:") {
        std::env::var(name).map_err(|_| format!("the environment has no {name}: set it, or use file:PATH"))?
    } else if let Some(path) = text.strip_prefix("file:") {
        std::fs::read_to_string(path).map_err(|error| format!("the file {path} cannot be read: {error}"))?
    } else {
        return Err("a secret does not stand in the file: write env:NAME or file:PATH".to_owned());
    };
    let secret = secret.trim().to_owned();
    if secret.is_empty() { Err(format!("{text} holds nothing")) } else { Ok(secret) }
}
