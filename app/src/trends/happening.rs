//! What happened while the numbers of a chart were made: alerts, and notes on the time line.

use chrono::SubsecRound;
use forewatch::alert::AlertState;
use forewatch::event::Annotation;
use forewatch::pattern::fits;
use forewatch::{Alert, AlertSeverity, Timestamp, time};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Something that happened: an alert, or a note on the time line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Happening {
    /// When, Unix seconds.
    pub at: f64,
    /// Until when; `None` for an alert that is still open.
    pub until: Option<f64>,
    /// What it was.
    pub text: String,
    /// How bad it was; a note has none.
    pub severity: Option<AlertSeverity>,
    /// The page that tells more.
    pub link: Option<String>,
}

/// Whose alerts are told. Notes are about everything.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum About {
    /// All that people are told of.
    #[default]
    Everything,
    /// Those of these components, by their ids; `*` stands for any text. Also those that follow from another one.
    These(Vec<String>),
}

impl About {
    /// A worker with its devices.
    pub fn worker(id: &str) -> Self {
        Self::These(vec![id.to_owned(), [id, "/*"].concat()])
    }

    /// Whether an alert is one of them. What is not sure yet is none.
    pub fn takes(&self, alert: &Alert) -> bool {
        alert.state != AlertState::Pending
            && match self {
                Self::Everything => alert.suppressed_by.is_none(),
                Self::These(ids) => ids.iter().any(|id| fits(id, &alert.component_id)),
            }
    }
}

impl Happening {
    /// An alert.
    pub fn of_alert(alert: &Alert) -> Self {
        Self {
            at: moment(alert.timestamp),
            until: alert.resolved_at.map(moment),
            text: alert.title.clone(),
            severity: Some(alert.severity),
            link: Some(["/alerts/", &alert.alert_id].concat()),
        }
    }

    /// A note; one that does not say when is on no time line.
    pub fn of_note(note: &Annotation) -> Option<Self> {
        let at = moment(note.at?);
        let mut text = note.title.clone();
        if !note.tags.is_empty() {
            text += &[" (", &note.tags.join(", "), ")"].concat();
        }
        if let Some(by) = &note.by {
            text += &[", by ", by].concat();
        }
        Some(Self { at, until: Some(at), text, severity: None, link: None })
    }
}

/// Unix seconds, to the millisecond as pages carry times.
fn moment(at: Timestamp) -> f64 {
    time::unix_seconds(at.trunc_subsecs(3))
}

/// Leaves at most so many, in order of time: notes before alerts, the worse alerts before the others, and then what is
/// newest. Answers with how many are left out.
pub fn keep_most(all: &mut Vec<Happening>, most: usize) -> usize {
    let left_out = all.len().saturating_sub(most);
    if left_out > 0 {
        sort(all, |a, b| rank(b).cmp(&rank(a)).then(b.at.total_cmp(&a.at)));
        all.truncate(most);
    }
    // Of one moment the worst is last: its line is drawn over the others.
    sort(all, |a, b| a.at.total_cmp(&b.at).then(a.severity.cmp(&b.severity)));
    left_out
}

fn rank(happening: &Happening) -> (bool, Option<AlertSeverity>) {
    (happening.severity.is_none(), happening.severity)
}

fn sort(all: &mut [Happening], order: fn(&Happening, &Happening) -> Ordering) {
    all.sort_by(order);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_the_notes_and_the_worst_are_kept_in_order_of_time() {
        let happening =
            |at: usize, severity| Happening { at: at as f64, until: None, text: String::new(), severity, link: None };
        let mut all: Vec<Happening> = (0..60).map(|at| happening(at, Some(AlertSeverity::Info))).collect();
        all.push(happening(5, Some(AlertSeverity::Critical)));
        all.push(happening(3, None));
        assert_eq!(keep_most(&mut all, 40), 22);
        assert_eq!((all.len(), all[0].severity, all[1].severity), (40, None, Some(AlertSeverity::Critical)));
        assert!(all.is_sorted_by(|a, b| a.at <= b.at));
        assert!((all[2].at - 22.0).abs() < f64::EPSILON, "the newest of those that are alike");
    }

    #[test]
    fn a_note_says_its_labels_and_who_made_it() {
        let note = |tags: &[&str], by: Option<&str>| {
            let (at, title) = (time::from_unix_seconds(7.0), "Deployed 7.1".to_owned());
            let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            Happening::of_note(&Annotation { at, title, tags, by: by.map(str::to_owned) }).expect("it has a time").text
        };
        assert_eq!(note(&["deploy", "web"], Some("ada")), "Deployed 7.1 (deploy, web), by ada");
        assert_eq!(note(&[], None), "Deployed 7.1");
    }

    #[test]
    fn a_worker_has_the_alerts_of_its_devices_and_not_those_of_another_with_a_longer_name() {
        let mut alert: Alert =
            serde_json::from_str(include_str!("../../../tests/golden/alert.json")).expect("an alert");
        alert.state = AlertState::Firing;
        let about = About::worker("gpu-7");
        for (id, is_own) in [("gpu-7", true), ("gpu-7/0", true), ("gpu-71", false), ("gpu-71/0", false)] {
            id.clone_into(&mut alert.component_id);
            assert_eq!(about.takes(&alert), is_own, "{id}");
        }
        alert.component_id = "gpu-7".to_owned();
        alert.state = AlertState::Pending;
        assert!(!about.takes(&alert) && !About::Everything.takes(&alert), "nobody is told of it yet");
    }
}
