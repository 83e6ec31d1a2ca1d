//! The alert engine: (state, rules, now) in, decisions out.
//!
//! Pure: it reads no clock, does no I/O and keeps nothing between two evaluations. What it knows of a
//! condition (since when it is true, whether a person has dealt with it) is in the fleet's alerts,
//! which its decisions change once they are in the journal. So a restart forgets nothing, and a
//! replay decides nothing twice.
//!
//! - [`read`]: rules from the configuration; [`rule`], [`watches`], [`pattern`], [`template`], [`severity`]: what a rule is.
//! - [`reading`]: the values of a rule's subjects; [`machine`]: the states of one condition; [`decide`]: what changes.
//! - [`burn`]: how fast the budgets of objectives are used.
//! - [`quiet`]: whether anyone is to be told: silences, [`maintenance`], [`causes`] before symptoms ([`early`], where need be), flapping.

mod burn;
mod causes;
mod decide;
mod early;
mod engine;
mod episodes;
mod figure;
#[cfg(feature = "bench")]
pub mod full;
mod hosts;
mod identity;
mod label;
mod machine;
mod maintenance;
mod pattern;
mod quiet;
mod read;
mod reading;
mod rule;
mod severity;
mod status;
mod subject;
mod template;
#[cfg(test)]
pub(crate) mod tests;
mod trial;
mod watches;
mod words;

pub(crate) use burn::objective_status;
pub(crate) use engine::Engine;
pub(crate) use identity::{MANUAL_RULE, alert_id, fingerprint};
#[cfg(test)]
pub(crate) use read::RuleBook;
pub(crate) use read::{objectives, rule_book, rule_with, rules_in};
pub(crate) use rule::Rule;
pub(crate) use status::statuses;
pub(crate) use subject::name_of;
pub(crate) use trial::{FARTHEST, Past, TrialError, trial};
pub(crate) use watches::is_about_store;
