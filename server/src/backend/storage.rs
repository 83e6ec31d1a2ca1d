//! What the store keeps and takes, for the settings page.

use super::BackendFor;
use super::past::beside;
use crate::cli::Serve;
use crate::config::StoreUrl;
use crate::history::Tier;
use app::backend::{BackendError, Kept, Storage};
use std::time::Duration;

impl BackendFor {
    /// What is kept, for how long, and what it takes.
    pub(super) async fn storage_now(&self) -> Result<Storage, BackendError> {
        self.person()?;
        let (records, history) = (self.state.records.clone(), self.state.history.clone());
        let sizes = beside(move || (records.sizes(), history.sizes())).await?;
        let (files, tiers) = (sizes.0, sizes.1.unwrap_or_default());
        let kept = &self.state.config.retention;
        let of_tier = |tier| tiers.iter().find(|size| size.tier == tier).map(|size| size.bytes);
        let row = |what: &str, key: &str, span: Duration, bytes| Kept {
            what: what.to_owned(),
            key: key.to_owned(),
            seconds: span.as_secs_f64(),
            bytes,
        };
        Ok(Storage {
            place: place(self.state.config.store.url.as_ref()),
            files: files
                .iter()
                .filter(|(_, bytes)| *bytes > 0)
                .map(|(name, bytes)| ((*name).to_owned(), *bytes))
                .collect(),
            kept: vec![
                row("Events as they came in", "log", kept.log, None),
                row("Tasks that have ended", "tasks", kept.tasks, None),
                row("Alerts that are resolved", "alerts", kept.alerts, None),
                row("Readings as they came in", "samples", kept.samples, of_tier(Tier::Raw)),
                row("Readings by the minute", "minutes", kept.minutes, of_tier(Tier::Minute)),
                row("Readings and statistics by the hour", "hours", kept.hours, of_tier(Tier::Hour)),
                row("Readings and statistics by the day", "days", kept.days, of_tier(Tier::Day)),
            ],
            outage: self.state.health.outage(),
        })
    }
}

/// Where the store lies, without secrets.
fn place(url: Option<&StoreUrl>) -> String {
    match url {
        Some(StoreUrl::Sqlite(path)) => format!("sqlite:{}", path.display()),
        Some(StoreUrl::Redis(address)) => address.shown().to_owned(),
        Some(StoreUrl::Memory) => "memory: nothing is kept when Forewatch ends".to_owned(),
        None => format!("sqlite:{}", Serve::default_store().display()),
    }
}
