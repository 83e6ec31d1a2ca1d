//! The whole server, as its users meet it: the program itself on a free port with a store of its own,
//! asked over HTTP. Each test has its own server; see [`server`].
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// What the unit tests of the senders read with.
#[allow(dead_code, reason = "they ask for more of it")]
#[path = "../../src/notify/send/tests/alertmanager.rs"]
mod alertmanager;
mod alerts;
mod backup;
mod bad_input;
mod batches;
mod celery;
mod celery_gaps;
mod celery_hostile;
mod celery_kill;
mod control;
mod crashes;
mod dead_host;
mod export;
mod families;
mod full_disk;
mod guards;
mod limits;
#[allow(dead_code, reason = "the unit tests ask for more of it")]
#[path = "../../src/notify/send/tests/mail_server.rs"]
mod mail_server;
mod mailed_reports;
mod metrics;
mod notifications;
mod objectives;
mod outages;
mod pages;
mod python;
mod queries;
mod readiness;
#[allow(dead_code, reason = "the unit tests ask for more of it")]
#[path = "../../src/notify/send/tests/receiver.rs"]
mod receiver;
mod receivers;
mod redis;
mod redis_store;
mod refusals;
mod remote_write;
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
mod told_after_kills;
mod trends;
mod why;
mod workers;
