//! The configuration: built-in defaults, under the file, under the environment, under the command line.
//!
//! Every key is checked when the server starts, and a mistake is told with the key and what to change.

mod celery;
mod check;
mod load;
mod public_url;
mod section;

pub(crate) use celery::{CeleryEvents, CelerySource};
pub(crate) use load::load;
pub(crate) use public_url::PublicUrl;
pub(crate) use section::{AuthMode, Config, Secret, StoreUrl, Thresholds};

/// What is wrong with the configuration: the key, and what to change.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {reason}")]
pub(crate) struct ConfigError {
    /// The key as it stands in the file, such as `server.listen`.
    pub(crate) key: String,
    /// What is wrong, and what to change.
    pub(crate) reason: String,
}

impl ConfigError {
    pub(crate) fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { key: key.into(), reason: reason.into() }
    }
}
