//! Figures over the tasks that ended lately.

use crate::collector::outcome::Step;
use forewatch::Unit;
use forewatch::alert::AlertComponent;

/// A figure over the tasks that ended within the last `window` seconds, told apart by each of `by`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TaskFigure {
    pub(crate) agg: Agg,
    pub(crate) window: i64,
    pub(crate) by: Vec<Scope>,
    /// Of fewer tasks no alert is raised.
    pub(crate) min_samples: u64,
}

/// What tasks are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// Not at all.
    System,
    Queue,
    /// The task's name, or its content type.
    Name,
}

macro_rules! words {
    ($type:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in a configuration.
            pub(crate) fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }
    };
}

words!(Scope { System => "system", Queue => "queue", Name => "name" });

/// What is made of the tasks of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agg {
    ErrorRate,
    TimeoutRate,
    RetryRate,
    Completed,
    Failed,
    Ended,
    Arrived,
    Wait,
    Duration,
}

words!(Agg {
    ErrorRate => "error_rate", TimeoutRate => "timeout_rate", RetryRate => "retry_rate", Completed => "completed",
    Failed => "failed", Ended => "ended", Arrived => "arrived", Wait => "wait", Duration => "duration",
});

impl Agg {
    /// The figure, and of how many samples it is; `None` where nothing tells it.
    pub(crate) fn of(self, sum: &Step) -> Option<(f64, u64)> {
        let ended = &sum.ended;
        let decided = ended.completed.saturating_add(ended.failed);
        let count = |n: u64| Some((n as f64, n));
        match self {
            Self::ErrorRate => Some((sum.error_rate()?.get(), decided)),
            Self::TimeoutRate => Some((sum.timeout_rate()?.get(), decided)),
            Self::RetryRate => Some((sum.retry_rate()?.get(), sum.attempts)),
            Self::Completed => count(ended.completed),
            Self::Failed => count(ended.failed),
            Self::Ended => count(ended.all()),
            Self::Arrived => count(sum.arrived),
            Self::Wait => Some((sum.mean_wait()?, sum.waited)),
            Self::Duration => Some((ended.mean_processing()?, ended.timed)),
        }
    }

    /// What it counts.
    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::ErrorRate | Self::TimeoutRate | Self::RetryRate => Unit::Ratio,
            Self::Wait | Self::Duration => Unit::Seconds,
            Self::Completed | Self::Failed | Self::Ended | Self::Arrived => Unit::Count,
        }
    }
}

impl Scope {
    pub(super) fn component(self) -> AlertComponent {
        match self {
            Self::System => AlertComponent::System,
            Self::Queue => AlertComponent::Queue,
            Self::Name => AlertComponent::Task,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_of_a_figure_is_read_in_the_figures_unit() {
        for agg in Agg::ALL {
            let name = format!("{}.{}", Scope::Name.component(), agg.as_str());
            assert_eq!(forewatch::alert::unit_of(&name), agg.unit(), "{name}");
        }
    }
}
