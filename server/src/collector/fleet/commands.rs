//! People's commands that were carried out, by their `Idempotency-Key`: sent again, one is answered and changes nothing.

use forewatch::EventId;
use imbl::{HashMap, Vector};
use serde::{Deserialize, Serialize};

/// Commands that are remembered; beyond, the oldest is forgotten.
const KEPT: usize = 10_000;

/// The commands that were carried out under a key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Commands {
    /// What each was about: an alert, a silence, or something that was asked of workers.
    alerts: HashMap<EventId, String>,
    /// Oldest first.
    order: Vector<EventId>,
}

impl Commands {
    /// The id of what the command with this key was about.
    pub(crate) fn about(&self, key: &EventId) -> Option<&str> {
        self.alerts.get(key).map(String::as_str)
    }

    /// Remembers a command; false when it was carried out already.
    pub(crate) fn remember(&mut self, key: &EventId, about: &str) -> bool {
        if self.alerts.contains_key(key) {
            return false;
        }
        self.alerts.insert(key.clone(), about.to_owned());
        self.order.push_back(key.clone());
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.alerts.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_remembered_until_ten_thousand_newer_ones_have_come() {
        let key = |n: usize| EventId::new(format!("command:{n}")).expect("valid");
        let mut commands = Commands::default();
        assert!((0..KEPT).all(|n| commands.remember(&key(n), "a")));
        assert!(!commands.remember(&key(0), "a") && commands.about(&key(0)).is_some());
        assert!(commands.remember(&key(KEPT), "a"));
        assert_eq!((commands.about(&key(0)), commands.about(&key(1))), (None, Some("a")));
        assert_eq!((commands.alerts.len(), commands.order.len()), (KEPT, KEPT));
    }
}
