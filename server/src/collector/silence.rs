//! Silences: whether one can be made or ended now, and what that does to the state.

use super::fleet::Fleet;
use super::intake::IntakeError;
use crate::alerts::alert_id;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::event::Actor;
use forewatch::silence::{Matcher, NewSilence, Silence};
use forewatch::{EventBody, SilenceId, format, time};
use std::sync::Arc;

/// A silence that is over is kept for this long.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Silences at most, with those that are over and still kept.
const MOST: usize = 1_000;
const MATCHERS: usize = 20;
const VALUE: usize = 255;
const COMMENT: usize = 2_000;
/// A silence lasts this long at most.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// What a person asks for.
#[derive(Debug, Clone)]
pub(crate) enum SilenceCommand {
    Make { actor: Actor, silence: NewSilence },
    End { actor: Actor, silence_id: SilenceId },
}

/// Why that was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum SilenceError {
    #[error("there is no silence {0}: it may be long over")]
    NotFound(SilenceId),
    /// It was done before, under the same key, and the silence is long over.
    #[error("this was done before, and the silence is long over")]
    Repeated,
    /// It cannot be done in the present state.
    #[error("{0}")]
    Conflict(String),
    /// What is wrong, and with which field.
    #[error("{reason}")]
    Invalid { pointer: String, reason: String },
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

/// Decides a command: the silence that it is about, and its event.
pub(super) fn check(
    fleet: &Fleet,
    command: &SilenceCommand,
    now: DateTime<Utc>,
) -> Result<(SilenceId, EventBody), SilenceError> {
    match command {
        SilenceCommand::Make { actor, silence } => {
            valid(silence, now)?;
            if fleet.silences.len() >= MOST {
                return Err(SilenceError::Conflict(format!(
                    "there are {MOST} silences already, with those of the last day: wait, or use wider ones"
                )));
            }
            let seed = format!("silence {} {}", actor.name, fleet.sequence);
            let silence_id = SilenceId::new(&*alert_id(now, &seed)).expect("a ULID is 26 letters and digits");
            let (actor, silence) = (actor.clone(), silence.clone());
            Ok((silence_id.clone(), EventBody::SilenceMade { silence_id, actor, silence }))
        }
        SilenceCommand::End { actor, silence_id } => {
            let silence = fleet.silences.get(silence_id).ok_or_else(|| SilenceError::NotFound(silence_id.clone()))?;
            if silence.ends_at <= now {
                let ago = format::age(time::seconds_between(silence.ends_at, now).max(0.0));
                let reason = match &silence.ended_by {
                    Some(by) => format!("{by} ended it {ago} ago"),
                    None => format!("it was over {ago} ago"),
                };
                return Err(SilenceError::Conflict(reason));
            }
            let (silence_id, actor) = (silence_id.clone(), actor.clone());
            Ok((silence_id.clone(), EventBody::SilenceEnded { silence_id, actor }))
        }
    }
}

fn invalid<T>(pointer: &str, reason: impl Into<String>) -> Result<T, SilenceError> {
    Err(SilenceError::Invalid { pointer: pointer.to_owned(), reason: reason.into() })
}

fn valid(silence: &NewSilence, now: DateTime<Utc>) -> Result<(), SilenceError> {
    let starts = silence.starts_at.unwrap_or(now);
    if silence.ends_at <= now.max(starts) {
        return invalid("/ends_at", "lies before the silence could begin: give a time that is still to come");
    }
    if silence.ends_at - now > LONGEST {
        return invalid("/ends_at", "lies more than a year ahead: a silence has an end that somebody will see");
    }
    let chars = silence.comment.trim().chars().count();
    if chars == 0 || silence.comment.chars().count() > COMMENT {
        return invalid("/comment", format!("must have 1 to {COMMENT} characters, not {chars}: say why"));
    }
    if !(1..=MATCHERS).contains(&silence.matchers.len()) {
        return invalid("/matchers", format!("must be 1 to {MATCHERS}"));
    }
    for (place, matcher) in silence.matchers.iter().enumerate() {
        if !Matcher::LABELS.contains(&matcher.label.as_str()) {
            let known = Matcher::LABELS.join(", ");
            return invalid(&format!("/matchers/{place}/label"), format!("is no label of alerts: there are {known}"));
        }
        if matcher.value.is_empty() || matcher.value.chars().count() > VALUE {
            return invalid(&format!("/matchers/{place}/value"), format!("must have 1 to {VALUE} characters"));
        }
    }
    if !silence.matchers.iter().any(Matcher::is_positive) {
        return invalid("/matchers", "only say what alerts are not: one at least must say what they are");
    }
    Ok(())
}

/// A person made a silence.
pub(crate) fn apply_made(fleet: &mut Fleet, id: &SilenceId, actor: &Actor, made: &NewSilence, at: DateTime<Utc>) {
    if fleet.silences.contains_key(id) {
        return;
    }
    let silence = Silence {
        silence_id: id.clone(),
        matchers: made.matchers.clone(),
        starts_at: made.starts_at.unwrap_or(at),
        ends_at: made.ends_at,
        created_by: actor.name.clone(),
        created_at: at,
        comment: made.comment.clone(),
        ended_by: None,
    };
    fleet.silences.insert(id.clone(), Arc::new(silence));
}

/// A person ended one before its time.
pub(super) fn apply_ended(fleet: &mut Fleet, id: &SilenceId, actor: &Actor, at: DateTime<Utc>) {
    let Some(slot) = fleet.silences.get_mut(id).filter(|silence| at < silence.ends_at) else { return };
    let silence = Arc::make_mut(slot);
    silence.ends_at = at;
    silence.ended_by = Some(actor.name.clone());
}

/// Forgets what has been over for long enough.
pub(super) fn expire(fleet: &mut Fleet, now: DateTime<Utc>) {
    let over = fleet.silences.values().filter(|silence| now - silence.ends_at > KEPT);
    let over: Vec<SilenceId> = over.map(|silence| silence.silence_id.clone()).collect();
    for id in over {
        fleet.silences.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::silence::MatchOp;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a valid time")
    }

    fn asked(change: impl FnOnce(&mut NewSilence)) -> SilenceCommand {
        let matcher = Matcher { label: "queue".to_owned(), op: MatchOp::Like, value: "gpu_*".to_owned() };
        let mut silence =
            NewSilence { matchers: vec![matcher], starts_at: None, ends_at: at(600), comment: "deploy".to_owned() };
        change(&mut silence);
        SilenceCommand::Make { actor: Actor { name: "Mara".to_owned() }, silence }
    }

    fn made() -> (Fleet, SilenceId) {
        let mut fleet = Fleet::empty(at(0));
        let Ok((_, EventBody::SilenceMade { silence_id, actor, silence })) = check(&fleet, &asked(|_| ()), at(0))
        else {
            panic!("a silence can be made");
        };
        for _ in 0..2 {
            apply_made(&mut fleet, &silence_id, &actor, &silence, at(0));
        }
        assert_eq!(fleet.silences.len(), 1);
        (fleet, silence_id)
    }

    #[test]
    fn a_silence_ends_once_by_hand_or_by_itself_and_is_forgotten_a_day_later() {
        let (mut fleet, id) = made();
        let end = |by: &str| SilenceCommand::End { actor: Actor { name: by.to_owned() }, silence_id: id.clone() };
        check(&fleet, &end("Jon"), at(60)).expect("it holds");
        apply_ended(&mut fleet, &id, &Actor { name: "Jon".to_owned() }, at(60));
        let once = Silence::clone(&fleet.silences[&id]);
        assert_eq!(
            (once.ends_at, once.ended_by.as_deref(), once.holds(at(59)), once.holds(at(60))),
            (at(60), Some("Jon"), true, false)
        );
        apply_ended(&mut fleet, &id, &Actor { name: "Jon".to_owned() }, at(60));
        assert_eq!(*fleet.silences[&id], once);
        let refused = check(&fleet, &end("Mara"), at(72)).expect_err("it is over");
        assert_eq!(refused.to_string(), "Jon ended it 12 s ago");
        expire(&mut fleet, at(60 + 86_400));
        assert_eq!(fleet.silences.len(), 1);
        expire(&mut fleet, at(61 + 86_400));
        assert!(matches!(check(&fleet, &end("Mara"), at(90_000)), Err(SilenceError::NotFound(_))));
    }

    #[test]
    fn a_silence_of_everything_or_without_an_end_in_sight_is_refused_by_its_field() {
        let not = |silence: &mut NewSilence| silence.matchers[0].op = MatchOp::NotLike;
        let nothing = |silence: &mut NewSilence| silence.matchers.clear();
        let label = |silence: &mut NewSilence| silence.matchers[0].label = "colour".to_owned();
        let past = |silence: &mut NewSilence| silence.ends_at = at(0);
        let far = |silence: &mut NewSilence| silence.ends_at = at(400 * 86_400);
        let why = |silence: &mut NewSilence| silence.comment = " ".to_owned();
        for (asked, field) in [
            (asked(not), "/matchers"),
            (asked(nothing), "/matchers"),
            (asked(label), "/matchers/0/label"),
            (asked(past), "/ends_at"),
            (asked(far), "/ends_at"),
            (asked(why), "/comment"),
        ] {
            match check(&Fleet::empty(at(0)), &asked, at(0)) {
                Err(SilenceError::Invalid { pointer, .. }) => assert_eq!(pointer, field),
                other => panic!("{other:?}"),
            }
        }
    }
}
