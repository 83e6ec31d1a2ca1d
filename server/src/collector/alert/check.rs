//! Whether a person's command can be done now, and the event that it becomes.

use crate::alerts::alert_id;
use crate::collector::{Command, CommandError, Fleet};
use chrono::{DateTime, Utc};
use forewatch::alert::{Alert, AlertCommand, ManualAlert};
use forewatch::event::Actor;
use forewatch::{AlertId, AlertState, EventBody, format, time};

/// Characters of a note or comment.
const NOTE: usize = 2_000;
/// Characters of a title.
const TITLE: usize = 200;
/// Characters of a description.
const DESCRIPTION: usize = 4_000;

/// Decides a command: the alert that it is about, and its event. The fleet is as of everything that came before it.
pub(crate) fn check(
    fleet: &Fleet,
    command: &Command,
    now: DateTime<Utc>,
) -> Result<(AlertId, EventBody), CommandError> {
    match command {
        Command::Handle { alert_id, actor, command } => {
            let alert = find(fleet, alert_id)?;
            handle(fleet, alert, actor, command, now)?;
            let (alert_id, actor, command) = (alert_id.clone(), actor.clone(), command.clone());
            Ok((alert_id.clone(), EventBody::AlertCommanded { alert_id, actor, command }))
        }
        Command::Raise { actor, alert } => {
            raise(alert)?;
            let seed = format!("{} {} {}", actor.name, alert.title, fleet.sequence);
            let alert_id = alert_id(now, &seed);
            let (actor, alert) = (actor.clone(), alert.clone());
            Ok((alert_id.clone(), EventBody::AlertRaised { alert_id, actor, alert }))
        }
    }
}

fn find<'a>(fleet: &'a Fleet, id: &AlertId) -> Result<&'a Alert, CommandError> {
    fleet.alerts.get(id).map(AsRef::as_ref).ok_or_else(|| CommandError::NotFound(id.clone()))
}

fn handle(
    fleet: &Fleet,
    alert: &Alert,
    actor: &Actor,
    command: &AlertCommand,
    now: DateTime<Utc>,
) -> Result<(), CommandError> {
    let conflict = |reason: String| Err(CommandError::Conflict { reason, alert: Box::new(alert.clone()) });
    let over = alert.state == AlertState::Resolved;
    match command {
        AlertCommand::Acknowledge { note, until } => {
            length("note", note.as_deref().unwrap_or(""), 0, NOTE)?;
            if until.is_some_and(|until| until <= now) {
                return Err(CommandError::Invalid(
                    "`until` lies in the past: give a time that is still to come".to_owned(),
                ));
            }
            match &alert.acknowledged_by {
                _ if over => conflict(ended(alert, now)),
                Some(by) if *by != actor.name => {
                    conflict(format!("{by} acknowledged it {} ago", ago(alert.acknowledged_at, now)))
                }
                _ => Ok(()),
            }
        }
        AlertCommand::Unacknowledge if over => conflict(ended(alert, now)),
        AlertCommand::Unacknowledge if !alert.acknowledged => conflict("nobody has acknowledged it".to_owned()),
        AlertCommand::Resolve { note } => {
            length("note", note.as_deref().unwrap_or(""), 0, NOTE)?;
            if over { conflict(ended(alert, now)) } else { Ok(()) }
        }
        AlertCommand::Reopen if !over => conflict("it is open".to_owned()),
        AlertCommand::Reopen if has_open(fleet, &alert.fingerprint) => {
            conflict("a newer alert of the same condition is open: handle that one".to_owned())
        }
        AlertCommand::Reopen if !alert.condition_true && alert.metric_name.is_some() => {
            conflict("its condition has cleared: it opens by itself when it is true again".to_owned())
        }
        AlertCommand::Comment { text } => length("text", text, 1, NOTE),
        AlertCommand::Unacknowledge | AlertCommand::Reopen => Ok(()),
    }
}

/// Whether a condition has an open episode.
fn has_open(fleet: &Fleet, fingerprint: &str) -> bool {
    fleet.alerts.values().any(|alert| alert.fingerprint == fingerprint && alert.state != AlertState::Resolved)
}

fn ended(alert: &Alert, now: DateTime<Utc>) -> String {
    let ago = ago(alert.resolved_at, now);
    match &alert.resolved_by {
        Some(by) => format!("{by} resolved it {ago} ago"),
        None => format!("its condition cleared {ago} ago, and it is resolved"),
    }
}

fn ago(then: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    format::age(then.map_or(0.0, |then| time::seconds_between(then, now).max(0.0)))
}

fn raise(alert: &ManualAlert) -> Result<(), CommandError> {
    length("title", &alert.title, 1, TITLE)?;
    length("description", &alert.description, 0, DESCRIPTION)?;
    length("component_id", &alert.component_id, 1, 255)?;
    if alert.tags.len() > 20 || alert.tags.iter().any(|tag| tag.chars().count() > 100) {
        return Err(CommandError::Invalid("`tags` holds at most 20 labels of at most 100 characters".to_owned()));
    }
    Ok(())
}

fn length(field: &str, text: &str, least: usize, most: usize) -> Result<(), CommandError> {
    let chars = text.trim().chars().count();
    if chars < least || text.chars().count() > most {
        return Err(CommandError::Invalid(format!("`{field}` must have {least} to {most} characters, not {chars}")));
    }
    Ok(())
}
