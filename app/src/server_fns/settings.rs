//! What the settings page shows.

use super::codec::Json;
use crate::backend::{BackendError, Snapshot, Storage};
use forewatch::Timestamp;
use forewatch::source::SourceStatus;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How Forewatch itself is set up and doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingsData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// Its version.
    pub version: String,
    /// Who is signed in.
    pub actor: String,
    /// Where events come from.
    pub sources: Snapshot<Vec<SourceStatus>>,
    /// What is kept.
    pub storage: Storage,
}

/// How Forewatch itself is set up and doing.
#[server(name = LoadSettings, prefix = "/api/ui", endpoint = "settings", output = Json)]
pub async fn load_settings() -> Result<SettingsData, BackendError> {
    let backend = super::backend()?;
    let frame = backend.frame().await?;
    let (sources, storage) = (backend.sources().await?, backend.storage().await?);
    Ok(SettingsData { now: frame.now, version: frame.version, actor: frame.actor, sources, storage })
}
