//! What the engine promises, checked as the collector uses it: decisions are applied to the fleet they were made from.

mod causes;
mod config;
mod devices;
mod episodes;
mod flapping;
mod histories;
mod objectives;
mod parts;
mod quiet;
mod rules;
mod work;
pub(crate) mod world;
