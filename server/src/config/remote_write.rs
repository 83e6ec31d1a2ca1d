//! The section `[[remote_write]]`: who is handed every sample.

use super::{ConfigError, Secret};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Receivers at most.
const MOST: usize = 8;
/// Labels that every series may bear besides its own, and letters of each.
const MAX_LABELS: usize = 16;
const MAX_LABEL: usize = 200;

/// A system that takes Prometheus's remote write.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoteWrite {
    /// Such as `http://prometheus:9090/api/v1/write`.
    pub(crate) url: String,
    /// What is sent as `Authorization: Bearer`.
    #[serde(default)]
    pub(crate) bearer_token: Option<Secret>,
    /// Instead, a name and a password.
    #[serde(default)]
    pub(crate) username: Option<String>,
    #[serde(default)]
    pub(crate) password: Option<Secret>,
    /// What every series bears besides its own labels, such as `{ site = "fra" }`.
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
}

/// What is wrong with the receivers, whose keys in the file are `keys`.
pub(super) fn check(receivers: &[RemoteWrite], keys: impl Iterator<Item = String>) -> Vec<ConfigError> {
    let mut mistakes = Vec::new();
    for ((place, receiver), key) in receivers.iter().enumerate().zip(keys) {
        let mut wrong = |of: &str, reason: String| mistakes.push(ConfigError::new(format!("{key}{of}"), reason));
        if place >= MOST {
            wrong("", format!("is one too many: {MOST} receivers at most"));
        }
        match receiver.url.parse::<reqwest::Url>() {
            Ok(url) if !url.username().is_empty() || url.password().is_some() => wrong(
                ".url",
                "must not hold a name or password: write username, and password = \"env:NAME\"".to_owned(),
            ),
            Ok(url) if ["http", "https"].contains(&url.scheme()) && url.has_host() => {}
            _ => wrong(".url", "must be an address such as http://prometheus:9090/api/v1/write".to_owned()),
        }
        if receiver.bearer_token.is_some() && (receiver.username.is_some() || receiver.password.is_some()) {
            wrong(".bearer_token", "does not go with username and password: use one of the two".to_owned());
        }
        if receiver.password.is_some() && receiver.username.is_none() {
            wrong(".username", "is needed with password".to_owned());
        }
        if receiver.labels.len() > MAX_LABELS {
            wrong(".labels", format!("are too many: {MAX_LABELS} at most"));
        }
        for (name, value) in &receiver.labels {
            if let Some(reason) = wrong_label(name, value) {
                let told: String = name.chars().take(MAX_LABEL).collect();
                wrong(".labels", format!("\"{told}\" {reason}"));
            }
        }
    }
    mistakes
}

fn wrong_label(name: &str, value: &str) -> Option<String> {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let is_name = name.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_') && name.chars().all(fits);
    if !is_name || name.starts_with("__") || name.len() > MAX_LABEL {
        return Some("is no name of a label: use letters, digits and _".to_owned());
    }
    if ["worker", "gpu", "queue"].contains(&name) {
        return Some("is a label of Forewatch's own series: choose another".to_owned());
    }
    let is_value = !value.is_empty() && value.len() <= MAX_LABEL && !value.chars().any(char::is_control);
    (!is_value).then(|| format!("has a value that is not 1 to {MAX_LABEL} letters in one line"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<String> {
        let receiver: RemoteWrite = toml::from_str(text).expect("it can be read");
        check(&[receiver], std::iter::once("remote_write[0]".to_owned())).into_iter().map(|wrong| wrong.key).collect()
    }

    #[test]
    fn what_cannot_be_is_named_by_its_key() {
        let url = "url = \"https://long.example/api/v1/push\"\n";
        assert!(wrong(url).is_empty());
        assert!(wrong(&format!("{url}labels = {{ site = \"fra\", _x9 = \"ü\" }}")).is_empty());
        for (text, key) in [
            ("url = \"prometheus:9090\"", ".url"),
            ("url = \"ftp://long.example/\"", ".url"),
            ("url = \"https://me:secret@long.example/\"", ".url"),
            (&format!("{url}labels = {{ worker = \"a\" }}"), ".labels"),
            (&format!("{url}labels = {{ __name__ = \"a\" }}"), ".labels"),
            (&format!("{url}labels = {{ \"a-b\" = \"a\" }}"), ".labels"),
            (&format!("{url}labels = {{ site = \"\" }}"), ".labels"),
        ] {
            assert_eq!(wrong(text), [format!("remote_write[0]{key}")], "{text}");
        }
        assert!(toml::from_str::<RemoteWrite>("url = \"http://a/\"\nbearer_token = \"plain\"").is_err());
    }
}
