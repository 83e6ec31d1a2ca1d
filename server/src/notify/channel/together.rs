//! What is wrong with channels together: names that are taken, escalation that leads nowhere or in a circle.

use crate::config::{Notify, NotifyType};

/// Every mistake: the place in the list, the key, the reason.
pub(super) fn check(notify: &[Notify]) -> Vec<(usize, String, String)> {
    let mut wrong = Vec::new();
    let place_of = |name: &str| notify.iter().position(|other| other.name == name);
    for (place, one) in notify.iter().enumerate() {
        let mut tell = |key: &str, reason: String| wrong.push((place, key.to_owned(), reason));
        if !one.name.is_empty() && place_of(&one.name) != Some(place) {
            tell("name", format!("\"{}\" is taken by another channel: give each its own", one.name));
        }
        match (&one.then, one.escalate_after) {
            (None, None) => {}
            (None, Some(_)) => tell("escalate_after", "needs `then`, the channel that is told".to_owned()),
            (Some(_), None) => tell("then", "needs `escalate_after`, how long to wait for it".to_owned()),
            (Some(then), Some(_)) => match place_of(then) {
                None => tell("then", format!("there is no channel \"{then}\"")),
                Some(next) if notify[next].kind == Some(NotifyType::Heartbeat) => {
                    tell("then", format!("\"{then}\" is a heartbeat, which is told of no alerts"));
                }
                Some(_) if is_circle(notify, place) => {
                    tell("then", "leads back to this channel: escalation must end somewhere".to_owned());
                }
                Some(_) => {}
            },
        }
    }
    wrong
}

fn is_circle(notify: &[Notify], start: usize) -> bool {
    let next = |place: usize| {
        let then = notify[place].then.as_ref()?;
        notify.iter().position(|other| other.name == *then)
    };
    let mut place = next(start);
    for _ in 0..notify.len() {
        match place {
            Some(at) if at == start => return true,
            Some(at) => place = next(at),
            None => return false,
        }
    }
    false
}
