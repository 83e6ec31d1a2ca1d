//! People's commands, decided in log order: journalled, applied, and answered once everyone can see them.

use super::silence::{self, SilenceCommand, SilenceError};
use super::{Collector, Command, CommandError, IntakeError, alert, clock, own_source};
use forewatch::silence::Silence;
use forewatch::{Alert, AlertId, Event, EventId};

impl Collector {
    /// Decides a person's command in log order, journals and applies it.
    pub(super) fn decide(&mut self, command: &Command, key: Option<EventId>) -> Result<Alert, CommandError> {
        if let Some(about) = key.as_ref().and_then(|key| self.fleet.commands.about(key)) {
            let live = self.fleet.alerts.get(about).map(|alert| Alert::clone(alert));
            let id = || AlertId::new(about).map_err(|error| CommandError::Invalid(error.to_string()));
            return live.map_or_else(|| Err(CommandError::Repeated(id()?)), Ok);
        }
        let now = clock();
        let (id, body) = alert::check(&self.fleet, command, now)?;
        let event = Event { event_id: key, source: own_source(), at: now, received_at: now, body };
        self.write(&[event]).map_err(|error| IntakeError::Journal(error.to_string()))?;
        // What a person does is seen at once, by everyone.
        let answer = self.fleet.alerts.get(&id).map(|alert| Alert::clone(alert));
        self.publish();
        answer.ok_or(CommandError::NotFound(id))
    }

    /// Makes or ends a silence for a person, in log order.
    pub(super) fn decide_silence(
        &mut self,
        command: &SilenceCommand,
        key: Option<EventId>,
    ) -> Result<Silence, SilenceError> {
        if let Some(about) = key.as_ref().and_then(|key| self.fleet.commands.about(key)) {
            let known = self.fleet.silences.get(about).map(|silence| Silence::clone(silence));
            return known.ok_or(SilenceError::Repeated);
        }
        let now = clock();
        let (id, body) = silence::check(&self.fleet, command, now)?;
        let event = Event { event_id: key, source: own_source(), at: now, received_at: now, body };
        self.write(&[event]).map_err(|error| IntakeError::Journal(error.to_string()))?;
        let made = self.fleet.silences.get(&id).map(|silence| Silence::clone(silence));
        self.publish();
        made.ok_or(SilenceError::NotFound(id))
    }
}
