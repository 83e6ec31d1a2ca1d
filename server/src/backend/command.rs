//! What people change: each command carries who, is decided by the collector, and is answered once
//! every reader can see it.

use super::BackendFor;
use crate::collector::{Command, CommandError, Fleet};
use forewatch::alert::{AlertCommand, ManualAlert};
use forewatch::event::Actor;
use forewatch::{Alert, AlertId, EventId};
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
        let alert = self.state.intake.command(command, key).await?;
        let is_seen =
            |fleet: &Fleet| fleet.alerts.get(&alert.alert_id).is_some_and(|seen| seen.updated_at >= alert.updated_at);
        self.state.until_published(is_seen).await;
        Ok(alert)
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

    #[test]
    fn texts_are_bounded_and_a_comment_says_something() {
        assert!(check(&AlertCommand::Comment { text: " \n".to_owned() }).is_err());
        assert!(check(&AlertCommand::Comment { text: "x".repeat(MAX_TEXT + 1) }).is_err());
        assert!(check(&AlertCommand::Resolve { note: Some("ü".repeat(MAX_TEXT)) }).is_ok());
        assert!(check(&AlertCommand::Resolve { note: None }).is_ok());
    }
}
