//! How one Celery application is observed.

use crate::config::{CeleryEvents, CelerySource};
use forewatch::SourceName;
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};
use std::time::Duration;

/// A worker without heartbeats answers this often; that keeps it within the health limit of those, 60 s.
const ASK_EVERY: Duration = Duration::from_secs(20);

/// What Forewatch may send to the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Talk {
    /// Switches task events on where they are off, and asks workers what they have.
    Ask,
    /// Asks workers what they have, and changes nothing of what they do.
    AskOnly,
    /// Nothing at all.
    Listen,
}

/// Settings of one application, checked.
#[derive(Clone)]
pub(crate) struct Settings {
    /// Its name in Forewatch: `celery` unless one is given. Stands before the ids of its workers.
    pub(super) name: String,
    /// `celery` for the default name, else `celery:NAME`.
    pub(super) source: SourceName,
    pub(super) broker: ConnectionInfo,
    /// The address as it may be shown.
    pub(super) shown_url: String,
    /// `global_keyprefix` of the application.
    pub(super) key_prefix: String,
    /// Queues that are sampled even when nothing names them.
    pub(super) queues: Vec<String>,
    pub(super) talk: Talk,
    /// Between two questions to all workers about the tasks that they run.
    pub(super) ask_every: Duration,
    /// Names of arguments whose values are never kept.
    pub(super) redact: Vec<String>,
}

/// What is wrong with the settings of an application.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {reason}")]
pub(crate) struct SettingsError {
    /// The key in its `[[celery]]` entry.
    pub(crate) key: &'static str,
    /// What is wrong, and what to do.
    pub(crate) reason: String,
}

impl Settings {
    /// The application of a `[[celery]]` entry.
    pub(crate) fn of(source: &CelerySource) -> Result<Self, SettingsError> {
        let talk = match (source.events, source.control) {
            (CeleryEvents::Listen, _) => Talk::Listen,
            (CeleryEvents::Enable, true) => Talk::Ask,
            (CeleryEvents::Enable, false) => Talk::AskOnly,
        };
        let settings = Self::new(&source.name, &source.url, talk)?;
        Ok(settings.key_prefix(&source.key_prefix).queues(&source.queues).redact(&source.redact))
    }

    /// The application behind the broker at `url` (`redis://[user:password@]host[:port][/db]`).
    pub(crate) fn new(name: &str, url: &str, talk: Talk) -> Result<Self, SettingsError> {
        let error = |key, reason: String| SettingsError { key, reason };
        let source = if name == "celery" { name.to_owned() } else { format!("celery:{name}") };
        let source = SourceName::new(source).map_err(|e| error("name", e.to_string()))?;
        // Kombu's URLs may carry options after a question mark, which are not the observer's.
        let address = url.split_once('?').map_or(url, |(address, _)| address);
        let broker = address
            .into_connection_info()
            .map_err(|e| error("url", format!("is no broker's address ({e}): use redis://:password@host:6379/0")))?;
        let ConnectionAddr::Tcp(host, port) = broker.addr() else {
            return Err(error("url", "must start with redis://, as the application's broker_url".to_owned()));
        };
        let shown_url = format!("redis://{host}:{port}/{}", broker.redis_settings().db());
        Ok(Self {
            name: name.to_owned(),
            source,
            shown_url,
            broker,
            key_prefix: String::new(),
            queues: Vec::new(),
            talk,
            ask_every: ASK_EVERY,
            redact: Vec::new(),
        })
    }

    /// With the application's `global_keyprefix`.
    pub(crate) fn key_prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.key_prefix);
        self
    }

    /// With queues that are sampled whether or not anything names them.
    pub(crate) fn queues(mut self, queues: &[String]) -> Self {
        self.queues = queues.to_vec();
        self
    }

    /// With questions in quick succession.
    #[cfg(test)]
    pub(super) fn ask_every(mut self, interval: Duration) -> Self {
        self.ask_every = interval;
        self
    }

    /// With names of arguments whose values are never kept.
    pub(crate) fn redact(mut self, names: &[String]) -> Self {
        self.redact = names.to_vec();
        self
    }

    /// Whether people may ask something of its workers.
    pub(super) fn takes_commands(&self) -> bool {
        self.talk == Talk::Ask
    }

    /// A key of kombu's, with the application's prefix.
    pub(super) fn key(&self, key: &str) -> String {
        format!("{}{key}", self.key_prefix)
    }

    /// The patterns of the channels on which its events come: kombu's default, its channels without a
    /// database number, and those with a `fanout_prefix` such as `/acme/{db}.`. No channel fits two.
    pub(super) fn event_channels(&self) -> [String; 3] {
        let prefix = glob_escaped(&self.key_prefix);
        let db = self.broker.redis_settings().db();
        [format!("{prefix}/{db}.celeryev*"), format!("{prefix}celeryev*"), format!("{prefix}/*/{db}.celeryev*")]
    }

    /// The channel on which its workers take requests.
    pub(super) fn control_channel(&self) -> String {
        self.key(&format!("/{}.celery.pidbox", self.broker.redis_settings().db()))
    }
}

/// A text that matches only itself in a pattern of Redis.
pub(super) fn glob_escaped(text: &str) -> String {
    text.chars()
        .flat_map(|c| matches!(c, '*' | '?' | '[' | ']' | '\\').then_some('\\').into_iter().chain([c]))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    fn at(url: &str) -> Settings {
        Settings::new("celery", url, Talk::Ask).unwrap()
    }

    #[test]
    fn the_address_is_shown_without_its_secrets() {
        let settings = at("redis://:s3cret@broker.example:6380/3?visibility_timeout=60");
        assert_eq!(settings.shown_url, "redis://broker.example:6380/3");
        assert_eq!(settings.broker.redis_settings().password(), Some("s3cret"));
        assert_eq!(at("redis://localhost").shown_url, "redis://localhost:6379/0");
    }

    #[test]
    fn an_address_that_is_none_is_refused_with_its_key() {
        for bad in ["localhost:6379", "amqp://localhost", "redis://localhost/three", ""] {
            let error = Settings::new("celery", bad, Talk::Ask).err().unwrap();
            assert_eq!(error.key, "url", "{bad}");
            assert!(!error.reason.is_empty());
        }
    }

    #[test]
    fn the_default_name_is_its_own_source() {
        assert_eq!(at("redis://localhost").source.as_str(), "celery");
        let other = Settings::new("prod", "redis://localhost", Talk::Listen).unwrap();
        assert_eq!(other.source.as_str(), "celery:prod");
    }

    #[test]
    fn without_control_workers_are_asked_and_not_changed_and_one_that_listens_does_neither() {
        let talk = |text: &str| {
            let source: CelerySource = toml::from_str(&format!("url = \"redis://localhost\"\n{text}")).unwrap();
            Settings::of(&source).unwrap().talk
        };
        assert_eq!([talk(""), talk("control = true")], [Talk::Ask, Talk::Ask]);
        assert_eq!(talk("control = false"), Talk::AskOnly);
        assert_eq!(talk("events = \"listen\"\ncontrol = true"), Talk::Listen);
    }

    #[test]
    fn a_prefix_with_glob_characters_stands_for_itself() {
        let settings = at("redis://localhost/3").key_prefix("a*b:");
        assert_eq!(settings.event_channels()[0], "a\\*b:/3.celeryev*");
        assert_eq!(settings.control_channel(), "a*b:/3.celery.pidbox");
        assert_eq!(settings.key("unacked"), "a*b:unacked");
    }
}
