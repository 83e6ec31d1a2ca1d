//! The section `[[link]]`: a team's other tools, one click away.

use super::ConfigError;
use crate::links::{Place, Target, read};
use serde::Deserialize;

/// Links in the configuration at most.
const MAX_LINKS: usize = 64;
/// Letters of a title: it stands on a button.
const MAX_TITLE: usize = 40;

/// A link that a page shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkText {
    /// On whose page it stands.
    pub(crate) on: Target,
    /// What the button says.
    pub(crate) title: String,
    /// The address, with `{name}` for values of what the page is about.
    pub(crate) url: String,
}

/// What is wrong with the links, whose keys in the file are `keys`.
pub(super) fn check(links: &[LinkText], keys: impl Iterator<Item = String>) -> Vec<ConfigError> {
    let mut mistakes = Vec::new();
    for ((place, link), key) in links.iter().enumerate().zip(keys) {
        let mut wrong = |of: &str, reason: String| mistakes.push(ConfigError::new(format!("{key}{of}"), reason));
        if place >= MAX_LINKS {
            wrong("", format!("is one too many: {MAX_LINKS} links at most"));
        }
        let title = link.title.trim();
        if title.is_empty() || title.chars().count() > MAX_TITLE || title.chars().any(char::is_control) {
            wrong(".title", format!("must be 1 to {MAX_TITLE} letters, in one line"));
        }
        match read(link) {
            Err(reason) => wrong(".url", reason),
            Ok(template) => {
                let sample = template.fill(|_: Place| Some("x".to_owned())).unwrap_or_default();
                let address = reqwest::Url::parse(&sample).ok();
                if !address.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
                    let reason =
                        "is no address such as https://logs.example/?q={task_id}: it begins with http:// or https://";
                    wrong(".url", reason.replace("{task_id}", &example(link.on)));
                }
            }
        }
    }
    mistakes
}

fn example(on: Target) -> String {
    on.places().first().map(|(name, _)| format!("{{{name}}}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let links: Vec<LinkText> = vec![toml::from_str(text).expect("it can be read")];
        check(&links, std::iter::once("link[0]".to_owned())).into_iter().map(|mistake| mistake.to_string()).collect()
    }

    #[test]
    fn what_cannot_be_is_named_by_its_key_with_what_can_be() {
        let of = |on: &str, title: &str, url: &str| {
            mistakes(&format!("on = \"{on}\"\ntitle = \"{title}\"\nurl = \"{url}\""))
        };
        assert!(of("task", "Logs", "https://logs.example/?q={task_id}&from={from}&to={to}").is_empty());
        let [unknown] = &of("queue", "Logs", "https://logs.example/{task_id}")[..] else { panic!("one mistake") };
        assert!(unknown.starts_with("link[0].url: {task_id} is no placeholder: there are {queue}"), "{unknown}");
        for url in ["logs.example/{task_id}", "javascript:alert({task_id})", "{task_id}", "https://"] {
            let [told] = &of("task", "Logs", url)[..] else { panic!("one mistake: {url}") };
            assert!(told.starts_with("link[0].url: is no address such as https://logs.example/?q={task_id}"), "{told}");
        }
        for title in ["", " ", &"x".repeat(MAX_TITLE + 1)] {
            assert_eq!(of("worker", title, "https://logs.example").len(), 1, "{title}");
        }
        assert!(toml::from_str::<LinkText>("on = \"planet\"\ntitle = \"a\"\nurl = \"https://a.example\"").is_err());
    }
}
