//! Puts the configuration together.

use super::section::{CelerySource, Config, Secret};
use super::{AuthMode, ConfigError, StoreUrl, check};
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
    if let Some(url) = &options.public_url {
        config.server.public_url = Some(url.trim_end_matches('/').to_owned());
    }
    if let Some(url) = &options.store {
        config.store.url = Some(url.parse().map_err(|reason: String| ConfigError::new("--store", reason))?);
    }
    if let Some(root) = &options.site_root {
        config.server.site_root = Some(root.clone());
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
        config.auth.ingest_token = Some(Secret::new(token));
    }
    if let Some(password) = &options.password {
        config.auth.password = Some(Secret::new(password));
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
