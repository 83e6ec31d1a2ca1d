//! What can be done with an alert by a click: how it is said, what takes it back, and what the alert is then.

use forewatch::alert::AlertState;
use forewatch::{Alert, Timestamp};

/// What can be done with an alert by a click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// "I have it."
    Acknowledge,
    /// "I do not have it any more."
    Unacknowledge,
    /// "It is over."
    Resolve,
    /// "It is not over."
    Reopen,
    /// A remark.
    Comment,
}

impl Deed {
    /// The command's verb, as forms send it.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Unacknowledge => "unacknowledge",
            Self::Resolve => "resolve",
            Self::Reopen => "reopen",
            Self::Comment => "comment",
        }
    }

    /// What stands on the button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Acknowledge => "Acknowledge",
            Self::Unacknowledge => "Give back",
            Self::Resolve => "Resolve",
            Self::Reopen => "Reopen",
            Self::Comment => "Add note",
        }
    }

    /// What a toast says once it is done.
    pub(super) fn done(self) -> &'static str {
        match self {
            Self::Acknowledge => "Acknowledged",
            Self::Unacknowledge => "Given back",
            Self::Resolve => "Resolved",
            Self::Reopen => "Reopened",
            Self::Comment => "Note added",
        }
    }

    /// What takes it back.
    pub(super) fn undo(self) -> Option<Self> {
        match self {
            Self::Acknowledge => Some(Self::Unacknowledge),
            Self::Resolve => Some(Self::Reopen),
            Self::Unacknowledge | Self::Reopen | Self::Comment => None,
        }
    }

    /// The alert as it will be when the server agrees.
    pub(super) fn foresee(self, alert: &Alert, now: Timestamp) -> Alert {
        let mut next = alert.clone();
        match self {
            Self::Acknowledge => {
                next.acknowledged = true;
                next.acknowledged_by = Some("you".to_owned());
                next.acknowledged_at = Some(now);
            }
            Self::Unacknowledge => {
                next.acknowledged = false;
                next.acknowledged_by = None;
                next.acknowledged_until = None;
            }
            Self::Resolve => {
                next.state = AlertState::Resolved;
                next.is_active = false;
                next.resolved_at = Some(now);
                next.resolved_by = Some("you".to_owned());
            }
            Self::Reopen => {
                next.state = AlertState::Firing;
                next.is_active = true;
                next.resolved_at = None;
                next.resolved_by = None;
            }
            Self::Comment => {}
        }
        next
    }
}
