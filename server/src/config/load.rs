//! Puts the configuration together.

use super::{AuthMode, CelerySource, Config, ConfigError, Secret, StoreUrl, check};
use crate::cli::Serve;
use std::path::Path;

/// The configuration from `options` (command line and environment) over the file over the defaults.
pub(crate) fn load(options: &Serve) -> Result<Config, ConfigError> {
    let mut config = match &options.config {
        Some(path) => file(path)?,
        None => Config::default(),
    };
    apply(&mut config, options)?;
    check::whole(&config)?;
    Ok(config)
}

/// Reads and checks the file alone.
pub(crate) fn file(path: &Path) -> Result<Config, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::new("--config", format!("{} cannot be read: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| ConfigError::new(path.display().to_string(), error.to_string()))
}

fn apply(config: &mut Config, options: &Serve) -> Result<(), ConfigError> {
    if let Some(listen) = options.listen {
        config.server.listen = listen;
    }
    if let Some(url) = options.public_url.as_ref().or(config.server.public_url.as_ref()) {
        config.server.public_url = Some(url.trim().trim_end_matches('/').to_owned());
    }
    if let Some(url) = &options.store {
        config.store.url = Some(url.parse().map_err(|reason: String| ConfigError::new("--store", reason))?);
    }
    if let Some(root) = &options.site_root {
        config.server.site_root = Some(root.clone());
    }
    if let Some(filter) = &options.log {
        config.server.log.clone_from(filter);
    }
    config.server.local_agent |= options.local_agent;
    if let Some(mode) = &options.auth_mode {
        config.auth.mode = match mode.as_str() {
            "none" => AuthMode::None,
            "shared" => AuthMode::Shared,
            other => {
                return Err(ConfigError::new(
                    "auth.mode",
                    format!("\"{other}\" is not known: use \"none\" or \"shared\""),
                ));
            }
        };
    }
    if let Some(token) = &options.ingest_token {
        config.auth.ingest_token = Some(secret("FOREWATCH_INGEST_TOKEN", token)?);
    }
    if let Some(password) = &options.password {
        config.auth.password = Some(secret("FOREWATCH_PASSWORD", password)?);
    }
    for url in &options.celery {
        let unnamed = config.celery.iter().filter(|source| source.name.starts_with("celery")).count();
        let name = if unnamed == 0 { "celery".to_owned() } else { format!("celery{}", unnamed + 1) };
        config.celery.push(CelerySource::at(url, name));
    }
    if config.store.url.is_none() {
        config.store.url = Some(StoreUrl::Sqlite(Serve::data_dir().join("forewatch.db")));
    }
    Ok(())
}

/// A secret from the environment, without the blanks around it.
fn secret(name: &str, text: &str) -> Result<Secret, ConfigError> {
    match text.trim() {
        "" => Err(ConfigError::new(name, "is set and holds nothing: give it a value, or unset it")),
        text => Ok(Secret::new(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_secret_is_refused_by_its_name_and_blanks_around_one_are_not_part_of_it() {
        let with = |text: &str| Serve { password: Some(text.to_owned()), ..Serve::default() };
        for empty in ["", "  ", "\n"] {
            let error = load(&with(empty)).expect_err("it holds nothing");
            assert_eq!(error.key, "FOREWATCH_PASSWORD");
        }
        let token = Serve { ingest_token: Some(String::new()), ..Serve::default() };
        assert_eq!(load(&token).expect_err("it holds nothing").key, "FOREWATCH_INGEST_TOKEN");
        let config = load(&with(" correct horse\n")).expect("it is a password");
        assert_eq!(config.auth.password.as_ref().map(Secret::expose), Some("correct horse"));
    }
}
