//! Telling channels of a report that was made: one message each, at once, whatever they take of alerts. It is kept in
//! the outbox and tried like any other; it opens no incident, so that receivers that keep those are told of none.

use super::delivery::New;
use super::message::{Message, Notice, What};
use super::shown::{Line, runbook};
use super::{Channel, GIVE_UP_AFTER, Notifier, shown};
use crate::collector::raised;
use crate::config::{Notify, NotifyType};
use crate::store::StoreError;
use chrono::{DateTime, Utc};
use forewatch::alert::{AlertComponent, ManualAlert};
use forewatch::{AlertId, AlertSeverity};

/// What is told of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    /// By which it is kept.
    pub(crate) id: String,
    /// The report's name, and of which period it is; one line.
    pub(crate) title: String,
    /// Its main figures, one a line.
    pub(crate) figures: String,
    /// Where the server has it: a path.
    pub(crate) path: String,
    /// The forms of it that people read, by the names of their files.
    pub(crate) files: Vec<String>,
    pub(crate) made_at: DateTime<Utc>,
}

/// Whether a channel can be told of reports: it takes messages, and does not keep an incident of each.
pub(crate) fn takes_reports(notify: &Notify) -> bool {
    !matches!(notify.kind, Some(NotifyType::PagerDuty | NotifyType::Heartbeat))
}

impl Notifier {
    /// Whether channels were told of a report, or are to be.
    pub(crate) fn knows_report(&self, id: &str) -> Result<bool, StoreError> {
        self.outbox.knows(&group(id))
    }

    /// Keeps a message for each of the channels with these names, and lets them be sent. Blocks while that is written.
    pub(crate) fn tell_of_report(&self, channels: &[String], made: &Made) -> Result<(), StoreError> {
        let message = message(made, self.links().base());
        let wired: Vec<_> = channels.iter().filter_map(|name| self.channel(name)).collect();
        let new = |channel: &Channel| New {
            channel: channel.name().to_owned(),
            give_up_at: message.at + GIVE_UP_AFTER,
            title: shown::headline(&message, channel),
            message: message.clone(),
        };
        let new: Vec<_> = wired.iter().map(|wired| new(&wired.channel)).collect();
        self.outbox.keep(&[], &new)?;
        for wired in wired {
            wired.wake.notify_one();
        }
        Ok(())
    }
}

fn group(id: &str) -> String {
    format!("report {id}")
}

fn message(made: &Made, base: &str) -> Message {
    let id = ulid::Ulid::new().to_string();
    let alert = ManualAlert {
        title: made.title.clone(),
        description: made.figures.clone(),
        severity: AlertSeverity::Info,
        component: AlertComponent::System,
        component_id: "forewatch".to_owned(),
        tags: Vec::new(),
    };
    let id_of_alert = AlertId::new(&id).expect("a ULID is 26 letters and digits");
    let mut alert = raised(&id_of_alert, &alert, made.made_at);
    alert.rule_id = "report".parse().expect("the word is a valid rule id");
    // Nothing of it is open.
    alert.resolved_at = Some(made.made_at);
    alert.runbook = Some(format!("{base}{}", made.path));
    // A group of its own waits for no other.
    let notices = vec![Notice { what: What::Report, alert }];
    Message { group: group(&made.id), at: made.made_at, notices, more: 0, files: made.files.clone() }
}

/// Whether a channel is told of reports with their files.
pub(crate) fn takes_files(notify: &Notify) -> bool {
    notify.kind == Some(NotifyType::Email)
}

/// A report among the lines of a message.
pub(super) fn line(notice: &Notice) -> Line {
    Line {
        title: notice.alert.title.clone(),
        facts: "report".to_owned(),
        description: notice.alert.description.clone(),
        links: runbook(notice).map(|url| ("Open", url)).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::shown::Shown;
    use crate::notify::tests::{channel, links};

    #[test]
    fn a_report_is_told_with_its_period_its_figures_and_where_it_is_and_opens_nothing() {
        let made = Made {
            id: "farm-20261116-20261122".to_owned(),
            title: "The farm, 2026-11-16 to 2026-11-22".to_owned(),
            figures: "Tasks completed: 5".to_owned(),
            path: "/api/v1/reports/kept/farm.html".to_owned(),
            files: vec!["farm.html".to_owned(), "farm.pdf".to_owned()],
            made_at: "2026-11-23T00:02:00Z".parse().expect("a time"),
        };
        let message = message(&made, links().base());
        assert_eq!(message.files, made.files);
        // The template of a channel's headline is one for alerts.
        let told = channel("type = \"webhook\"\nurl = \"https://hooks.example/a\"\ntitle = \"{severity}!\"");
        let shown = Shown::of(&message, &told, &links(), 10);
        assert_eq!(shown.headline, "Report: The farm, 2026-11-16 to 2026-11-22");
        assert_eq!(shown.lines[0].description, "Tasks completed: 5");
        let address = "https://forewatch.example/api/v1/reports/kept/farm.html";
        assert_eq!(shown.lines[0].links, [("Open", address.to_owned())]);
        assert!(message.is_over() && message.about().next().is_none());
    }
}
