//! `forewatch rules test`: would these rules have fired? Straight from the store, also while a server uses it.

use crate::alerts::{Past, rules_in, trial};
use crate::cli::{RulesTest, Serve};
use crate::collector::clock;
use crate::config;
use crate::history::History;
use crate::startup::{StartError, history_kept, say};
use crate::store::sqlite::{self, Place};
use anyhow::Context as _;
use forewatch::rule::{Firing, RuleTrial};
use forewatch::{format, time};

/// Firings that are written out a rule.
const SHOWN: usize = 20;

/// Tries the rules of a file, and says what they would have done.
pub fn test(options: &RulesTest) -> Result<(), StartError> {
    let now = clock();
    let usage = |error: String| StartError::Usage(error);
    let at = |key: &str, text: &str| time::parse(text, now).map_err(|error| usage(format!("{key}: {error}")));
    let (from, to) = (at("--from", &options.from)?, at("--to", &options.to)?.min(now));
    if from >= to {
        return Err(usage("--from: must be before --to, and before now".to_owned()));
    }
    let rules = config::load(&Serve::of_file(options.file.clone())).map_err(|error| usage(error.to_string()))?;
    let rules = rules_in(&rules).map_err(|mistakes| usage(config::Mistakes(mistakes).to_string()))?;
    let place = config::stored_or(&options.stored, "its server tries rules, by POST /api/v1/rules/test");
    let place = Place::file(place.map_err(|error| usage(error.to_string()))?);
    let retention = config::retention(&options.stored).map_err(|error| usage(error.to_string()))?;
    let (records, reader) = sqlite::open_to_read(&place).context("opening the store")?;
    let history = History::stored(Box::new(reader), history_kept(&retention)).context("opening the history")?;
    let ask = |query: &_| history.answer(query);
    let past = Past { ask: &ask, records: &records };
    for rule in &rules {
        let tried = trial(rule, &past, (from, to), now).with_context(|| format!("trying the rule {}", rule.id))?;
        say(&lines(&tried).join("\n"));
    }
    Ok(())
}

/// What one rule would have done, in words.
fn lines(trial: &RuleTrial) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", trial.rule_id, trial.outcome())];
    lines.extend(trial.notes.iter().map(|note| format!("  ({note})")));
    lines.extend(trial.times.iter().take(SHOWN).map(line));
    if trial.times.len() > SHOWN {
        lines.push(format!("  … and {} more", trial.firings - SHOWN as u64));
    }
    lines
}

fn line(firing: &Firing) -> String {
    let labels: Vec<String> = firing.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let of = if labels.is_empty() { "the system".to_owned() } else { labels.join(" ") };
    let until = firing.to.map_or_else(
        || "and still would".to_owned(),
        |to| format!("for {}", format::age(time::seconds_between(firing.from, to))),
    );
    format!("  {}  {until}  {of}  up to {}", firing.from.format("%Y-%m-%d %H:%M:%SZ"), firing.peak)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_a_rule_would_have_done_is_told_in_words() {
        let at = |text: &str| text.parse().expect("a time");
        let firing = Firing {
            labels: BTreeMap::from([("worker".to_owned(), "gpu-1".to_owned())]),
            from: at("2026-11-24T14:00:00Z"),
            to: Some(at("2026-11-24T14:05:00Z")),
            peak: 0.97,
        };
        let trial = RuleTrial {
            rule_id: "cpu-high".parse().expect("an id"),
            from: at("2026-11-20T00:00:00Z"),
            to: at("2026-11-25T00:00:00Z"),
            step: Some(60.0),
            notes: vec!["tried on the lowest value of each minute".to_owned()],
            firings: 1,
            firing_seconds: 300.0,
            times: vec![firing],
        };
        assert_eq!(lines(&trial)[0], "cpu-high: would have fired once, for 5 min 00 s");
        assert!(lines(&trial)[2].starts_with("  2026-11-24 14:00:00Z  for 5 min 00 s  worker=gpu-1"));
        let untold = RuleTrial { step: None, firings: 0, times: Vec::new(), ..trial };
        assert_eq!(lines(&untold)[0], "cpu-high: not tried");
    }
}
