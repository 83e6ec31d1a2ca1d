//! Checks that one key alone cannot tell.

use super::{AuthMode, Config, ConfigError, PublicUrl};
use crate::ingest::celery;
use crate::telemetry;
use std::time::Duration;

/// Checks what depends on several keys.
pub(super) fn whole(config: &Config) -> Result<(), ConfigError> {
    auth(config)?;
    public_url(config)?;
    numbers(config)?;
    telemetry::filter(&config.server.log).map_err(|reason| ConfigError::new("server.log", reason))?;
    celery(config)
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

fn numbers(config: &Config) -> Result<(), ConfigError> {
    let t = &config.thresholds;
    for (key, value) in [
        ("thresholds.error_rate", t.error_rate),
        ("thresholds.cpu_usage", t.cpu_usage),
        ("thresholds.memory_usage", t.memory_usage),
        ("thresholds.gpu_usage", t.gpu_usage),
    ] {
        if !(value > 0.0 && value < 1.0) {
            return Err(ConfigError::new(key, format!("{value} is not a ratio between 0 and 1 (0.9 is 90 percent)")));
        }
    }
    let tick = config.server.tick;
    if tick < Duration::from_millis(50) || tick > Duration::from_secs(10) {
        return Err(ConfigError::new("server.tick", "must lie between 50ms and 10s"));
    }
    Ok(())
}

fn celery(config: &Config) -> Result<(), ConfigError> {
    for (index, source) in config.celery.iter().enumerate() {
        let key = format!("celery[{index}]");
        if source.name.is_empty() || !source.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            return Err(ConfigError::new(format!("{key}.name"), "must be letters, digits, - and _"));
        }
        if config.celery[..index].iter().any(|other| other.name == source.name) {
            return Err(ConfigError::new(
                format!("{key}.name"),
                format!("\"{}\" is taken by another broker: give each its own", source.name),
            ));
        }
        if let Err(error) = celery::Settings::of(source) {
            return Err(ConfigError::new(format!("{key}.{}", error.key), error.reason));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let config: Config = toml::from_str(text).expect("the file can be read");
        whole(&config).expect_err("it is wrong").key
    }

    #[test]
    fn an_address_that_is_none_or_not_this_machines_alone_is_refused() {
        for url in ["forewatch.example", "ftp://forewatch.example", "https://", "nonsense"] {
            assert_eq!(refused(&format!("server.public_url = \"{url}\"")), "server.public_url", "{url}");
        }
        assert_eq!(refused("server.public_url = \"https://forewatch.example\""), "server.public_url");
        for url in ["http://localhost:8790", "http://127.0.0.1", "http://[::1]:8790"] {
            let config: Config = toml::from_str(&format!("server.public_url = \"{url}\"")).expect("it can be read");
            assert!(whole(&config).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_broker_that_cannot_be_reached_by_its_address_is_found_before_the_start() {
        for url in ["amqp://localhost", "redis://localhost/three", "redis://"] {
            assert_eq!(refused(&format!("[[celery]]\nurl = \"{url}\"")), "celery[0].url", "{url}");
        }
    }
}
