//! The objectives of a configuration: `[[objective]]`.

use super::words::Told;
use crate::config::{Config, ConfigError, ObjectiveText, Span};
use forewatch::objective::Objective;
use forewatch::{ObjectiveId, Ratio, format};
use std::time::Duration;

/// Objectives of a configuration at most: each is counted at every task that it is about.
const MOST: usize = 100;
/// Characters of a title.
const TITLE: usize = 120;
/// Below this no burn rate could tell: were all tasks to fail, the budget would burn at not even four times its rate.
const LEAST_TARGET: f64 = 0.75;
/// The target that lies closest to all tasks.
const MOST_TARGET: f64 = 0.999_999;
const DAY: Duration = Duration::from_hours(24);
/// Over how long an objective is, unless it says otherwise.
const PERIOD: Duration = Duration::from_hours(24 * 28);
/// The longest period, which has an hour's counts in memory for each of its hours.
const LONGEST: Duration = Duration::from_hours(24 * 92);
/// The longest time within which tasks are to start.
const LONGEST_START: Duration = DAY;

/// The objectives of a checked configuration.
pub(crate) fn objectives(config: &Config) -> Vec<Objective> {
    read(&config.objective, &mut Vec::new())
}

/// Reads the objectives; what is wrong with one is told, and it is left out.
pub(super) fn read(written: &[ObjectiveText], mistakes: &mut Vec<ConfigError>) -> Vec<Objective> {
    let mut objectives: Vec<Objective> = Vec::new();
    if written.len() > MOST {
        mistakes.push(ConfigError::new("objective", format!("there are more than {MOST} objectives")));
    }
    for (place, text) in written.iter().take(MOST).enumerate() {
        let mut told = Told::of(Some(format!("objective[{place}]")));
        let other = written[..place].iter().position(|other| other.id == text.id && !text.id.is_empty());
        if let Some(other) = other {
            told.mistake("id", &format!("\"{}\" is the id of objective[{other}] already: give each its own", text.id));
        }
        objectives.extend(one(text, &mut told));
        mistakes.append(&mut told.mistakes);
    }
    objectives
}

/// `None` where anything is wrong with it.
fn one(text: &ObjectiveText, told: &mut Told) -> Option<Objective> {
    let id = id(&text.id, told);
    for label in text.filter.keys() {
        told.word(&format!("where.{label}"), label, Objective::LABELS.iter().map(|known| (*known, ())));
    }
    if text.title.as_ref().is_some_and(|title| title.trim().is_empty() || title.chars().count() > TITLE) {
        told.mistake("title", &format!("must be 1 to {TITLE} characters"));
    }
    let target = target(text.target, told);
    let start_within = text.start_within.map(|Span(span)| {
        if span.is_zero() || span > LONGEST_START {
            told.mistake("start_within", "must lie between 1ms and 1d");
        }
        span.as_secs_f64()
    });
    let Span(period) = text.period.unwrap_or(Span(PERIOD));
    if period < DAY || period > LONGEST {
        told.mistake("period", "must lie between 1d and 92d");
    }
    if !told.mistakes.is_empty() {
        return None;
    }
    let mut objective = Objective {
        objective_id: id?,
        title: text.title.clone().unwrap_or_default(),
        filter: text.filter.clone(),
        start_within,
        target: target?,
        period: period.as_secs_f64(),
    };
    if text.title.is_none() {
        objective.title = title(&objective);
    }
    Some(objective)
}

fn id(written: &str, told: &mut Told) -> Option<ObjectiveId> {
    let is_fine = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    if written.is_empty() {
        told.mistake("id", "is missing: give the objective a name of its own, such as \"gpu-tasks-succeed\"");
    } else if written.len() > 64 || !written.chars().all(is_fine) {
        told.mistake("id", "must be up to 64 letters, digits, -, _ and .");
    }
    ObjectiveId::new(written).ok()
}

fn target(written: Option<f64>, told: &mut Told) -> Option<Ratio> {
    let Some(target) = written else {
        told.mistake("target", "is missing: say what share of tasks is to go well, such as 0.99");
        return None;
    };
    if !(LEAST_TARGET..=MOST_TARGET).contains(&target) {
        let range = format!("must be a share from {LEAST_TARGET} to {MOST_TARGET} (0.99 is 99 percent)");
        told.mistake("target", &format!("{target} {range}: of less no burn rate could tell, and all leave no budget"));
    }
    Ratio::new(target).ok()
}

/// What it asks for, in words.
fn title(objective: &Objective) -> String {
    let of: Vec<String> = objective.filter.iter().map(|(label, value)| format!("{label} {value}")).collect();
    let tasks = if of.is_empty() { "Tasks".to_owned() } else { format!("Tasks of {}", of.join(", ")) };
    match objective.start_within {
        Some(seconds) => format!("{tasks} start within {}", format::duration(seconds)),
        None => format!("{tasks} succeed"),
    }
}
