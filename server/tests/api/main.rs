//! The whole server, as its users meet it: the program itself on a free port with a store of its own,
//! asked over HTTP. Each test has its own server; see [`server`].
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alerts;
mod backup;
mod bad_input;
mod batches;
mod celery;
mod crashes;
mod export;
mod full_disk;
mod guards;
mod limits;
mod metrics;
mod notifications;
mod pages;
mod python;
mod queries;
mod readiness;
mod redis;
mod redis_store;
mod refusals;
mod reports;
mod reports_kept;
mod rules;
mod senders;
mod server;
mod shared;
mod silences;
mod site;
mod socket;
mod start;
mod stats;
mod tables;
mod task_topic;
mod trends;
mod workers;
