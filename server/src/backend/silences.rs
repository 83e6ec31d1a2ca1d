//! Silences, made and ended by people.

use super::BackendFor;
use crate::collector::{Fleet, SilenceCommand, SilenceError, clock};
use crate::error::ApiError;
use app::backend::BackendError;
use forewatch::silence::{NewSilence, Silence};
use forewatch::{EventId, SilenceId};

impl BackendFor {
    /// Silences alerts. The same `key` again changes nothing.
    pub(crate) async fn make_silence(&self, silence: NewSilence, key: Option<EventId>) -> Result<Silence, ApiError> {
        let actor = self.person()?.clone();
        Ok(self.carry_out_silence(SilenceCommand::Make { actor, silence }, key).await?)
    }

    /// Ends a silence before its time.
    pub(crate) async fn end_silence(&self, silence_id: SilenceId, key: Option<EventId>) -> Result<Silence, ApiError> {
        let actor = self.person()?.clone();
        Ok(self.carry_out_silence(SilenceCommand::End { actor, silence_id }, key).await?)
    }

    /// Silences that hold or will hold, those first that end first.
    pub(super) fn silences_now(&self) -> Result<Vec<Silence>, BackendError> {
        let (fleet, now) = (self.published()?.fleet, clock());
        let silences = fleet.silences.values().map(|silence| Silence::clone(silence));
        let mut silences: Vec<_> = silences.filter(|silence| now < silence.ends_at).collect();
        silences.sort_by_key(|silence| silence.ends_at);
        Ok(silences)
    }

    pub(super) async fn carry_out_silence(
        &self,
        command: SilenceCommand,
        key: Option<EventId>,
    ) -> Result<Silence, SilenceError> {
        let silence = self.state.intake.silence(command, key).await?;
        let is_seen = |fleet: &Fleet| fleet.silences.get(&silence.silence_id).is_some_and(|seen| **seen == silence);
        self.state.until_published(is_seen).await;
        Ok(silence)
    }
}

impl From<SilenceError> for ApiError {
    fn from(error: SilenceError) -> Self {
        match error {
            SilenceError::NotFound(_) | SilenceError::Repeated => Self::not_found(error.to_string()),
            SilenceError::Conflict(reason) => Self::conflict(reason, None),
            SilenceError::Invalid { pointer, reason } => Self::field(pointer, reason),
            SilenceError::Intake(error) => error.into(),
        }
    }
}

impl From<SilenceError> for BackendError {
    fn from(error: SilenceError) -> Self {
        match error {
            SilenceError::NotFound(_) | SilenceError::Repeated => Self::NotFound(error.to_string()),
            SilenceError::Conflict(reason) => Self::Conflict(reason),
            SilenceError::Invalid { pointer, reason } => {
                Self::Invalid(format!("{}: {reason}.", pointer.trim_start_matches('/')))
            }
            SilenceError::Intake(error) => Self::Unavailable(error.to_string()),
        }
    }
}
