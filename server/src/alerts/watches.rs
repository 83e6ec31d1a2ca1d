//! What a rule looks at, and what is to be known of that: whose values they are, and what they count.

pub(crate) use super::figure::{Agg, Scope, TaskFigure};
use super::label::Label;
use chrono::TimeDelta;
use forewatch::alert::AlertComponent;
use forewatch::catalogue::{MetricId, Read};
use forewatch::{Alert, Unit, WorkerStatus};

/// What alerts about the store name as their metric.
const STORE: &str = "store.outage";

/// What a rule looks at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Watches {
    /// A metric of the catalogue, of every subject that has it.
    Metric(MetricId),
    /// A figure over the tasks that ended lately.
    Tasks(TaskFigure),
    /// Seconds since a worker's last sign of life.
    WorkerSilence,
    /// Seconds since a source answered.
    SourceSilence,
    /// Seconds for which the store, or a part of it, could not be written.
    Unwritable,
    /// 1 where a subject that speaks does not give a metric, else 0.
    Absent(MetricId),
    /// 1 where a worker reports this status of itself, else 0.
    Status(WorkerStatus),
    /// Seconds by which a worker's clock is off, either way.
    ClockSkew,
    /// Failures in a row on a worker, while others succeed.
    Streak,
    /// Seconds for which work has waited in a queue with workers online, and nothing has finished.
    Stalled,
    /// Tasks that wait in a queue from which no online worker takes; 0 where one does.
    Unserved,
    /// Seconds for which a task has been running without a word of progress; the threshold is a multiple of the time
    /// within which 95 % of its name's tasks end, and it counts from `at_least` on.
    Stuck { at_least: TimeDelta },
    /// A device's temperature; the bounds are degrees above its own slowdown temperature.
    GpuHeat,
    /// 1 while a device has a fault, or is no longer there, else 0.
    GpuFault,
    /// 1 while a device that was there is no longer reported, else 0.
    GpuGone,
    /// A healthy device's load, while a queue that it serves has work.
    GpuIdle,
    /// How fast an objective's budget is used; of fewer tasks no alert is raised.
    BurnRate { min_samples: u64 },
}

impl Watches {
    /// What its alerts are about.
    pub(crate) fn components(&self) -> Vec<AlertComponent> {
        match self {
            Self::Tasks(figure) => figure.by.iter().map(|scope| scope.component()).collect(),
            Self::Metric(id) | Self::Absent(id) => vec![component(*id)],
            Self::WorkerSilence | Self::Status(_) | Self::ClockSkew | Self::Streak => vec![AlertComponent::Worker],
            Self::SourceSilence | Self::Unwritable => vec![AlertComponent::Source],
            Self::Stalled | Self::Unserved => vec![AlertComponent::Queue],
            Self::Stuck { .. } | Self::BurnRate { .. } => vec![AlertComponent::Task],
            Self::GpuHeat | Self::GpuFault | Self::GpuGone | Self::GpuIdle => vec![AlertComponent::Gpu],
        }
    }

    /// The metric's name, as an alert records it.
    pub(crate) fn metric_name(&self, component: AlertComponent) -> String {
        match self {
            Self::Metric(id) => id.metric().name.to_owned(),
            Self::Tasks(figure) => format!("{component}.{}", figure.agg.as_str()),
            Self::WorkerSilence => "worker.silence".to_owned(),
            Self::SourceSilence => "source.silence".to_owned(),
            Self::Unwritable => STORE.to_owned(),
            Self::Absent(id) => format!("absent.{}", id.metric().name),
            Self::Status(_) => "worker.status".to_owned(),
            Self::ClockSkew => "worker.clock_skew".to_owned(),
            Self::Streak => "worker.consecutive_failures".to_owned(),
            Self::Stalled => "queue.silence".to_owned(),
            Self::Unserved => "queue.pending".to_owned(),
            Self::Stuck { .. } => "task.run_time".to_owned(),
            Self::GpuHeat => "gpu.temperature".to_owned(),
            Self::GpuFault => "gpu.fault".to_owned(),
            Self::GpuGone => "gpu.gone".to_owned(),
            Self::GpuIdle => "gpu.utilization".to_owned(),
            Self::BurnRate { .. } => "objective.burn_rate".to_owned(),
        }
    }

    /// What the values count.
    pub(crate) fn unit(&self) -> Unit {
        match self {
            Self::Metric(id) => id.metric().unit,
            Self::Tasks(figure) => figure.agg.unit(),
            Self::WorkerSilence
            | Self::SourceSilence
            | Self::Unwritable
            | Self::ClockSkew
            | Self::Stalled
            | Self::Stuck { .. } => Unit::Seconds,
            Self::GpuHeat => Unit::Celsius,
            Self::GpuIdle => Unit::Ratio,
            Self::Absent(_)
            | Self::Status(_)
            | Self::Streak
            | Self::Unserved
            | Self::GpuFault
            | Self::GpuGone
            | Self::BurnRate { .. } => Unit::Count,
        }
    }

    /// What it looks at, in a word: a metric's name, a figure over tasks, or a kind.
    pub(crate) fn word(&self) -> String {
        match self {
            Self::Metric(id) => id.metric().name.to_owned(),
            Self::Tasks(figure) => figure.agg.as_str().to_owned(),
            Self::WorkerSilence | Self::SourceSilence => "absent".to_owned(),
            Self::Unwritable => "unwritable".to_owned(),
            Self::Absent(id) => format!("absent {}", id.metric().name),
            Self::Status(status) => format!("status {status}"),
            Self::ClockSkew => "clock-skew".to_owned(),
            Self::Streak => "streak".to_owned(),
            Self::Stalled => "stalled".to_owned(),
            Self::Unserved => "unserved".to_owned(),
            Self::Stuck { .. } => "stuck".to_owned(),
            Self::GpuHeat => "hot".to_owned(),
            Self::GpuFault => "fault".to_owned(),
            Self::GpuGone => "gone".to_owned(),
            Self::GpuIdle => "idle".to_owned(),
            Self::BurnRate { .. } => "burn-rate".to_owned(),
        }
    }

    /// The labels that its subjects have.
    pub(crate) fn labels(&self) -> Vec<Label> {
        use Label::{
            Capability, Class, Gpu, Hostname, Model, Name, Objective, Queue, Reason, Source, Tag, Task, Worker,
        };
        let of = |component: AlertComponent| match (component, self) {
            (AlertComponent::System, _) => vec![],
            (AlertComponent::Worker, _) => vec![Worker, Hostname, Source, Capability, Tag],
            (AlertComponent::Gpu, _) => vec![Worker, Gpu, Model, Hostname, Source, Capability, Tag],
            (AlertComponent::Queue, _) => vec![Queue, Source, Class],
            (AlertComponent::Source, Self::Unwritable) => vec![Source, Reason],
            (AlertComponent::Source, _) => vec![Source],
            (AlertComponent::Task, Self::Tasks(_)) => vec![Name],
            (AlertComponent::Task, Self::BurnRate { .. }) => vec![Objective],
            (AlertComponent::Task, _) => vec![Task, Name, Queue, Worker, Source],
        };
        // Of a rule with several kinds of subjects only what all of them have.
        let mut all = self.components().into_iter().map(of);
        let mut labels = all.next().unwrap_or_default();
        for others in all {
            labels.retain(|label| others.contains(label));
        }
        labels
    }

    /// How general its subjects are, the most general first: a cause comes before its symptoms.
    pub(super) fn rank(&self) -> u8 {
        match self.components().first() {
            Some(AlertComponent::Source) => 0,
            Some(AlertComponent::Worker) => 1,
            Some(AlertComponent::System | AlertComponent::Queue | AlertComponent::Gpu) | None => 2,
            Some(AlertComponent::Task) => 3,
        }
    }
}

/// Whether an alert is about the store itself.
pub(crate) fn is_about_store(alert: &Alert) -> bool {
    alert.metric_name.as_deref() == Some(STORE)
}

/// What a metric is of.
pub(crate) fn component(id: MetricId) -> AlertComponent {
    match id.metric().read {
        Read::System(_) => AlertComponent::System,
        Read::Derived(_) | Read::Worker(_) => AlertComponent::Worker,
        Read::Gpu(_) => AlertComponent::Gpu,
        Read::Queue(_) => AlertComponent::Queue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_read_in_the_unit_of_what_its_rule_looks_at() {
        let metric = forewatch::catalogue::find("worker.cpu_usage").expect("a metric");
        for watches in [
            Watches::Metric(metric),
            Watches::WorkerSilence,
            Watches::SourceSilence,
            Watches::Unwritable,
            Watches::Absent(metric),
            Watches::Status(WorkerStatus::Error),
            Watches::ClockSkew,
            Watches::Streak,
            Watches::Stalled,
            Watches::Unserved,
            Watches::Stuck { at_least: TimeDelta::zero() },
            Watches::GpuHeat,
            Watches::GpuFault,
            Watches::GpuGone,
            Watches::GpuIdle,
            Watches::BurnRate { min_samples: 0 },
        ] {
            for component in watches.components() {
                let name = watches.metric_name(component);
                assert_eq!(forewatch::alert::unit_of(&name), watches.unit(), "{name}");
            }
        }
    }
}
