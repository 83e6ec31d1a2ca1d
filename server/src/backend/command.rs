//! What people change: each command carries who, is decided by the collector, and is answered once
//! every reader can see it.

use super::BackendFor;
use crate::collector::{Command, CommandError, Fleet, IntakeError, clock};
use crate::store::Records;
use chrono::{DateTime, Utc};
use forewatch::alert::{AlertCommand, ManualAlert};
use forewatch::event::Actor;
use forewatch::{Alert, AlertId, EventId, format, time};
use std::time::Duration;

/// The longest note or comment, in characters.
pub(crate) const MAX_TEXT: usize = 2_000;

impl BackendFor {
    /// Does something with an alert. The same `key` again changes nothing.
    pub(crate) async fn handle(
        &self,
        alert_id: AlertId,
        command: AlertCommand,
        key: Option<EventId>,
    ) -> Result<Alert, CommandError> {
        check(&command).map_err(CommandError::Invalid)?;
        let actor = self.commander()?;
        match self.carry_out(Command::Handle { alert_id, actor, command }, key).await {
            Err(CommandError::NotFound(id)) => {
                let (records, now) = (self.state.records.clone(), clock());
                let past = tokio::task::spawn_blocking(move || in_records(&*records, id, now)).await;
                Err(past.unwrap_or(CommandError::Intake(IntakeError::Stopped)))
            }
            answer => answer,
        }
    }

    /// Raises an alert by hand.
    pub(crate) async fn raise(&self, alert: ManualAlert, key: Option<EventId>) -> Result<Alert, CommandError> {
        let actor = self.commander()?;
        self.carry_out(Command::Raise { actor, alert }, key).await
    }

    fn commander(&self) -> Result<Actor, CommandError> {
        self.person().cloned().map_err(|error| CommandError::Invalid(error.to_string()))
    }

    async fn carry_out(&self, command: Command, key: Option<EventId>) -> Result<Alert, CommandError> {
        let alert = self.state.intake.command(command, key).await?;
        let is_seen =
            |fleet: &Fleet| fleet.alerts.get(&alert.alert_id).is_some_and(|seen| seen.updated_at >= alert.updated_at);
        self.state.until_published(is_seen).await;
        Ok(alert)
    }
}

/// Why nothing can be done with an alert that is not live: it is in the records, or nowhere.
fn in_records(records: &dyn Records, id: AlertId, now: DateTime<Utc>) -> CommandError {
    match records.alert(&id) {
        Ok(Some(alert)) => {
            let ended = alert.resolved_at.unwrap_or(alert.updated_at);
            let ago = format::age(time::seconds_between(ended, now).max(0.0));
            let reason = format!("it was resolved {ago} ago and is kept for reading only");
            CommandError::Conflict { reason, alert: Box::new(alert) }
        }
        Ok(None) => CommandError::NotFound(id),
        Err(error) => {
            tracing::error!(%error, "the records could not be read");
            CommandError::Intake(IntakeError::Journal("the store does not answer".to_owned()))
        }
    }
}

/// Checks the texts of a command.
fn check(command: &AlertCommand) -> Result<(), String> {
    let text = match command {
        AlertCommand::Acknowledge { note, .. } | AlertCommand::Resolve { note } => note.as_deref(),
        AlertCommand::Comment { text } if text.trim().is_empty() => {
            return Err("the comment is empty: say something".to_owned());
        }
        AlertCommand::Comment { text } => Some(text.as_str()),
        AlertCommand::Unacknowledge | AlertCommand::Reopen => None,
    };
    match text.map(|text| text.chars().count()) {
        Some(length) if length > MAX_TEXT => {
            Err(format!("the text has {length} characters: at most {MAX_TEXT} are taken"))
        }
        _ => Ok(()),
    }
}

impl crate::state::AppState {
    /// Waits until readers see a state that fits, so that who changed something can read it back; not
    /// longer than a second, since a state that never comes must not hold anybody up.
    pub(crate) async fn until_published(&self, fits: impl Fn(&Fleet) -> bool) {
        const STEP: Duration = Duration::from_millis(20);
        for _ in 0..50 {
            if fits(&self.fleet.load()) {
                return;
            }
            tokio::time::sleep(STEP).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Projection;
    use crate::store::sqlite::{self, Place};
    use std::sync::Arc;

    #[test]
    fn an_alert_that_has_left_the_live_list_is_a_conflict_that_holds_it_and_an_unknown_one_is_not_found() {
        let mut parts = sqlite::open(&Place::temporary().expect("a folder")).expect("a store");
        let alert: Alert = serde_json::from_str(include_str!("../../../tests/golden/alert.json")).expect("an alert");
        parts.projection.write(&[], &[Arc::new(alert.clone())], &[]).expect("it can be written");
        match in_records(&parts.records, alert.alert_id.clone(), clock()) {
            CommandError::Conflict { reason, alert: now } => {
                assert_eq!(*now, alert);
                assert!(reason.contains("for reading only"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
        let unknown = AlertId::new("01ARZ3NDEKTSV4RRFFQ69G5FAV").expect("valid");
        assert!(matches!(in_records(&parts.records, unknown, clock()), CommandError::NotFound(_)));
    }

    #[test]
    fn texts_are_bounded_and_a_comment_says_something() {
        assert!(check(&AlertCommand::Comment { text: " \n".to_owned() }).is_err());
        assert!(check(&AlertCommand::Comment { text: "x".repeat(MAX_TEXT + 1) }).is_err());
        assert!(check(&AlertCommand::Resolve { note: Some("ü".repeat(MAX_TEXT)) }).is_ok());
        assert!(check(&AlertCommand::Resolve { note: None }).is_ok());
    }
}
