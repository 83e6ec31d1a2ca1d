//! What changed while the connection was cut: what a page knew last beside the first that it heard again. Pure.

use forewatch::time::seconds_between;
use forewatch::{Alert, AlertId, SystemMetrics, Timestamp, format};

/// A cut that was no longer is not told, seconds.
const LEAST: f64 = 10.0;

/// What a page knew when the connection was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// When that was true, by the server's clock.
    since: Timestamp,
    /// Alerts that were active and not quiet.
    active: Vec<AlertId>,
    /// Workers that were offline.
    offline: u64,
}

fn is_told(alert: &Alert) -> bool {
    alert.is_active && alert.suppressed_by.is_none()
}

impl Before {
    /// As a page has it, which was true at `since`.
    pub fn of(alerts: &[Alert], system: &SystemMetrics, since: Timestamp) -> Self {
        let active = alerts.iter().filter(|alert| is_told(alert)).map(|alert| alert.alert_id.clone()).collect();
        Self { since, active, offline: system.offline_workers }
    }

    /// For how long the connection was cut, and what is different since it is `back`; none after a short cut.
    pub fn told(&self, alerts: &[Alert], system: &SystemMetrics, back: Timestamp) -> Option<String> {
        let Self { since, active, offline } = self;
        let seconds = seconds_between(*since, back);
        if seconds <= LEAST {
            return None;
        }
        let was_active = |alert: &Alert| active.contains(&alert.alert_id);
        // What came and went within that time is new, and has ended.
        let came = |alert: &&Alert| !was_active(alert) && (is_told(alert) || went(alert, *since));
        let is_known = |id: &&AlertId| alerts.iter().any(|alert| alert.alert_id == **id);
        let new = alerts.iter().filter(came).count();
        let left = active.iter().filter(|id| !is_known(id)).count();
        let ended = left + alerts.iter().filter(|a| was_active(a) && !a.is_active || went(a, *since)).count();
        let now = system.offline_workers;
        let mut parts = Vec::new();
        let mut put = |count: u64, one: &str, many: &str| {
            if count > 0 {
                parts.push([&*format::count(count), if count == 1 { one } else { many }].concat());
            }
        };
        put(new as u64, " new alert", " new alerts");
        match new {
            0 => put(ended as u64, " alert ended", " alerts ended"),
            _ => put(ended as u64, " ended", " ended"),
        }
        put(now.saturating_sub(*offline), " worker went offline", " workers went offline");
        put(offline.saturating_sub(now), " fewer worker is offline", " fewer workers are offline");
        let age = format::age(seconds);
        Some(match parts.is_empty() {
            true => ["Live again after ", &age].concat(),
            false => ["Back after ", &age, ": ", &parts.join(", ")].concat(),
        })
    }
}

/// Whether an alert was raised and is over since then.
fn went(alert: &Alert, since: Timestamp) -> bool {
    !alert.is_active && alert.timestamp >= since && alert.resolved_at.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use serde::de::DeserializeOwned;

    fn golden<T: DeserializeOwned>(text: &str) -> T {
        serde_json::from_str(text).expect("a golden file")
    }

    fn since() -> Timestamp {
        golden(r#""2026-11-24T14:00:00Z""#)
    }

    fn alert(id: &str, raised: i64) -> Alert {
        let alert: Alert = golden(include_str!("../../../tests/golden/alert.json"));
        let timestamp = since() + TimeDelta::seconds(raised);
        let alert_id = AlertId::new(id).expect("an id");
        Alert { alert_id, timestamp, is_active: true, resolved_at: None, suppressed_by: None, ..alert }
    }

    fn over(alert: Alert, at: i64) -> Alert {
        Alert { is_active: false, resolved_at: Some(since() + TimeDelta::seconds(at)), ..alert }
    }

    fn system(offline_workers: u64) -> SystemMetrics {
        let system: SystemMetrics = golden(include_str!("../../../tests/golden/system_metrics.json"));
        SystemMetrics { offline_workers, ..system }
    }

    fn told(before: &[Alert], after: &[Alert], offline: (u64, u64)) -> Option<String> {
        let back = since() + TimeDelta::seconds(40);
        Before::of(before, &system(offline.0), since()).told(after, &system(offline.1), back)
    }

    #[test]
    fn new_ones_those_that_ended_and_workers_are_counted() {
        let before = [alert("stays", -60), alert("ends", -60), over(alert("old", -900), -300)];
        let quiet = Alert { suppressed_by: Some("it follows from another".to_owned()), ..alert("quiet", 5) };
        let after = [
            alert("stays", -60),
            over(alert("ends", -60), 10),
            over(alert("old", -900), -300),
            alert("one", 5),
            alert("two", 9),
            quiet,
        ];
        let text = told(&before, &after, (1, 4));
        assert_eq!(text.as_deref(), Some("Back after 40 s: 2 new alerts, 1 ended, 3 workers went offline"));
        let text = told(&before, &after[..3], (4, 3));
        assert_eq!(text.as_deref(), Some("Back after 40 s: 1 alert ended, 1 fewer worker is offline"));
    }

    #[test]
    fn what_came_and_went_is_told_and_what_the_server_no_longer_knows_has_ended() {
        let text = told(&[], &[over(alert("brief", 5), 20)], (0, 0));
        assert_eq!(text.as_deref(), Some("Back after 40 s: 1 new alert, 1 ended"));
        assert_eq!(told(&[alert("gone", -60)], &[], (0, 0)).as_deref(), Some("Back after 40 s: 1 alert ended"));
    }

    #[test]
    fn where_nothing_changed_only_the_time_is_told_and_after_a_short_cut_nothing() {
        let alerts = [alert("stays", -60), over(alert("old", -900), -300)];
        assert_eq!(told(&alerts, &alerts, (2, 2)).as_deref(), Some("Live again after 40 s"));
        let before = Before::of(&alerts, &system(0), since());
        assert_eq!(before.told(&[], &system(9), since() + TimeDelta::seconds(10)), None);
    }
}
