//! Checks that one key alone cannot tell.

use super::{AuthMode, Config, ConfigError, PublicUrl, Store, link, remote_write, report};
use crate::alerts;
use crate::ingest::celery;
use crate::{notify, telemetry};
use std::time::Duration;

/// Characters of the prefix of all keys in Redis, which each key bears.
const MAX_PREFIX: usize = 64;

/// Checks what depends on several keys. `before` is what was wrong already: what may only follow from it is not told.
/// `left_out` are the keys of entries of lists that are not in `config`.
pub(super) fn whole(config: &Config, before: &[ConfigError], left_out: &[String]) -> Vec<ConfigError> {
    let mut mistakes = Vec::new();
    if !before.iter().any(|mistake| mistake.key.starts_with("auth") || mistake.key.starts_with("FOREWATCH_")) {
        mistakes.extend(auth(config).err());
        mistakes.extend(public_url(config).err());
    }
    mistakes.extend(numbers(config));
    mistakes.extend(store(config).err());
    let log = telemetry::filter(&config.server.log).err();
    mistakes.extend(log.map(|reason| ConfigError::new("server.log", reason)));
    mistakes.extend(celery(config, places("celery", left_out)));
    let reports = report::check(&config.report, places("report", left_out));
    mistakes.extend(reports.into_iter().filter(|mistake| !follows(mistake, before)));
    // A channel that is wrong itself was taken out, and has been told.
    if !left_out.iter().any(|key| key.starts_with("notify")) {
        mistakes.extend(report::check_told(&config.report, &config.notify, places("report", left_out)));
    }
    mistakes.extend(remote_write::check(&config.remote_write, places("remote_write", left_out)));
    mistakes.extend(link::check(&config.link, places("link", left_out)));
    mistakes.extend(alerts::rule_book(config).err().into_iter().flatten());
    mistakes.extend(channels(config, before, places("notify", left_out)));
    mistakes
}

/// Whether a mistake may only be there because something within it was wrong and taken out.
fn follows(mistake: &ConfigError, before: &[ConfigError]) -> bool {
    let within =
        |before: &ConfigError| before.key.strip_prefix(&mistake.key).is_some_and(|rest| rest.starts_with(['.', '[']));
    before.iter().any(within)
}

/// The keys of a list's entries, by their places in the file.
fn places(list: &str, left_out: &[String]) -> impl Iterator<Item = String> {
    (0..).map(move |place: usize| format!("{list}[{place}]")).filter(|key| !left_out.contains(key))
}

fn public_url(config: &Config) -> Result<(), ConfigError> {
    let Some(url) = &config.server.public_url else { return Ok(()) };
    let refused = |reason: String| Err(ConfigError::new("server.public_url", reason));
    let Some(address) = PublicUrl::of(url) else {
        return refused(format!("\"{url}\" is not an address such as https://forewatch.example"));
    };
    if config.auth.mode == AuthMode::None && !address.is_loopback() {
        return refused(format!(
            "with auth.mode = \"none\" everyone who reaches {} may do everything: set auth.mode = \"shared\", or use an \
             address of this machine alone, such as http://127.0.0.1:8790",
            address.authority
        ));
    }
    Ok(())
}

fn auth(config: &Config) -> Result<(), ConfigError> {
    match config.auth.mode {
        AuthMode::None if !config.server.listen.ip().is_loopback() => Err(ConfigError::new(
            "auth.mode",
            format!(
                "\"none\" lets everyone in, so it works on a loopback address only, not on {}: set auth.mode = \"shared\" \
                 with auth.ingest_token and auth.password, or listen on 127.0.0.1",
                config.server.listen
            ),
        )),
        AuthMode::Shared if config.auth.ingest_token.is_none() => Err(ConfigError::new(
            "auth.ingest_token",
            "is needed with auth.mode = \"shared\": set FOREWATCH_INGEST_TOKEN, or write env:NAME or file:PATH",
        )),
        AuthMode::Shared if config.auth.password.is_none() => Err(ConfigError::new(
            "auth.password",
            "is needed with auth.mode = \"shared\": set FOREWATCH_PASSWORD, or write env:NAME or file:PATH",
        )),
        AuthMode::None | AuthMode::Shared => Ok(()),
    }
}

fn numbers(config: &Config) -> Vec<ConfigError> {
    let t = &config.thresholds;
    let ratios = [
        ("thresholds.error_rate", t.error_rate),
        ("thresholds.cpu_usage", t.cpu_usage),
        ("thresholds.memory_usage", t.memory_usage),
        ("thresholds.gpu_usage", t.gpu_usage),
    ];
    let wrong = ratios.into_iter().filter(|(_, value)| !(*value > 0.0 && *value < 1.0));
    let mut mistakes: Vec<_> = wrong
        .map(|(key, value)| {
            ConfigError::new(key, format!("{value} is not a ratio between 0 and 1 (0.9 is 90 percent)"))
        })
        .collect();
    let tick = config.server.tick;
    if tick < Duration::from_millis(50) || tick > Duration::from_secs(10) {
        mistakes.push(ConfigError::new("server.tick", "must lie between 50ms and 10s"));
    }
    mistakes
}

fn store(config: &Config) -> Result<(), ConfigError> {
    let Store { key_prefix, tls_cert, tls_key, .. } = &config.store;
    // Braces would break up what must lie together in a Redis Cluster.
    let is_fine = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.' | ':');
    if !(1..=MAX_PREFIX).contains(&key_prefix.len()) || !key_prefix.chars().all(is_fine) {
        let reason = format!("must be 1 to {MAX_PREFIX} letters, digits, -, _, . and :");
        return Err(ConfigError::new("store.key_prefix", reason));
    }
    match (tls_cert, tls_key) {
        (Some(_), None) => Err(ConfigError::new("store.tls_key", "must name the key of store.tls_cert")),
        (None, Some(_)) => Err(ConfigError::new("store.tls_cert", "must name the certificate of store.tls_key")),
        _ => Ok(()),
    }
}

fn celery(config: &Config, keys: impl Iterator<Item = String>) -> Vec<ConfigError> {
    let mut mistakes = Vec::new();
    for ((index, source), key) in config.celery.iter().enumerate().zip(keys) {
        if source.name.is_empty() || !source.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            mistakes.push(ConfigError::new(format!("{key}.name"), "must be letters, digits, - and _"));
        } else if config.celery[..index].iter().any(|other| other.name == source.name) {
            let reason = format!("\"{}\" is taken by another broker: give each its own", source.name);
            mistakes.push(ConfigError::new(format!("{key}.name"), reason));
        }
        let settings = celery::Settings::of(source).err();
        mistakes.extend(settings.map(|error| ConfigError::new(format!("{key}.{}", error.key), error.reason)));
    }
    mistakes
}

fn channels(config: &Config, before: &[ConfigError], places: impl Iterator<Item = String>) -> Vec<ConfigError> {
    let Err(wrong) = notify::channels(&config.notify) else { return Vec::new() };
    let places: Vec<_> = places.take(config.notify.len()).collect();
    let mistakes = wrong.into_iter().map(|(at, key, reason)| ConfigError::new(format!("{}.{key}", places[at]), reason));
    // What is missing because it was wrong and taken out has been told.
    let is_told = |mistake: &ConfigError| before.iter().any(|told| told.key == mistake.key) || follows(mistake, before);
    mistakes.filter(|mistake| !is_told(mistake)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let config: Config = toml::from_str(text).expect("the file can be read");
        let mistakes = whole(&config, &[], &[]);
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        mistakes[0].key.clone()
    }

    #[test]
    fn an_address_that_is_none_or_not_this_machines_alone_is_refused() {
        for url in ["forewatch.example", "ftp://forewatch.example", "https://", "nonsense"] {
            assert_eq!(refused(&format!("server.public_url = \"{url}\"")), "server.public_url", "{url}");
        }
        assert_eq!(refused("server.public_url = \"https://forewatch.example\""), "server.public_url");
        for url in ["http://localhost:8790", "http://127.0.0.1", "http://[::1]:8790"] {
            let config: Config = toml::from_str(&format!("server.public_url = \"{url}\"")).expect("it can be read");
            assert!(whole(&config, &[], &[]).is_empty(), "{url}");
        }
    }

    #[test]
    fn a_certificate_without_its_key_or_a_key_without_its_certificate_is_refused() {
        assert_eq!(refused("store.tls_cert = \"cert.pem\""), "store.tls_key");
        assert_eq!(refused("store.tls_key = \"key.pem\""), "store.tls_cert");
    }

    #[test]
    fn a_prefix_that_would_break_up_the_keys_in_redis_is_refused() {
        for prefix in ["", "fore watch", "{fore}watch", &"x".repeat(MAX_PREFIX + 1)] {
            assert_eq!(refused(&format!("store.key_prefix = \"{prefix}\"")), "store.key_prefix", "{prefix}");
        }
        let config: Config = toml::from_str("store.key_prefix = \"team-a:forewatch\"").expect("it can be read");
        assert!(whole(&config, &[], &[]).is_empty());
    }

    #[test]
    fn a_broker_that_cannot_be_reached_by_its_address_is_found_before_the_start() {
        for url in ["amqp://localhost", "redis://localhost/three", "redis://"] {
            assert_eq!(refused(&format!("[[celery]]\nurl = \"{url}\"")), "celery[0].url", "{url}");
        }
    }
}
