//! What runs on a GPU host: it reads the host and its GPUs, and reports to Forewatch.
//!
//! What it is for: [`probe`] reads this host, [`report`] tells people what can be read and why not the rest,
//! [`run`] keeps a server informed and survives it being away, [`simulate`] makes a whole fleet up. What it owns:
//! the probe's handles (sysinfo, NVML), the spool on disk, the simulated fleet. What it never does: it keeps no
//! history and judges nothing; the server does.
//!
//! # Inside the server (`--local-agent`)
//!
//! [`probe::Probe`] does no HTTP and starts no runtime. It blocks (NVML takes up to 40 ms a device), so it lives
//! on a thread of its own:
//!
//! ```no_run
//! use chrono::Utc;
//! use forewatch_agent::probe::{Probe, Settings};
//! use std::time::Duration;
//!
//! let interval = Duration::from_secs(10);
//! let mut probe = Probe::start(Settings { interval, ..Settings::default() });
//! let registration = probe.registration(); // an EventBody::WorkerRegistered
//! loop {
//!     std::thread::sleep(interval);
//!     let reading = probe.read();
//!     let heartbeat = probe.heartbeat(reading, Utc::now()); // an EventBody::WorkerHeartbeat
//!     # let _ = (&registration, heartbeat);
//! }
//! ```
//!
//! `Probe::start` never fails: what cannot be read is absent, and [`probe::Probe::missing`] says why. A driver
//! that is loaded later is found later; the registration then differs from the one before and is sent again.
#![warn(missing_docs)]

mod backoff;
pub mod cli;
pub mod client;
pub mod identity;
pub mod probe;
pub mod report;
pub mod run;
pub mod simulate;
pub mod stop;
