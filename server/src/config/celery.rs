//! The section `[[celery]]`: the applications that are observed, and what may be sent to them.

use serde::Deserialize;

/// A Celery application, by its broker.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CelerySource {
    /// Its name here; `celery` for the first one given without a name.
    #[serde(default = "celery_name")]
    pub(crate) name: String,
    /// The broker: `redis://[:password@]host[:port]/db`.
    pub(crate) url: String,
    /// The application's `global_keyprefix`.
    #[serde(default)]
    pub(crate) key_prefix: String,
    /// Queues to watch even when nothing else names them.
    #[serde(default)]
    pub(crate) queues: Vec<String>,
    #[serde(default)]
    pub(crate) events: CeleryEvents,
    /// Whether anything may be sent that changes what workers do. With false task events are not
    /// switched on where they are off; workers are still asked what they have.
    #[serde(default = "yes")]
    pub(crate) control: bool,
    /// Names of arguments whose values are never stored, in place of the usual ones ([`REDACTED`]).
    #[serde(default = "redacted")]
    pub(crate) redact: Vec<String>,
}

/// Names of arguments that hold secrets in most applications; `db_password` is one of `password`.
const REDACTED: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secret_key",
    "token",
    "api_key",
    "apikey",
    "access_key",
    "private_key",
    "authorization",
    "credential",
    "credentials",
];

fn redacted() -> Vec<String> {
    REDACTED.map(str::to_owned).to_vec()
}

fn yes() -> bool {
    true
}

fn celery_name() -> String {
    "celery".to_owned()
}

impl CelerySource {
    /// The name of its source, as its events carry it.
    pub(crate) fn source_name(&self) -> String {
        if self.name == "celery" { self.name.clone() } else { format!("celery:{}", self.name) }
    }

    /// A broker given on the command line.
    pub(crate) fn at(url: &str, name: String) -> Self {
        Self {
            name,
            url: url.to_owned(),
            key_prefix: String::new(),
            queues: Vec::new(),
            events: CeleryEvents::default(),
            control: yes(),
            redact: redacted(),
        }
    }
}

/// What Forewatch may send to a Celery application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CeleryEvents {
    /// Switches task events on where they are off, and asks workers what they have.
    #[default]
    Enable,
    /// Nothing at all.
    Listen,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_unless_a_list_of_ones_own_says_otherwise() {
        let read = |text: &str| -> CelerySource { toml::from_str(text).expect("it can be read") };
        let usual = read("url = \"redis://localhost\"").redact;
        for name in ["password", "passwd", "secret", "token", "api_key", "apikey", "authorization", "credential"] {
            assert!(usual.iter().any(|known| known == name), "{name}");
        }
        assert_eq!(CelerySource::at("redis://localhost", "celery".to_owned()).redact, usual);
        assert_eq!(read("url = \"redis://localhost\"\nredact = []").redact, [] as [String; 0]);
    }
}
