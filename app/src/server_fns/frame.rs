//! What the frame around every page needs.

use super::codec::Json;
use crate::backend::{BackendError, Frame, Snapshot};
use forewatch::{Alert, SystemMetrics};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The frame, and the alerts that its counts and toasts follow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrameData {
    /// Who, where, which version.
    pub frame: Frame,
    /// The system, for the counts of the navigation.
    pub system: Snapshot<SystemMetrics>,
    /// Alerts that are not resolved.
    pub alerts: Snapshot<Vec<Alert>>,
}

/// What the frame around every page needs.
#[server(name = LoadFrame, prefix = "/api/ui", endpoint = "frame", output = Json)]
pub async fn load_frame() -> Result<FrameData, BackendError> {
    let backend = super::backend()?;
    Ok(FrameData {
        frame: backend.frame().await?,
        system: backend.system().await?,
        alerts: super::live_alerts(&*backend).await?,
    })
}
