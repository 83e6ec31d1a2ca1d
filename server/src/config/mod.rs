//! The configuration: built-in defaults, under the file, under the environment, under the command line.
//!
//! Every key is checked when the server starts, and a mistake is told with the key and what to change.

mod bounds;
mod celery;
mod check;
mod classes;
mod duration;
mod load;
mod network;
mod public_url;
mod secret;
mod section;
mod store_url;

pub(crate) use bounds::Thresholds;
pub(crate) use celery::{CeleryEvents, CelerySource};
pub(crate) use classes::Classes;
pub(crate) use load::load;
pub(crate) use network::Network;
pub(crate) use public_url::PublicUrl;
pub(crate) use secret::Secret;
pub(crate) use section::{AuthMode, Config};
pub(crate) use store_url::StoreUrl;

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
