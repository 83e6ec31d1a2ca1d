//! From a configuration to rules: what comes with Forewatch, what the configuration changes of it, and its own.
//!
//! Every mistake is told with its key, and with the names that exist; all of them at once.

mod bounds;
mod given;
mod inhibits;
mod objectives;
mod watch;
mod windows;
mod words;

use super::identity::MANUAL_RULE;
use super::maintenance::Maintenance;
use super::pattern::{Pattern, Where};
use super::rule::{Inhibits, Op, Rule};
use super::severity::{Severities, Step};
use super::template::Template;
use super::watches::Watches;
use crate::config::{Amount, Config, ConfigError, RuleText, Span};
use chrono::TimeDelta;
use forewatch::rule::RuleOrigin;
use forewatch::{AlertSeverity, RuleId};
use given::{Given, changed, given};
pub(crate) use objectives::objectives;
use std::time::Duration;
use watch::Watched;
use words::{Told, severity};

/// Resolved by hand and still true after this is open again, unless a rule says otherwise.
const RENOTIFY: TimeDelta = TimeDelta::hours(4);
/// Rules of a configuration at most.
const MOST_RULES: usize = 1_000;
/// Characters of a text of a rule.
const TEXT: usize = 2_000;
/// The longest time of a rule.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// What a configuration says of alerts.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleBook {
    /// Causes before their symptoms.
    pub(crate) rules: Vec<Rule>,
    pub(crate) windows: Vec<Maintenance>,
}

/// Reads the rules and maintenance windows of a configuration, or all that is wrong with them and with its objectives.
pub(crate) fn rule_book(config: &Config) -> Result<RuleBook, Vec<ConfigError>> {
    let mut mistakes = Vec::new();
    let all = given(config, &mut mistakes);
    let mut rules = Vec::new();
    for given in &all {
        let mut told = Told::of(given.key.clone());
        let rule = build(given, config.collector.window, &mut told);
        // What is wrong with a rule that the configuration does not touch comes from its thresholds, and is told there.
        if given.key.is_some() {
            mistakes.extend(told.mistakes);
        }
        rules.extend(rule.filter(|_| given.text.enabled != Some(false)));
    }
    let ids: Vec<&str> = all.iter().map(|given| given.text.id.as_str()).collect();
    inhibits::check(&all, &ids, &mut mistakes);
    let (rules, circle) = inhibits::in_order(rules, &all);
    mistakes.extend(circle);
    let windows = windows::read(&config.silence, &mut mistakes);
    objectives::read(&config.objective, &mut mistakes);
    if mistakes.is_empty() { Ok(RuleBook { rules, windows }) } else { Err(mistakes) }
}

/// The rules that a configuration itself speaks of; all of them when it speaks of none.
pub(crate) fn rules_in(config: &Config) -> Result<Vec<Rule>, Vec<ConfigError>> {
    let mut rules = rule_book(config)?.rules;
    if !config.rule.is_empty() {
        rules.retain(|rule| rule.origin != RuleOrigin::Default);
    }
    Ok(rules)
}

/// A rule as it would be if the configuration said this of it, too; none where there is no such rule.
pub(crate) fn rule_with(config: &Config, by: &RuleText) -> Result<Option<Rule>, Vec<ConfigError>> {
    let mut mistakes = Vec::new();
    let all = given(config, &mut mistakes);
    let Some(given) = all.into_iter().find(|given| given.text.id == by.id) else { return Ok(None) };
    let given = Given { text: changed(&given.text, by), ..given };
    let mut told = Told::of(None);
    let rule = build(&given, config.collector.window, &mut told);
    if told.mistakes.is_empty() { Ok(rule) } else { Err(told.mistakes) }
}

fn build(given: &Given, longest_window: Duration, told: &mut Told) -> Option<Rule> {
    let text = &given.text;
    let id = id(&text.id, told);
    let watched = Watched::read(text, longest_window, told)?;
    let op = match &text.op {
        Some(written) => told.word("op", written, Op::ALL.iter().map(|op| (op.as_str(), *op))),
        None => Some(watched.op),
    };
    let threshold = match (text.threshold, watched.threshold) {
        (Some(Amount(given)), _) | (None, Some(given)) => Some(given),
        (None, None) => {
            told.mistake("threshold", "is missing: say from where on it is bad");
            None
        }
    };
    let severity = match &text.severity {
        Some(written) => severity("severity", written, told),
        None => Some(AlertSeverity::Warning),
    };
    let watches = watched.watches;
    let filter = filter(text, &watches, told);
    let (op, threshold) = (op?, threshold?);
    let clear = text.clear.map_or(threshold, |Amount(clear)| clear);
    bounds::check(&watches, op, threshold, clear, told);
    let severities = Severities { first: severity?, steps: steps(text, op, threshold, severity?, told) };
    let texts = texts(text, &watches, told);
    let times =
        [("for", text.lasts), ("keep_firing_for", text.keep_firing_for)].map(|(key, span)| time(key, span, told));
    let renotify = text.renotify.map_or(RENOTIFY, |span| time("renotify", Some(span), told));
    let (title, description, runbook) = texts?;
    Some(Rule {
        id: id?,
        origin: given.origin,
        watches,
        filter,
        op,
        threshold,
        clear,
        lasts: times[0],
        keep_firing: times[1],
        severities,
        renotify,
        inhibits: inhibits(text),
        title,
        description,
        runbook,
    })
}

fn id(written: &str, told: &mut Told) -> Option<RuleId> {
    let is_fine = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    if written.is_empty() {
        told.mistake("id", "is missing: give the rule a name of its own, such as \"queue-backlog\"");
    } else if written == MANUAL_RULE {
        told.mistake("id", "\"manual\" stands for alerts that people raise by hand");
    } else if written.len() > 64 || !written.chars().all(is_fine) {
        told.mistake("id", "must be up to 64 letters, digits, -, _ and .");
    } else {
        return RuleId::new(written).ok();
    }
    None
}

fn filter(text: &RuleText, watches: &Watches, told: &mut Told) -> Where {
    let labels = watches.labels();
    let mut conditions = Vec::new();
    for (name, written) in text.filter.iter().flatten() {
        match labels.iter().find(|label| label.as_str() == name) {
            Some(label) => conditions.push((*label, Pattern::of(written))),
            None if labels.is_empty() => told.mistake(&format!("where.{name}"), "the system has no labels"),
            None => {
                let known = labels.iter().map(|label| label.as_str()).collect::<Vec<_>>().join(", ");
                told.mistake(&format!("where.{name}"), &format!("is no label here: there are {known}"));
            }
        }
    }
    Where::of(conditions)
}

/// The steps of a severity: each farther than the one before, and worse.
fn steps(text: &RuleText, op: Op, threshold: f64, first: AlertSeverity, told: &mut Told) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (place, step) in text.severities.iter().flatten().enumerate() {
        let key = |name: &str| format!("severities[{place}].{name}");
        let (Some(Amount(at)), Some(word)) = (step.at, &step.severity) else {
            told.mistake(&format!("severities[{place}]"), "needs `at` and `severity`");
            continue;
        };
        let Some(severity) = severity(&key("severity"), word, told) else { continue };
        let (from, worse) = steps.last().map_or((threshold, first), |last| (last.at, last.severity));
        if !op.is_beyond(at, from) {
            told.mistake(&key("at"), &format!("{at} does not lie beyond {from}: steps go on from the threshold"));
        } else if severity <= worse {
            told.mistake(&key("severity"), &format!("is not worse than {worse}, which comes before it"));
        } else {
            steps.push(Step { at, severity });
        }
    }
    steps
}

type Texts = (Template, Template, Option<Template>);

fn texts(text: &RuleText, watches: &Watches, told: &mut Told) -> Option<Texts> {
    let labels = watches.labels();
    let mut read = |key: &str, written: &str| match Template::read(written, &labels) {
        _ if written.chars().count() > TEXT => {
            told.mistake(key, &format!("has more than {TEXT} characters"));
            None
        }
        Ok(template) => Some(template),
        Err(reason) => {
            told.mistake(key, &reason);
            None
        }
    };
    let title = read("title", text.title.as_deref().unwrap_or("{subject}: {value}"));
    let description = read("description", text.description.as_deref().unwrap_or(""));
    let runbook = text.runbook.as_deref().map(|written| read("runbook", written));
    Some((
        title?,
        description?,
        match runbook {
            Some(read) => Some(read?),
            None => None,
        },
    ))
}

fn inhibits(text: &RuleText) -> Inhibits {
    let named = text.inhibits.as_deref().unwrap_or_default();
    if named.iter().any(|name| name == "*") {
        return Inhibits::All;
    }
    Inhibits::These(named.iter().filter_map(|name| RuleId::new(name).ok()).collect())
}

fn time(key: &str, span: Option<Span>, told: &mut Told) -> TimeDelta {
    let Some(Span(span)) = span else { return TimeDelta::zero() };
    if span > LONGEST {
        told.mistake(key, "is longer than a year");
    }
    TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)
}

/// Whether a rule of the configuration takes the place of one that comes with Forewatch.
fn origin(is_default: bool) -> RuleOrigin {
    if is_default { RuleOrigin::Changed } else { RuleOrigin::Configured }
}
