//! The shared model of Forewatch.
//!
//! What it is for: every type that crosses a wire (server to browser, agent to server, journal to
//! restart) is defined here once and used on both sides. What it owns: units, checked identifiers,
//! events, the metric catalogue, series, the live protocol. What it never does:
//! no I/O, no clock, no randomness, no async runtime and no user interface; it compiles to WASM.
//!
//! Inside Forewatch ratios are 0..=1, durations seconds, sizes bytes, power watts, temperatures
//! degrees Celsius and times UTC. Unknown is never zero: a reading that is not there is `None`.
#![warn(missing_docs)]

pub mod alert;
pub mod attempts;
pub mod catalogue;
pub mod control;
pub mod event;
pub mod format;
pub mod gpu;
pub mod group;
pub mod heartbeat;
pub mod id;
pub mod ingest;
pub mod limit;
pub mod list;
pub mod live;
pub mod notification;
pub mod objective;
pub mod pattern;
pub mod problem;
pub mod queue;
pub mod reading;
pub mod registration;
pub mod report;
pub mod rule;
pub mod series;
pub mod silence;
pub mod source;
pub mod spent;
pub mod store;
pub mod stuck;
pub mod system;
pub mod task;
pub mod time;
mod tolerant;
pub mod unit;
pub mod worker;

pub use alert::{Alert, AlertSeverity, AlertState};
pub use event::{Event, EventBody};
pub use gpu::GpuMetrics;
pub use group::TaskGroup;
pub use heartbeat::Heartbeat;
pub use id::{AlertId, ControlId, EventId, ObjectiveId, QueueName, RuleId, SilenceId, SourceName, TaskId, WorkerId};
pub use queue::{QueueClass, QueueStats};
pub use registration::Registration;
pub use system::{DashboardData, SystemMetrics};
pub use task::{TaskMetrics, TaskState, TaskStatus};
pub use time::Timestamp;
pub use unit::{Percent, Ratio, Unit};
pub use worker::{WorkerCapability, WorkerMetrics, WorkerStatus, WorkerSummary};
