//! What the settings page shows, and what its forms do. Each is the target of a plain form, too: the server then leads
//! back to the page.

use super::codec::Json;
use crate::backend::{Access, BackendError, RuleAsked, Snapshot, Storage};
use forewatch::Timestamp;
use forewatch::notification::{ChannelStatus, Delivery};
use forewatch::rule::{RuleStatus, RuleTrial};
use forewatch::silence::Silence;
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
    /// How people and workers get in.
    pub access: Access,
    /// What raises alerts.
    pub rules: Vec<RuleStatus>,
    /// Of which alerts nobody is told.
    pub silences: Vec<Silence>,
    /// By which ways people are told.
    pub channels: Vec<ChannelStatus>,
    /// What they were told last.
    pub deliveries: Vec<Delivery>,
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
    Ok(SettingsData {
        now: frame.now,
        version: frame.version,
        access: backend.access()?,
        rules: backend.rule_book().await?,
        silences: backend.silences().await?,
        channels: backend.channels().await?,
        deliveries: backend.deliveries(None).await?,
        sources: backend.sources().await?,
        storage: backend.storage().await?,
    })
}

/// What a rule would have done in the last seven days.
#[server(name = TryRule, prefix = "/api/ui", endpoint = "try-rule", input = Json, output = Json)]
pub async fn try_rule(asked: RuleAsked) -> Result<RuleTrial, BackendError> {
    super::backend()?.try_rule(asked).await
}

/// Silences alerts for some hours. Empty fields ask for nothing; `*` stands for any text, a `!` before it means "not".
#[server(name = MakeSilence, prefix = "/api/ui", endpoint = "silence", output = Json)]
pub async fn make_silence(
    #[server(default)] rule: String,
    #[server(default)] component_id: String,
    #[server(default)] worker: String,
    #[server(default)] queue: String,
    hours: u32,
    comment: String,
) -> Result<Silence, BackendError> {
    use forewatch::silence::{Matcher, NewSilence};

    let backend = super::backend()?;
    let asked = [("rule", rule), ("component_id", component_id), ("worker", worker), ("queue", queue)];
    let asked = asked.iter().map(|(label, text)| (*label, text.trim())).filter(|(_, text)| !text.is_empty());
    let matchers: Vec<_> = asked.map(|(label, text)| Matcher::of(label, text)).collect();
    if matchers.is_empty() {
        let text = "Say which alerts are silenced: by their rule, what they are about, their worker or their queue.";
        return Err(BackendError::Invalid(text.to_owned()));
    }
    let lasts = chrono::TimeDelta::hours(i64::from(hours));
    let too_long = || BackendError::Invalid("hours: at most a year's.".to_owned());
    let ends_at = backend.frame().await?.now.checked_add_signed(lasts).ok_or_else(too_long)?;
    let comment = comment.trim().to_owned();
    backend.silence(NewSilence { matchers, starts_at: None, ends_at, comment }).await
}

/// Ends a silence before its time.
#[server(name = EndSilence, prefix = "/api/ui", endpoint = "end-silence", output = Json)]
pub async fn end_silence(id: String) -> Result<Silence, BackendError> {
    let id = forewatch::SilenceId::new(&id).map_err(|e| BackendError::NotFound(format!("No silence: its id {e}.")))?;
    super::backend()?.unsilence(id).await
}

/// Sends a test by a channel.
#[server(name = TestChannel, prefix = "/api/ui", endpoint = "test-channel", output = Json)]
pub async fn test_channel(name: String) -> Result<Delivery, BackendError> {
    super::backend()?.test_channel(name).await
}

/// Sends again what was given up.
#[server(name = SendAgain, prefix = "/api/ui", endpoint = "send-again", output = Json)]
pub async fn send_again(id: String) -> Result<Delivery, BackendError> {
    super::backend()?.send_again(id).await
}
