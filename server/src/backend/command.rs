//! What people change: each command carries who, is decided by the collector, and is answered once
//! every reader can see it.

use super::BackendFor;
use crate::collector::{Command, CommandError, Fleet, IntakeError, clock, until_published};
use crate::store::Records;
use chrono::{DateTime, Utc};
use forewatch::alert::{AlertCommand, ManualAlert};
use forewatch::event::Actor;
use forewatch::{Alert, AlertId, EventId, format, time};

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
        self.carry_out(Command::Handle { alert_id, actor, command }, key).await
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
        let alert = match self.state.intake.command(command, key).await {
            Ok(alert) => alert,
            Err(refusal @ (CommandError::NotFound(_) | CommandError::Repeated(_))) => {
                let (records, now) = (self.state.records.clone(), clock());
                let past = tokio::task::spawn_blocking(move || in_records(&*records, refusal, now)).await;
                return past.unwrap_or(Err(IntakeError::Stopped.into()));
            }
            Err(refusal) => return Err(refusal),
        };
        let is_seen =
            |fleet: &Fleet| fleet.alerts.get(&alert.alert_id).is_some_and(|seen| seen.updated_at >= alert.updated_at);
        self.state.until_published(is_seen).await;
        Ok(alert)
    }
}

/// What is answered of an alert that is not live. One in the records is the answer to a command that was carried out
/// before; any other command cannot be done to it.
fn in_records(records: &dyn Records, refusal: CommandError, now: DateTime<Utc>) -> Result<Alert, CommandError> {
    let (CommandError::NotFound(id) | CommandError::Repeated(id)) = &refusal else { return Err(refusal) };
    let recorded = records.alert(id).map_err(|error| {
        tracing::error!(%error, "the records could not be read");
        IntakeError::Journal("the store does not answer".to_owned())
    })?;
    match (recorded, refusal) {
        (Some(alert), CommandError::Repeated(_)) => Ok(alert),
        (Some(alert), _) => {
            let ended = alert.resolved_at.unwrap_or(alert.updated_at);
            let ago = format::age(time::seconds_between(ended, now).max(0.0));
            let reason = format!("it was resolved {ago} ago and is kept for reading only");
            Err(CommandError::Conflict { reason, alert: Box::new(alert) })
        }
        (None, refusal) => Err(refusal),
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
    /// Waits until readers see a state that fits, so that who changed something can read it back.
    pub(crate) async fn until_published(&self, fits: impl Fn(&Fleet) -> bool) {
        until_published(&self.fleet, fits).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Projection;
    use crate::store::sqlite::{self, Place};
    use std::sync::Arc;

    #[test]
    fn of_an_alert_that_has_left_the_live_list_a_repeated_command_answers_and_a_new_one_is_a_conflict() {
        let mut parts = sqlite::open(&Place::temporary().expect("a folder")).expect("a store");
        let alert: Alert = serde_json::from_str(include_str!("../../../tests/golden/alert.json")).expect("an alert");
        parts.projection.write(&[], &[Arc::new(alert.clone())], &[], 0).expect("it can be written");
        let ask = |refusal| in_records(&parts.records, refusal, clock());
        match ask(CommandError::NotFound(alert.alert_id.clone())) {
            Err(CommandError::Conflict { reason, alert: now }) => {
                assert_eq!(*now, alert);
                assert!(reason.contains("for reading only"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(ask(CommandError::Repeated(alert.alert_id.clone())).expect("it was carried out"), alert);
        let unknown = AlertId::new("01ARZ3NDEKTSV4RRFFQ69G5FAV").expect("valid");
        assert!(matches!(ask(CommandError::NotFound(unknown)), Err(CommandError::NotFound(_))));
    }

    #[test]
    fn texts_are_bounded_and_a_comment_says_something() {
        assert!(check(&AlertCommand::Comment { text: " \n".to_owned() }).is_err());
        assert!(check(&AlertCommand::Comment { text: "x".repeat(MAX_TEXT + 1) }).is_err());
        assert!(check(&AlertCommand::Resolve { note: Some("ü".repeat(MAX_TEXT)) }).is_ok());
        assert!(check(&AlertCommand::Resolve { note: None }).is_ok());
    }
}
