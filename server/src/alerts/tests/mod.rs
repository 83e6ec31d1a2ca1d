//! What the engine promises, checked as the collector uses it: decisions are applied to the fleet they were made from.

mod episodes;
mod histories;
mod rules;
mod world;
