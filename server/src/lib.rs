//! The Forewatch server.
//!
//! Events come in ([`ingest`]), pass through one queue into the one owner of the state
//! ([`collector`]), and what changed flows out to the [`store`], the [`alerts`] and the [`live`] hub.
//! Everything else reads a published copy of the state. See ARCHITECTURE.md.

// The types of whole pages are deep.
#![recursion_limit = "512"]

mod alerts;
mod api;
mod auth;
mod backend;
pub mod backup;
pub mod cli;
mod collector;
mod config;
mod descriptors;
mod download;
mod error;
pub mod export;
mod file;
mod handle;
mod history;
mod ingest;
mod links;
mod live;
mod notify;
mod outbound;
mod pages;
mod remote_write;
pub mod report;
pub mod rules;
mod signal;
pub mod site;
pub mod startup;
mod state;
mod stats;
mod store;
mod telemetry;
mod template;
mod why;

#[cfg(feature = "bench")]
pub use alerts::full as alert_rules;
#[cfg(feature = "bench")]
pub use history::full;
