//! What is marked on the time axis of a chart: what happened and is over comes with the past, live alerts join it.

use super::strip::Mark;
use crate::server_fns::MOST_MARKS;
use crate::trends::happening::keep_most;
use crate::trends::{About, Happening};
use forewatch::Alert;
use leptos::prelude::*;

/// Which alerts are marked on a chart. Where any are, notes on the time line are, too.
#[derive(Clone)]
pub struct Happenings {
    /// Whose.
    pub about: About,
    /// Those of the live topic.
    pub alerts: Memo<Vec<Alert>>,
}

/// What is marked on a chart.
#[derive(Clone, Copy)]
pub struct Marks {
    /// All of it.
    pub shown: RwSignal<Vec<Mark>>,
    /// What the chart has beside alerts and notes.
    own: Signal<Vec<Mark>>,
    /// Alerts and notes, and where they come from.
    known: StoredValue<(Option<Happenings>, Vec<Happening>)>,
}

impl Marks {
    /// These, and alerts and notes where they are asked for. An alert that was seen stays marked when the live topic
    /// forgets it, an hour after its end.
    pub fn of(own: Signal<Vec<Mark>>, happenings: Option<Happenings>) -> Self {
        let shown = RwSignal::new(own.get_untracked());
        let marks = Self { shown, own, known: StoredValue::new((happenings, Vec::new())) };
        Effect::new(move || marks.join(None));
        marks
    }

    /// Whose alerts the past is asked for.
    pub fn about(self) -> Option<About> {
        self.known.with_value(|(from, _)| from.as_ref().map(|from| from.about.clone()))
    }

    /// The past was loaded: this is what happened in it.
    pub fn renew(self, past: Vec<Happening>) {
        untrack(|| self.join(Some(past)));
    }

    /// What is known, or a past that takes its place, with live alerts. Tracks them.
    fn join(self, past: Option<Vec<Happening>>) {
        let mut marks = self.own.get();
        self.known.update_value(|(from, known)| {
            if let Some(Happenings { about, alerts }) = from {
                let before = past.unwrap_or_else(|| std::mem::take(known));
                *known = joined(before, &alerts.read(), about);
                marks.extend(known.iter().map(Mark::of));
            }
        });
        if marks != *self.shown.read_untracked() {
            self.shown.set(marks);
        }
    }
}
/// What is known with live alerts, which say the newest of themselves.
fn joined(mut known: Vec<Happening>, live: &[Alert], about: &About) -> Vec<Happening> {
    for alert in live.iter().filter(|alert| about.takes(alert)) {
        let alert = Happening::of_alert(alert);
        match known.iter_mut().find(|before| before.link == alert.link) {
            Some(before) => *before = alert,
            None => known.push(alert),
        }
    }
    keep_most(&mut known, MOST_MARKS);
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::alert::AlertState;
    use forewatch::{AlertId, AlertSeverity, Timestamp};

    fn alert(n: u32, state: AlertState) -> Alert {
        let mut alert: Alert =
            serde_json::from_str(include_str!("../../../tests/golden/alert.json")).expect("an alert");
        alert.alert_id = AlertId::new(format!("01ARZ3NDEKTSV4RRFFQ69G5F{n:02}")).expect("an id");
        alert.timestamp = Timestamp::from_timestamp(1_800_000_000 + i64::from(n), 0).expect("a time");
        (alert.state, alert.resolved_at, alert.suppressed_by) = (state, None, None);
        alert
    }

    #[test]
    fn an_alert_of_the_past_is_marked_once_and_ends_when_the_live_topic_says_so() {
        let first = alert(1, AlertState::Firing);
        let past =
            vec![Happening { until: Some(1_800_000_050.0), ..Happening::of_alert(&alert(0, AlertState::Resolved)) }];
        let known = joined(past, &[first.clone(), alert(2, AlertState::Pending)], &About::Everything);
        assert_eq!(known.iter().map(|one| one.until.is_some()).collect::<Vec<_>>(), [true, false]);
        let mut ended = first;
        (ended.state, ended.resolved_at) = (AlertState::Resolved, Timestamp::from_timestamp(1_800_000_090, 0));
        let known = joined(known, &[ended], &About::Everything);
        assert_eq!(known.iter().filter_map(|one| one.until).collect::<Vec<_>>(), [1_800_000_050.0, 1_800_000_090.0]);
        assert_eq!(joined(known.clone(), &[], &About::Everything), known, "what the topic forgets stays");
    }

    #[test]
    fn very_many_alerts_leave_the_worst_and_the_newest() {
        let mut live: Vec<Alert> = (0..60).map(|n| alert(n, AlertState::Firing)).collect();
        for alert in &mut live {
            alert.severity = AlertSeverity::Warning;
        }
        live[3].severity = AlertSeverity::Critical;
        let known = joined(Vec::new(), &live, &About::Everything);
        assert_eq!((known.len(), known[0].severity), (MOST_MARKS, Some(AlertSeverity::Critical)));
        assert_eq!(joined(known.clone(), &live, &About::Everything), known, "the same again changes nothing");
    }
}
