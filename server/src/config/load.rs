//! Puts the configuration together.

use super::read::{Read, Source};
use super::{AuthMode, CelerySource, Config, ConfigError, Mistakes, Secret, StoreUrl, check};
use crate::cli::Serve;
use crate::telemetry;

/// The configuration from `options` (command line and environment) over the file over the defaults, or all that is wrong
/// with it.
pub(crate) fn load(options: &Serve) -> Result<Config, Mistakes> {
    let text = match &options.config {
        Some(path) => std::fs::read_to_string(path).map_err(|error| {
            Mistakes(vec![ConfigError::new("--config", format!("{} cannot be read: {error}", path.display()))])
        })?,
        None => String::new(),
    };
    let name = options.config.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let source = Source::of(name, &text).map_err(Mistakes)?;
    let Read { mut config, mut mistakes, left_out } = source.read();
    apply(&mut config, options, &mut mistakes);
    let more = check::whole(&config, &mistakes, &left_out);
    mistakes.extend(more.into_iter().map(|mistake| source.locate(mistake)));
    if mistakes.is_empty() { Ok(config) } else { Err(Mistakes(mistakes)) }
}

fn apply(config: &mut Config, options: &Serve, mistakes: &mut Vec<ConfigError>) {
    let mut wrong = |key: &str, reason: String| mistakes.push(ConfigError::new(key, reason));
    if let Some(listen) = options.listen {
        config.server.listen = listen;
    }
    if let Some(url) = options.public_url.as_ref().or(config.server.public_url.as_ref()) {
        config.server.public_url = Some(url.trim().trim_end_matches('/').to_owned());
    }
    if let Some(url) = &options.store {
        match url.parse() {
            Ok(url) => config.store.url = Some(url),
            Err(reason) => wrong("--store", reason),
        }
    }
    if let Some(root) = &options.site_root {
        config.server.site_root = Some(root.clone());
    }
    // One that is set and empty, as in `FOREWATCH_LOG= forewatch serve`, says nothing.
    if let Some(text) = options.log.as_ref().filter(|text| !text.trim().is_empty()) {
        match telemetry::filter(text) {
            Ok(_) => config.server.log.clone_from(text),
            Err(reason) => wrong("--log", reason),
        }
    }
    config.server.local_agent |= options.local_agent;
    match options.auth_mode.as_deref() {
        Some("none") => config.auth.mode = AuthMode::None,
        Some("shared") => config.auth.mode = AuthMode::Shared,
        Some(other) => wrong("auth.mode", format!("\"{other}\" is not known: use \"none\" or \"shared\"")),
        None => {}
    }
    for (name, text, to) in [
        ("FOREWATCH_INGEST_TOKEN", &options.ingest_token, &mut config.auth.ingest_token),
        ("FOREWATCH_PASSWORD", &options.password, &mut config.auth.password),
    ] {
        match text.as_deref().map(str::trim) {
            Some("") => wrong(name, "is set and holds nothing: give it a value, or unset it".to_owned()),
            // The blanks around a secret are not part of it.
            Some(text) => *to = Some(Secret::new(text)),
            None => {}
        }
    }
    for url in &options.celery {
        let unnamed = config.celery.iter().filter(|source| source.name.starts_with("celery")).count();
        let name = if unnamed == 0 { "celery".to_owned() } else { format!("celery{}", unnamed + 1) };
        config.celery.push(CelerySource::at(url, name));
    }
    if config.store.url.is_none() {
        config.store.url = Some(StoreUrl::Sqlite(Serve::default_store()));
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
            assert_eq!(error.0[0].key, "FOREWATCH_PASSWORD");
        }
        let token = Serve { ingest_token: Some(String::new()), ..Serve::default() };
        assert_eq!(load(&token).expect_err("it holds nothing").0[0].key, "FOREWATCH_INGEST_TOKEN");
        let config = load(&with(" correct horse\n")).expect("it is a password");
        assert_eq!(config.auth.password.as_ref().map(Secret::expose), Some("correct horse"));
    }
}
