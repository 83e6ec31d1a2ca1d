//! The alert engine: (state, rules, now) in, decisions out.
//!
//! Pure: it reads no clock, does no I/O and keeps nothing between two evaluations. What it knows of a
//! condition (since when it is true, whether a person has dealt with it) is in the fleet's alerts,
//! which its decisions change once they are in the journal. So a restart forgets nothing, and a
//! replay decides nothing twice.

mod decide;
mod defaults;
mod engine;
mod episodes;
mod identity;
mod reading;
mod rule;
mod subject;
#[cfg(test)]
mod tests;

pub(crate) use defaults::default_rules;
pub(crate) use engine::{Engine, Settings};
pub(crate) use identity::{MANUAL_RULE, alert_id, fingerprint};
pub(crate) use rule::write_value;
