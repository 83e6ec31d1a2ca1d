//! Alerts under the alert that tells their cause.

use forewatch::{Alert, AlertId};
use std::collections::{HashMap, HashSet};

/// Causes of causes that are looked at, at most: a host, its worker, its device are three.
const DEEPEST: usize = 8;

/// What holds each active alert back that is held back, by the alerts' ids.
fn causes(alerts: &[Alert]) -> HashMap<&AlertId, &AlertId> {
    let held = alerts.iter().filter(|alert| alert.is_active);
    held.filter_map(|alert| Some((&alert.alert_id, alert.inhibited_by.as_ref()?))).collect()
}

/// The causes of an alert, the nearest first.
fn above<'a>(id: &'a AlertId, causes: &HashMap<&'a AlertId, &'a AlertId>) -> Vec<&'a AlertId> {
    std::iter::successors(Some(id), |id| causes.get(id).copied()).skip(1).take(DEEPEST).collect()
}

/// What follows from each of `heads`, straight or through others, in the order of `alerts`.
pub fn following(heads: &[Alert], alerts: &[Alert]) -> HashMap<AlertId, Vec<Alert>> {
    let heads: HashSet<&AlertId> = heads.iter().map(|head| &head.alert_id).collect();
    let causes = causes(alerts);
    let mut found: HashMap<AlertId, Vec<Alert>> = HashMap::new();
    for alert in alerts.iter().filter(|alert| causes.contains_key(&alert.alert_id)) {
        for cause in above(&alert.alert_id, &causes).into_iter().filter(|cause| heads.contains(cause)) {
            found.entry(cause.clone()).or_default().push(alert.clone());
        }
    }
    found
}

/// The rows of a list without those that follow from another row. `alerts` are all that are active now.
pub fn heads(rows: Vec<Alert>, alerts: &[Alert]) -> Vec<Alert> {
    let causes = causes(alerts);
    let listed: HashSet<AlertId> = rows.iter().map(|row| row.alert_id.clone()).collect();
    // Where alerts held each other back none would be left: the first of them is.
    let follows = |row: &Alert| {
        let above = above(&row.alert_id, &causes);
        row.is_active && !above.contains(&&row.alert_id) && above.into_iter().any(|cause| listed.contains(cause))
    };
    rows.into_iter().filter(|row| !follows(row)).collect()
}

/// Alerts without those that follow from another of them: the page of the cause has what follows.
pub fn without_consequences(alerts: Vec<Alert>) -> Vec<Alert> {
    let all = alerts.clone();
    heads(alerts, &all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(name: &str, cause: Option<&str>) -> Alert {
        let text = include_str!("../../tests/golden/alert.json");
        let id = |name: &str| AlertId::new(name).expect("an id");
        let alert: Alert = serde_json::from_str(text).expect("an alert");
        Alert { alert_id: id(name), inhibited_by: cause.map(id), is_active: true, ..alert }
    }

    fn names(alerts: &[Alert]) -> Vec<&str> {
        alerts.iter().map(|alert| &*alert.alert_id).collect()
    }

    fn fleet() -> Vec<Alert> {
        let ended = Alert { is_active: false, ..alert("ended", Some("host")) };
        vec![
            alert("host", None),
            alert("gpu", Some("worker")),
            alert("other", None),
            alert("worker", Some("host")),
            alert("lone", Some("elsewhere")),
            ended,
        ]
    }

    #[test]
    fn what_follows_from_a_listed_alert_stands_under_it_also_through_others() {
        let all = fleet();
        let heads = heads(all.clone(), &all);
        assert_eq!(names(&heads), ["host", "other", "lone", "ended"]);
        let following = following(&heads, &all);
        assert_eq!(following.len(), 1);
        assert_eq!(names(&following[&all[0].alert_id]), ["gpu", "worker"]);
    }

    #[test]
    fn an_alert_whose_cause_is_not_listed_stands_by_itself() {
        let all = fleet();
        let rows: Vec<Alert> = all.iter().filter(|alert| &*alert.alert_id != "host").cloned().collect();
        assert_eq!(names(&heads(rows, &all)), ["other", "worker", "lone", "ended"]);
    }

    #[test]
    fn alerts_that_held_each_other_back_would_all_be_listed() {
        let all = vec![alert("a", Some("b")), alert("b", Some("a"))];
        assert_eq!(names(&heads(all.clone(), &all)), ["a", "b"]);
    }
}
