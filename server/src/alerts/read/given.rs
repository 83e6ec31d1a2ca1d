//! The rules as written: those that come with Forewatch, with the configuration's thresholds and changes, and its own.

use super::{MOST_RULES, origin};
use crate::config::{Amount, Config, ConfigError, RuleText, Thresholds};
use forewatch::rule::RuleOrigin;
use serde::Deserialize;
use std::sync::LazyLock;

/// One rule as written.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) text: RuleText,
    pub(super) origin: RuleOrigin,
    /// Where the configuration speaks of it.
    pub(super) key: Option<String>,
}

#[derive(Deserialize)]
struct Defaults {
    rule: Vec<RuleText>,
}

/// The rules that come with Forewatch.
static DEFAULTS: LazyLock<Vec<RuleText>> = LazyLock::new(|| {
    toml::from_str::<Defaults>(include_str!("../default_rules.toml"))
        .expect("a test reads the rules that come along")
        .rule
});

/// All rules as written. Two of one name are a mistake.
pub(super) fn given(config: &Config, mistakes: &mut Vec<ConfigError>) -> Vec<Given> {
    let with = |text: &RuleText| Given {
        text: with_thresholds(text.clone(), &config.thresholds),
        origin: RuleOrigin::Default,
        key: None,
    };
    let mut all: Vec<Given> = DEFAULTS.iter().map(with).collect();
    if config.rule.len() > MOST_RULES {
        mistakes.push(ConfigError::new("rule", format!("there are more than {MOST_RULES} rules")));
    }
    for (place, text) in config.rule.iter().take(MOST_RULES).enumerate() {
        let key = format!("rule[{place}]");
        let known = all.iter().position(|given| given.text.id == text.id && !text.id.is_empty());
        if let Some(other) = known.and_then(|known| all[known].key.as_ref()) {
            let reason = format!("\"{}\" is the id of {other} already: give each rule its own", text.id);
            mistakes.push(ConfigError::new(format!("{key}.id"), reason));
            continue;
        }
        let origin = origin(known.is_some());
        let text = match known {
            // What says anew what it looks at is another rule in the place of the one that comes along.
            Some(known) if !is_whole(text) => changed(&all[known].text, text),
            _ => text.clone(),
        };
        let given = Given { text, origin, key: Some(key) };
        match known {
            Some(known) => all[known] = given,
            None => all.push(given),
        }
    }
    all
}

fn is_whole(text: &RuleText) -> bool {
    text.metric.is_some() || text.kind.is_some() || text.agg.is_some()
}

/// A rule with what a configuration changes of it.
pub(super) fn changed(rule: &RuleText, by: &RuleText) -> RuleText {
    let base = match by.threshold {
        Some(Amount(threshold)) => with_threshold(rule.clone(), threshold),
        None => rule.clone(),
    };
    macro_rules! either {
        ($($field:ident),+) => {
            RuleText { id: base.id.clone(), $($field: by.$field.clone().or_else(|| base.$field.clone()),)+ }
        };
    }
    either!(
        enabled,
        component,
        metric,
        kind,
        filter,
        op,
        threshold,
        clear,
        lasts,
        keep_firing_for,
        severity,
        severities,
        min_samples,
        window,
        agg,
        by,
        at_least,
        status,
        renotify,
        inhibits,
        title,
        description,
        runbook
    )
}

/// A rule with another threshold: where it clears keeps its distance, and steps that are not beyond it are left out.
fn with_threshold(rule: RuleText, threshold: f64) -> RuleText {
    let Some(Amount(before)) = rule.threshold.filter(|Amount(before)| before.total_cmp(&threshold).is_ne()) else {
        return rule;
    };
    let moved = |at: f64| if before == 0.0 { threshold + at } else { threshold * (at / before) };
    let is_beyond = |at: f64| {
        if rule.op.as_deref().is_some_and(|op| op.starts_with('<')) { at < threshold } else { at > threshold }
    };
    let severities = rule.severities.clone().map(|mut steps| {
        steps.retain(|step| step.at.is_none_or(|Amount(at)| is_beyond(at)));
        steps
    });
    RuleText {
        threshold: Some(Amount(threshold)),
        clear: rule.clear.map(|Amount(clear)| Amount(moved(clear))),
        severities,
        ..rule
    }
}

fn with_thresholds(rule: RuleText, thresholds: &Thresholds) -> RuleText {
    let threshold = match rule.id.as_str() {
        "worker-offline" => thresholds.worker_offline.as_secs_f64(),
        "queue-backlog" => thresholds.queue_size as f64,
        "error-rate" => thresholds.error_rate,
        "cpu-high" => thresholds.cpu_usage,
        "memory-high" => thresholds.memory_usage,
        "gpu-busy" => thresholds.gpu_usage,
        _ => return rule,
    };
    with_threshold(rule, threshold)
}
