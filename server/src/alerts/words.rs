//! When a rule fires, in words.

use super::rule::{Op, Rule};
use super::watches::Watches;
use forewatch::Unit;
use forewatch::format::{number, period, setting};

/// "queue.pending > 100 for 1 min", "no sign of life for 5 min".
pub(super) fn condition(rule: &Rule) -> String {
    let lasts = rule.lasts.as_seconds_f64();
    let lasts = if lasts > 0.0 { format!(" for {}", period(lasts)) } else { String::new() };
    told(rule) + &lasts
}

fn told(rule: &Rule) -> String {
    let Rule { watches, op, threshold, .. } = rule;
    let than = than(*op);
    let value = setting(watches.unit(), *threshold);
    match watches {
        Watches::Metric(id) => format!("{} {} {value}", id.metric().name, op.as_str()),
        Watches::Tasks(figure) => {
            let name = figure.agg.as_str().replace('_', " ");
            format!("{name} {} {value} within {}", op.as_str(), period(figure.window as f64))
        }
        Watches::WorkerSilence => format!("no sign of life for {value}"),
        Watches::SourceSilence => format!("no answer for {value}"),
        Watches::Unwritable => format!("the store cannot be written for {value}"),
        Watches::Absent(id) => format!("{} is not reported", id.metric().name),
        Watches::Status(status) => format!("it reports the status {status}"),
        Watches::ClockSkew => format!("its clock is off by {than} {value}"),
        Watches::Streak => format!("{than} {value} failures in a row, while others succeed"),
        Watches::Stalled => format!("work waits, workers are online, and nothing has finished for {value}"),
        Watches::Unserved => format!("{than} {value} tasks wait, and no worker takes them"),
        Watches::Stuck { at_least } => format!(
            "running over {} times as long as most of its name, and over {}",
            setting(Unit::Count, *threshold),
            period(at_least.as_seconds_f64())
        ),
        Watches::GpuHeat => heat(*threshold),
        Watches::GpuFault => "it has a fault, or is no longer there".to_owned(),
        Watches::GpuGone => "it is no longer reported".to_owned(),
        Watches::BurnRate { .. } => format!("a budget burns {than} {value} times as fast as it lasts"),
        Watches::GpuIdle => format!("load {} {value} while a queue that it serves has work", op.as_str()),
    }
}

/// A device's own bound, and how far from it.
fn heat(threshold: f64) -> String {
    let by = number(threshold.abs());
    match threshold {
        0.0 => "at its own slowdown temperature".to_owned(),
        at if at < 0.0 => format!("{by} °C below its own slowdown temperature"),
        _ => format!("{by} °C above its own slowdown temperature"),
    }
}

fn than(op: Op) -> &'static str {
    match op {
        Op::Above => "more than",
        Op::AtLeast => "at least",
        Op::Below => "less than",
        Op::AtMost => "at most",
    }
}

#[cfg(test)]
mod tests {
    use super::super::rules_in;
    use super::*;
    use crate::config::Config;

    #[test]
    fn every_rule_that_comes_along_says_in_words_when_it_fires() {
        let rules = rules_in(&Config::default()).expect("the rules that come along are fine");
        let says =
            |id: &str| condition(rules.iter().find(|rule| rule.id.as_str() == id).expect("there is such a rule"));
        for (id, words) in [
            ("worker-offline", "no sign of life for 5 min"),
            ("source-down", "no answer for 30 s"),
            ("store-failing", "the store cannot be written for 30 s"),
            ("worker-clock-skew", "its clock is off by more than 30 s for 1 min"),
            ("queue-backlog", "queue.pending > 100 for 1 min"),
            ("error-rate", "error rate > 10 % within 5 min"),
            ("failing-worker", "at least 5 failures in a row, while others succeed"),
            ("task-stuck", "running over 3 times as long as most of its name, and over 5 min"),
            ("gpu-hot", "at its own slowdown temperature"),
            ("gpu-idle-with-backlog", "load < 5 % while a queue that it serves has work for 10 min"),
            ("cpu-high", "worker.cpu_usage > 90 % for 2 min"),
        ] {
            assert_eq!(says(id), words, "{id}");
        }
        assert_eq!(heat(-3.0), "3 °C below its own slowdown temperature");
    }
}
