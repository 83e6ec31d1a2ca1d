//! A store as full as it gets, for measurements (feature `bench`): an hour of a simulated fleet takes the usual way, and
//! its blocks then fill every tier as far back as it is kept. And whether a store that was treated badly has all it must.

mod ask;
mod fill;
mod tiers;
mod verify;

pub use super::check::Checked;
pub use ask::{Asked, ask};
pub use fill::{Filled, fill};
pub use verify::{Verified, verify};

use super::head::Limits;
use super::kept::Kept;
use crate::config;
use crate::store::{self, Store};
use chrono::TimeDelta;
use std::path::Path;

const LIMITS: Limits = Limits { series_per_subject: 4_096, series: 1_000_000, samples: 20_000_000 };

/// As long as the configuration says when it says nothing.
fn kept() -> Kept {
    let days = TimeDelta::days;
    Kept { samples: days(1), minutes: days(7), hours: days(90), days: days(730) }
}

/// Opens the store at `url`, which nobody uses. What of it lies on this machine's disk in any case lies in `folder`.
fn open(url: &str, folder: &Path) -> anyhow::Result<Store> {
    let url = url.parse().map_err(anyhow::Error::msg)?;
    Ok(store::open(&config::Store { url: Some(url), ..config::Store::default() }, folder, kept())?)
}
