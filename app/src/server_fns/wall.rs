//! What the screen across the room shows, in one answer.

use super::codec::Json;
use super::overview::OverviewData;
#[cfg(feature = "ssr")]
use super::overview::load_overview;
use crate::backend::{BackendError, Snapshot};
use crate::roster::RosterCounts;
#[cfg(feature = "ssr")]
use crate::roster::is_well;
use forewatch::WorkerSummary;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Workers that are not well and come with the page at most. The rest arrives over the live socket.
pub const FIRST_UNWELL: usize = 12;

/// Everything that the wall shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WallData {
    /// What the overview shows.
    pub overview: OverviewData,
    /// At most [`FIRST_UNWELL`] workers, of those that are not well.
    pub unwell: Snapshot<Vec<WorkerSummary>>,
    /// Every worker, counted.
    pub counts: RosterCounts,
}

/// Everything that the wall shows.
#[server(name = LoadWall, prefix = "/api/ui", endpoint = "wall", output = Json)]
pub async fn load_wall() -> Result<WallData, BackendError> {
    let overview = load_overview().await?;
    let mut unwell = super::backend()?.workers().await?;
    let counts = RosterCounts::of(&unwell.data, overview.now);
    unwell.data.retain(|worker| !is_well(worker, overview.now));
    unwell.data.truncate(FIRST_UNWELL);
    Ok(WallData { overview, unwell, counts })
}
