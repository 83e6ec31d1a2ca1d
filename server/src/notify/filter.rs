//! Which alerts a channel is about: their severity and labels.

use crate::config::Patterns;
use forewatch::{Alert, AlertSeverity};
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::collections::BTreeMap;

/// What an alert must be.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    least: AlertSeverity,
    labels: Vec<(String, GlobSet)>,
}

impl Filter {
    /// Reads it; says of each label what is wrong with its patterns.
    pub(crate) fn of(least: AlertSeverity, wanted: &BTreeMap<String, Patterns>) -> Result<Self, Vec<(String, String)>> {
        let (mut labels, mut wrong) = (Vec::new(), Vec::new());
        for (label, patterns) in wanted {
            match set(patterns) {
                Ok(set) => labels.push((label.clone(), set)),
                Err(reason) => wrong.push((label.clone(), reason)),
            }
        }
        if wrong.is_empty() { Ok(Self { least, labels }) } else { Err(wrong) }
    }

    /// Whether an alert is what is wanted. A label that it does not have fits nothing.
    pub(crate) fn fits(&self, alert: &Alert) -> bool {
        alert.severity >= self.least
            && self.labels.iter().all(|(name, set)| label(alert, name).is_some_and(|value| set.is_match(value)))
    }
}

fn set(patterns: &Patterns) -> Result<GlobSet, String> {
    let list = match patterns {
        Patterns::One(one) => std::slice::from_ref(one),
        Patterns::Any(list) => list,
    };
    if list.is_empty() {
        return Err("is an empty list, which no alert fits: leave it out".to_owned());
    }
    let mut set = GlobSetBuilder::new();
    for text in list {
        let glob = Glob::new(text)
            .map_err(|error| format!("\"{text}\" cannot be read ({}): use * for any text", error.kind()))?;
        set.add(glob);
    }
    set.build().map_err(|error| error.kind().to_string())
}

/// A label of an alert by its name. Those of the alert itself go before the rule's own.
fn label<'a>(alert: &'a Alert, name: &str) -> Option<&'a str> {
    match name {
        "component" => Some(alert.component.as_str()),
        "component_id" => Some(&alert.component_id),
        "rule" => Some(alert.rule_id.as_str()),
        other => alert.metadata.get(other).map(String::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::tests::alert;

    fn filter(least: AlertSeverity, wanted: &str) -> Filter {
        Filter::of(least, &toml::from_str(wanted).expect("it is TOML")).expect("it is right")
    }

    #[test]
    fn severity_and_every_label_must_fit() {
        let mut gpu = alert("gpu-hot", "a");
        gpu.metadata.insert("worker".to_owned(), "gpu-07".to_owned());
        for (wanted, fits) in [
            ("", true),
            ("worker = \"gpu-*\"", true),
            ("worker = [\"cpu-*\", \"gpu-*\"]\nrule = \"gpu-*\"", true),
            ("worker = \"gpu-*\"\nrule = \"cpu-high\"", false),
            ("gpu = \"*\"", false),
        ] {
            assert_eq!(filter(gpu.severity, wanted).fits(&gpu), fits, "{wanted}");
        }
        assert!(!filter(AlertSeverity::Critical, "").fits(&gpu));
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_named_by_its_label() {
        let wanted = toml::from_str("worker = \"gpu-[\"\nqueue = []\nrule = \"*\"").expect("it is TOML");
        let wrong = Filter::of(AlertSeverity::Info, &wanted).expect_err("two are wrong");
        assert_eq!(wrong.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>(), ["queue", "worker"]);
    }
}
