//! What is told: one message to one channel about one group of alerts, kept as it is until it has been sent.

use chrono::{DateTime, Utc};
use forewatch::{Alert, AlertId, AlertSeverity};
use serde::{Deserialize, Serialize};

/// Alerts that one message holds at most; how many more there are is told.
pub(crate) const MOST: usize = 100;

/// A message, before it is written in the receiver's form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Message {
    /// What the alerts have in common: their rule, or for receivers that take one alert at a time the alert.
    pub(crate) group: String,
    /// When it was decided to tell.
    pub(crate) at: DateTime<Utc>,
    /// What is new first, then what is still so; 1 to [`MOST`].
    pub(crate) notices: Vec<Notice>,
    /// Alerts that found no room.
    pub(crate) more: usize,
    /// Files of a kept report that go along to receivers that take files, by their names; those that people read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) files: Vec<String>,
}

/// An alert in a message, as it was when it was decided to tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notice {
    pub(crate) what: What,
    /// Without its timeline.
    pub(crate) alert: Alert,
}

/// Why an alert is in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// It is raised.
    New,
    /// It is told here because nobody who was told before has acknowledged it.
    Escalated,
    /// Its severity has risen.
    Risen,
    /// Nobody has acknowledged it for long.
    Reminder,
    /// Somebody has it; told to receivers that keep incidents of their own.
    Acknowledged,
    /// It is over.
    Recovered,
    /// Nothing is new about it: it is in the message because it belongs to the group.
    Still,
    /// No alert at all: somebody tries the channel out.
    Test,
    /// No alert at all: a report was made.
    Report,
}

impl Notice {
    /// Whether it is about an alert.
    pub(crate) fn is_of_alert(&self) -> bool {
        !matches!(self.what, What::Test | What::Report)
    }

    /// Whether nothing of it is open.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.what, What::Recovered | What::Report)
    }

    /// One word for how it is.
    pub(crate) fn status(&self) -> &'static str {
        match self.what {
            What::New | What::Still => "firing",
            What::Escalated => "escalated",
            What::Risen => "worse",
            What::Reminder => "still firing",
            What::Acknowledged => "acknowledged",
            What::Recovered => "resolved",
            What::Test => "test",
            What::Report => "report",
        }
    }

    /// How many alerts are held back because it tells their cause, in words.
    pub(crate) fn held_back(&self) -> Option<String> {
        match self.alert.held_back {
            0 => None,
            1 => Some("1 more alert because of it".to_owned()),
            many => Some(format!("{many} more alerts because of it")),
        }
    }
}

impl Message {
    /// The alerts that it is about.
    pub(crate) fn about(&self) -> impl Iterator<Item = &AlertId> {
        self.notices.iter().filter(|notice| notice.is_of_alert()).map(|notice| &notice.alert.alert_id)
    }

    /// Whether nothing in it is open any more.
    pub(crate) fn is_over(&self) -> bool {
        self.more == 0 && self.notices.iter().all(Notice::is_over)
    }

    /// The notice that gives the message its headline: the worst of what is new.
    pub(crate) fn first(&self) -> Option<&Notice> {
        let newness = |what| match what {
            What::Still => 0,
            What::Recovered => 1,
            _ => 2,
        };
        let rank = |notice: &&Notice| (newness(notice.what), notice.alert.severity);
        // Of equals the first.
        self.notices.iter().rev().max_by_key(rank)
    }

    /// How bad the worst that is not over is; of a recovery, how bad it was.
    pub(crate) fn severity(&self) -> AlertSeverity {
        self.first().map_or(AlertSeverity::Info, |notice| notice.alert.severity)
    }

    /// Alerts that it tells something new of.
    pub(crate) fn news(&self) -> usize {
        self.notices.iter().filter(|notice| notice.what != What::Still).count() + self.more
    }
}
