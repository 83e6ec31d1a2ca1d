//! Where the store lies and how long it keeps things, for commands that need nothing else of the configuration.

use super::section::{Retention, Store};
use super::{ConfigError, StoreUrl};
use crate::cli::{Serve, Stored};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The sections that are read: the others, and secrets that only a server has, are not looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    store: Store,
    retention: Retention,
}

/// The store that `forewatch serve` would use with these options.
pub(crate) fn stored(options: &Stored) -> Result<PathBuf, ConfigError> {
    stored_or(options, "Redis's own tools copy it")
}

/// As [`stored`]; `otherwise` says what to do with a store in Redis, which commands do not read.
pub(crate) fn stored_or(options: &Stored, otherwise: &str) -> Result<PathBuf, ConfigError> {
    let url = match (&options.store, &options.config) {
        (Some(text), _) => Some(text.parse().map_err(|reason: String| ConfigError::new("--store", reason))?),
        (None, path) => read(path.as_deref())?.store.url,
    };
    match url {
        Some(StoreUrl::Sqlite(path)) => Ok(path),
        Some(StoreUrl::Redis(address)) => Err(ConfigError::new(
            "--store",
            format!(
                "{} is a store in Redis, which this command does not read: {otherwise}, or name sqlite:PATH",
                address.shown()
            ),
        )),
        Some(StoreUrl::Memory) => Err(ConfigError::new("--store", "memory: keeps nothing on disk: name sqlite:PATH")),
        None => Ok(Serve::default_store()),
    }
}

/// How long a server with these options keeps things.
pub(crate) fn retention(options: &Stored) -> Result<Retention, ConfigError> {
    Ok(read(options.config.as_deref())?.retention)
}

fn read(path: Option<&Path>) -> Result<File, ConfigError> {
    let Some(path) = path else { return Ok(File::default()) };
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::new("--config", format!("{file} cannot be read: {error}")))?;
    toml::from_str(&text).map_err(|error| ConfigError::new(file, error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_goes_before_the_file_and_memory_is_refused() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let config = folder.path().join("forewatch.toml");
        std::fs::write(&config, "[store]\nurl = \"sqlite:/a/b.db\"\n[auth]\npassword = \"env:NOT_HERE\"\n")
            .expect("it can be written");
        let with =
            |store: Option<&str>| stored(&Stored { store: store.map(str::to_owned), config: Some(config.clone()) });
        assert_eq!(with(None).expect("the file names it"), PathBuf::from("/a/b.db"));
        assert_eq!(with(Some("sqlite:c.db")).expect("the option names it"), PathBuf::from("c.db"));
        for wrong in ["memory:", "c.db", "redis://127.0.0.1/0"] {
            assert_eq!(with(Some(wrong)).expect_err("it is no file").key, "--store");
        }
        let redis = Stored { store: Some("redis://:secret@redis.example/0".to_owned()), config: None };
        let told = stored_or(&redis, "ask its server").expect_err("it is no file").reason;
        assert!(told.contains("ask its server") && !told.contains("secret"), "{told}");
    }
}
