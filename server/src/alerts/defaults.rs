//! The rules that come with Forewatch, with the thresholds of the configuration.

use super::rule::{Inhibits, Op, Rule, Watches};
use crate::config::Thresholds;
use chrono::TimeDelta;
use forewatch::{AlertSeverity, RuleId, catalogue};
use std::borrow::Cow;

/// Every rule, in the order in which causes come before symptoms.
pub(crate) fn default_rules(thresholds: &Thresholds) -> Vec<Rule> {
    let mut rules = Vec::new();
    rules.extend(sources_and_workers(thresholds));
    rules.extend(work(thresholds));
    rules.extend(hosts(thresholds));
    rules.extend(gpus(thresholds));
    rules
}

fn sources_and_workers(thresholds: &Thresholds) -> [Rule; 3] {
    [
        Rule {
            title: Cow::Borrowed("{subject} does not answer"),
            description: Cow::Borrowed(
                "No answer for {value}. Its workers are not called offline meanwhile. Check the broker and the network to it.",
            ),
            severity: AlertSeverity::Critical,
            threshold: 30.0,
            clear: 30.0,
            op: Op::AtLeast,
            ..rule("source-down", Watches::SourceSilence)
        },
        Rule {
            title: Cow::Borrowed("{subject} sends no sign of life"),
            description: Cow::Borrowed(
                "The last sign of life is {value} ago. Check the host, its network and the worker's process.",
            ),
            severity: AlertSeverity::Error,
            threshold: thresholds.worker_offline.as_secs_f64(),
            clear: thresholds.worker_offline.as_secs_f64(),
            inhibits: Inhibits::SameWorker,
            op: Op::AtLeast,
            ..rule("worker-offline", Watches::WorkerSilence)
        },
        Rule {
            title: Cow::Borrowed("{subject} says that something is wrong with it"),
            description: Cow::Borrowed("The worker reports the status \"error\". Its own log says more."),
            severity: AlertSeverity::Warning,
            op: Op::AtLeast,
            threshold: 1.0,
            clear: 1.0,
            ..rule("worker-error", Watches::WorkerError)
        },
    ]
}

fn work(thresholds: &Thresholds) -> [Rule; 2] {
    let size = thresholds.queue_size as f64;
    [
        Rule {
            title: Cow::Borrowed("{subject} has {value} tasks waiting"),
            description: Cow::Borrowed(
                "More than {threshold} tasks wait. Look at who serves the queue, and at what arrives.",
            ),
            severity: AlertSeverity::Warning,
            threshold: size,
            clear: size * 0.8,
            lasts: TimeDelta::minutes(1),
            keep_firing: TimeDelta::minutes(2),
            ..rule("queue-backlog", metric("queue.pending"))
        },
        Rule {
            title: Cow::Borrowed("{value} of the tasks of {subject} failed in five minutes"),
            description: Cow::Borrowed(
                "More than {threshold} of the tasks that ended failed. The failures grouped by error say what they have in common.",
            ),
            severity: AlertSeverity::Error,
            threshold: thresholds.error_rate,
            clear: thresholds.error_rate * 0.8,
            keep_firing: TimeDelta::minutes(1),
            ..rule("error-rate", Watches::ErrorRate { seconds: 300, min_samples: 20 })
        },
    ]
}

fn hosts(thresholds: &Thresholds) -> [Rule; 2] {
    let load = |id, name, title: &'static str, description: &'static str, threshold: f64| Rule {
        title: Cow::Borrowed(title),
        description: Cow::Borrowed(description),
        severity: AlertSeverity::Warning,
        threshold,
        // 90 % clears at 80 %, as people expect of a load.
        clear: (threshold - 0.1).max(threshold * 0.5),
        lasts: TimeDelta::minutes(2),
        ..rule(id, metric(name))
    };
    [
        load(
            "cpu-high",
            "worker.cpu_usage",
            "CPU of {subject} at {value}",
            "The host's CPU load is above {threshold}.",
            thresholds.cpu_usage,
        ),
        load(
            "memory-high",
            "worker.memory_usage",
            "Memory of {subject} at {value}",
            "The host's memory in use is above {threshold}; tasks may be killed for want of it.",
            thresholds.memory_usage,
        ),
    ]
}

fn gpus(thresholds: &Thresholds) -> [Rule; 3] {
    [
        Rule {
            title: Cow::Borrowed("{subject} has a fault"),
            description: Cow::Borrowed(
                "An XID error that needs action, uncorrected memory errors or a failed row remapping. Drain the host and look at its kernel log.",
            ),
            severity: AlertSeverity::Critical,
            op: Op::AtLeast,
            threshold: 1.0,
            clear: 1.0,
            ..rule("gpu-fault", metric("gpu.fault"))
        },
        Rule {
            title: Cow::Borrowed("{subject} is at {value}"),
            description: Cow::Borrowed(
                "At {threshold} and above the device slows itself down. Check airflow, fans and the load of its neighbours.",
            ),
            severity: AlertSeverity::Error,
            op: Op::AtLeast,
            clear: -3.0,
            keep_firing: TimeDelta::minutes(1),
            ..rule("gpu-hot", Watches::GpuHeat)
        },
        Rule {
            title: Cow::Borrowed("{subject} is busy at {value}"),
            description: Cow::Borrowed(
                "Above {threshold} for ten minutes: normal for a GPU with work, good to know when planning.",
            ),
            severity: AlertSeverity::Info,
            threshold: thresholds.gpu_usage,
            clear: (thresholds.gpu_usage - 0.1).max(0.0),
            lasts: TimeDelta::minutes(10),
            keep_firing: TimeDelta::minutes(2),
            ..rule("gpu-busy", metric("gpu.utilization"))
        },
    ]
}

/// A rule that is true above zero, at once, and over at once: what the others differ from.
fn rule(id: &str, watches: Watches) -> Rule {
    Rule {
        id: RuleId::new(id).expect("the name of a rule that comes with Forewatch is valid"),
        watches,
        op: Op::Above,
        threshold: 0.0,
        clear: 0.0,
        lasts: TimeDelta::zero(),
        keep_firing: TimeDelta::zero(),
        severity: AlertSeverity::Warning,
        inhibits: Inhibits::Nothing,
        title: Cow::Borrowed(""),
        description: Cow::Borrowed(""),
    }
}

fn metric(name: &str) -> Watches {
    Watches::Metric(catalogue::find(name).expect("a rule that comes with Forewatch names a metric of the catalogue"))
}
