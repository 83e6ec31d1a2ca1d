//! Words of a configuration, and what is told of those that are not known.

use crate::config::ConfigError;
use forewatch::AlertSeverity;

/// Collects what is wrong with one entry.
pub(super) struct Told {
    /// The entry's own key, such as `rule[2]`; absent for what does not stand in the configuration.
    key: Option<String>,
    pub(super) mistakes: Vec<ConfigError>,
}

impl Told {
    pub(super) fn of(key: Option<String>) -> Self {
        Self { key, mistakes: Vec::new() }
    }

    pub(super) fn mistake(&mut self, key: &str, reason: &str) {
        let entry = self.key.as_deref().unwrap_or_default();
        self.mistakes.push(ConfigError::new(format!("{entry}.{key}"), reason));
    }

    /// What a word stands for; one that is not known is told with those that are.
    pub(super) fn word<'w, T>(
        &mut self,
        key: &str,
        written: &str,
        known: impl Iterator<Item = (&'w str, T)>,
    ) -> Option<T> {
        let mut names = Vec::new();
        for (name, meaning) in known {
            if name == written {
                return Some(meaning);
            }
            names.push(name);
        }
        let written: String = written.chars().take(60).collect();
        self.mistake(key, &format!("\"{written}\" is not known: there are {}", names.join(", ")));
        None
    }
}

pub(super) fn severity(key: &str, written: &str, told: &mut Told) -> Option<AlertSeverity> {
    told.word(key, written, AlertSeverity::ALL.iter().map(|severity| (severity.as_str(), *severity)))
}
