//! A fleet that does not exist, reporting as real workers do: through the public HTTP API only.
//!
//! [`Fleet`] is pure: the same plan gives the same events at the same times, however often it is asked. `plan`
//! says what is wanted and what goes wrong when, `worker` and `device` make readings up that belong together,
//! `task` moves tasks through queues, `event` is how they look on the wire, `send` brings it all to a server and
//! `summary` counts.

mod device;
mod event;
mod fleet;
mod plan;
mod send;
mod summary;
mod task;
mod worker;

pub use event::FleetEvent;
pub use fleet::{Beat, Fleet, Output};
pub use plan::{Plan, Scenario};
pub use send::{Options, simulate};
pub use summary::Summary;
