//! People's commands, decided in log order: journalled, applied, and answered once everyone can see them.

use super::control::{self, Admitted, ControlError};
use super::silence::{self, SilenceCommand, SilenceError};
use super::{Collector, Command, CommandError, IntakeError, alert, clock, own_source};
use crate::alerts::alert_id;
use forewatch::control::ControlCommand;
use forewatch::event::Actor;
use forewatch::silence::Silence;
use forewatch::{Alert, AlertId, ControlId, Event, EventBody, EventId};

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

    /// Takes down what a person asks of workers, in log order: all of it, or none.
    pub(super) fn admit(
        &mut self,
        actor: &Actor,
        commands: &[ControlCommand],
        key: Option<EventId>,
    ) -> Result<Admitted, ControlError> {
        if let Some(about) = key.as_ref().and_then(|key| self.fleet.commands.about(key)) {
            let known = self.fleet.controls.iter().find(|record| &*record.control_id == about);
            return Ok(Admitted::Before(known.map(|record| Box::new((**record).clone()))));
        }
        let now = clock();
        for command in commands {
            control::check(&self.fleet, command, now)?;
        }
        let mut key = key;
        let (mut ids, mut events) = (Vec::new(), Vec::new());
        for (place, command) in commands.iter().enumerate() {
            let seed = format!("control {} {} {place}", actor.name, self.fleet.sequence);
            let id = ControlId::new(&*alert_id(now, &seed)).expect("a ULID is 26 letters and digits");
            let (actor, command) = (actor.clone(), command.clone());
            let body = EventBody::ControlAsked { control_id: id.clone(), actor, command };
            events.push(Event { event_id: key.take(), source: own_source(), at: now, received_at: now, body });
            ids.push(id);
        }
        self.write(&events).map_err(|error| IntakeError::Journal(error.to_string()))?;
        self.publish();
        Ok(Admitted::New(ids))
    }
}
