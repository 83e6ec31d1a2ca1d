//! The configuration: built-in defaults, under the file, under the environment, under the command line.
//!
//! Every key is checked when the server starts, and a mistake is told with the key and what to change.

mod bounds;
mod celery;
mod check;
mod classes;
mod duration;
mod key;
mod link;
mod load;
mod network;
mod notify;
mod objective;
mod public_url;
mod read;
mod redis_address;
mod remote_write;
mod report;
mod rule;
mod secret;
mod section;
mod silence;
mod store_url;
mod stored;

pub(crate) use bounds::Thresholds;
pub(crate) use celery::{CeleryEvents, CelerySource};
pub(crate) use classes::Classes;
pub(crate) use link::LinkText;
pub(crate) use load::load;
pub(crate) use network::Network;
pub(crate) use notify::{Chat, Notify, NotifyType, Patterns, Quiet};
pub(crate) use objective::ObjectiveText;
pub(crate) use public_url::PublicUrl;
pub(crate) use redis_address::{RedisAddress, RedisKind, Watched};
pub(crate) use remote_write::RemoteWrite;
pub(crate) use report::ScheduledReport;
pub(crate) use rule::{Amount, RuleText, Span};
pub(crate) use secret::Secret;
pub(crate) use section::{AuthMode, Config, Retention, Store};
pub(crate) use silence::SilenceText;
pub(crate) use store_url::StoreUrl;
pub(crate) use stored::{retention, stored, stored_or};

/// What is wrong with the configuration: the key, and what to change.
#[derive(Debug)]
pub(crate) struct ConfigError {
    /// File and line, where it stands in one.
    pub(crate) at: Option<String>,
    /// The key as it stands in the file, such as `server.listen`.
    pub(crate) key: String,
    /// What is wrong, and what to change.
    pub(crate) reason: String,
}

impl ConfigError {
    pub(crate) fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { at: None, key: key.into(), reason: reason.into() }
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { at, key, reason } = self;
        let parts = at.iter().chain([key, reason].into_iter().filter(|part| !part.is_empty()));
        out.write_str(&parts.map(String::as_str).collect::<Vec<_>>().join(": "))
    }
}

/// Everything that is wrong with the configuration, a line each.
#[derive(Debug)]
pub(crate) struct Mistakes(pub(crate) Vec<ConfigError>);

impl std::fmt::Display for Mistakes {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }
}
