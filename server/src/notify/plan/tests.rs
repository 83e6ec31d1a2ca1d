//! The plan with a made-up clock: single cases, a day of flapping, and generated histories.

mod histories;

use super::*;
use crate::notify::message::What;
use crate::notify::tests::alert;
use forewatch::{AlertSeverity, AlertState};

/// One channel or more, the alerts there are, and a clock.
pub(super) struct World {
    pub(super) routes: Vec<Route>,
    pub(super) told: Told,
    pub(super) alerts: BTreeMap<String, Arc<Alert>>,
    pub(super) now: DateTime<Utc>,
}

pub(super) fn route(name: &str) -> Route {
    Route {
        name: name.to_owned(),
        filter: Filter::of(AlertSeverity::Info, &BTreeMap::new()).expect("it is right"),
        group_wait: TimeDelta::seconds(10),
        group_interval: TimeDelta::minutes(5),
        renotify: TimeDelta::hours(4),
        quiet: None,
        escalated_by: Vec::new(),
        takes: Takes::Groups,
    }
}

impl World {
    pub(super) fn of(routes: Vec<Route>) -> Self {
        let now = "2026-11-24T14:00:00Z".parse().expect("a time");
        Self { routes, told: Told::new(), alerts: BTreeMap::new(), now }
    }

    pub(super) fn change(&mut self, id: &str, change: impl FnOnce(&mut Alert)) {
        change(Arc::make_mut(self.alerts.get_mut(id).expect("it is there")));
    }

    pub(super) fn raise(&mut self, id: &str) {
        let mut raised = alert("queue-backlog", id);
        (raised.timestamp, raised.state_since) = (self.now, self.now);
        self.alerts.insert(id.to_owned(), Arc::new(raised));
    }

    pub(super) fn resolve(&mut self, id: &str) {
        let now = self.now;
        self.change(id, |alert| {
            (alert.state, alert.state_since, alert.resolved_at) = (AlertState::Resolved, now, Some(now));
        });
    }

    pub(super) fn look(&mut self) -> Vec<Planned> {
        // What is kept is what a restart reads.
        let kept = serde_json::to_string(&self.told).expect("it can be written");
        self.told = serde_json::from_str(&kept).expect("it can be read");
        let alerts: Vec<_> = self.alerts.values().cloned().collect();
        plan(&self.routes, &mut self.told, &alerts, self.now)
    }

    /// Lets seconds pass, looking each; answers with what was told: the channel, and what of which alert.
    pub(super) fn pass(&mut self, seconds: i64) -> Vec<(String, Vec<(What, String)>)> {
        let mut all = Vec::new();
        for _ in 0..seconds {
            self.now += TimeDelta::seconds(1);
            for Planned { channel, message } in self.look() {
                let told = |notice: &crate::notify::message::Notice| (notice.what, notice.alert.alert_id.to_string());
                all.push((channel, message.notices.iter().map(told).collect()));
            }
        }
        all
    }

    /// As [`Self::pass`], of one message that is expected.
    #[track_caller]
    fn told(&mut self, seconds: i64) -> Vec<(What, String)> {
        let mut all = self.pass(seconds);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0).1
    }
}

fn one() -> World {
    World::of(vec![route("a")])
}

fn what(what: What, id: &str) -> (What, String) {
    (what, id.to_owned())
}

#[test]
fn alarms_of_one_rule_are_told_together_and_so_is_their_end() {
    let mut world = one();
    world.raise("01A");
    assert!(world.pass(5).is_empty());
    world.raise("01B");
    assert_eq!(world.told(10), [what(What::New, "01A"), what(What::New, "01B")]);
    world.resolve("01A");
    assert!(world.pass(200).is_empty(), "one of two waits for the interval");
    world.resolve("01B");
    assert_eq!(world.told(60), [what(What::Recovered, "01A"), what(What::Recovered, "01B")]);
    assert!(world.pass(20_000).is_empty());
    assert!(world.told["a"].groups.is_empty(), "nothing is kept of what is over");
}

#[test]
fn an_alarm_that_is_over_or_somebodys_before_it_was_told_is_not_told() {
    for acknowledged in [false, true] {
        let mut world = one();
        world.raise("01A");
        world.pass(3);
        if acknowledged {
            world.change("01A", |alert| alert.acknowledged = true);
        } else {
            world.resolve("01A");
        }
        assert!(world.pass(20_000).is_empty());
    }
}

#[test]
fn what_becomes_worse_is_told_at_once_and_what_lasts_again_and_again() {
    let mut world = one();
    world.raise("01A");
    world.told(15);
    world.change("01A", |alert| alert.severity = AlertSeverity::Critical);
    assert_eq!(world.told(1), [what(What::Risen, "01A")]);
    assert!(world.pass(4 * 3_600 - 1).is_empty());
    assert_eq!(world.told(1), [what(What::Reminder, "01A")]);
    world.change("01A", |alert| alert.acknowledged = true);
    assert!(world.pass(9 * 3_600).is_empty(), "somebody has it");
    world.change("01A", |alert| alert.acknowledged = false);
    assert_eq!(world.told(1), [what(What::Reminder, "01A")], "nobody has it any more");
}

#[test]
fn a_severity_that_rises_into_what_a_channel_wants_is_told_at_once() {
    let mut world = one();
    world.routes[0].filter = Filter::of(AlertSeverity::Critical, &BTreeMap::new()).expect("it is right");
    world.raise("01A");
    assert!(world.pass(60).is_empty());
    world.change("01A", |alert| alert.severity = AlertSeverity::Critical);
    assert_eq!(world.told(1), [what(What::New, "01A")]);
}

#[test]
fn nothing_is_told_of_what_is_suppressed_but_the_end_of_what_was_told() {
    let mut world = one();
    world.raise("01A");
    world.told(15);
    world.raise("01B");
    for id in ["01A", "01B"] {
        world.change(id, |alert| alert.suppressed_by = Some("silence".to_owned()));
    }
    world.change("01A", |alert| alert.severity = AlertSeverity::Critical);
    assert!(world.pass(5 * 3_600).is_empty());
    world.resolve("01A");
    world.resolve("01B");
    assert_eq!(world.told(20), [what(What::Recovered, "01A")]);
}

#[test]
fn what_is_held_back_no_longer_is_told_once_it_has_had_time_to_come_back_too() {
    let mut world = one();
    for id in ["01A", "01B"] {
        world.raise(id);
        world.change(id, |alert| alert.suppressed_by = Some("worker-offline: gpu-1".to_owned()));
    }
    assert!(world.pass(3_600).is_empty());
    for id in ["01A", "01B"] {
        world.change(id, |alert| alert.suppressed_by = None);
    }
    assert!(world.pass(9).is_empty());
    world.resolve("01A");
    assert_eq!(world.told(60), [what(What::New, "01B")]);
}

#[test]
fn an_alarm_that_is_not_there_any_more_has_its_recovery_told() {
    let mut world = one();
    world.raise("01A");
    world.told(15);
    world.alerts.clear();
    assert_eq!(world.told(20), [what(What::Recovered, "01A")]);
}

#[test]
fn an_alarm_that_came_and_went_while_nobody_looked_is_told_with_its_end() {
    let mut world = one();
    world.pass(1);
    world.now += TimeDelta::seconds(1);
    world.raise("01A");
    world.now += TimeDelta::seconds(30);
    world.resolve("01A");
    let told = world.pass(30);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((&told[0].1, &told[1].1), (&vec![what(What::New, "01A")], &vec![what(What::Recovered, "01A")]));
    assert!(world.pass(3_600).is_empty());
}

#[test]
fn in_quiet_hours_everything_waits_but_what_is_excepted() {
    let quiet = crate::config::Quiet {
        from: "14:00".to_owned(),
        to: "15:00".to_owned(),
        zone: "UTC".to_owned(),
        except: Some(AlertSeverity::Critical),
    };
    let mut world = one();
    world.routes[0].quiet = Some(Quiet::of(&quiet).expect("it is right"));
    for id in ["01A", "01B", "01C"] {
        world.raise(id);
    }
    world.change("01B", |alert| alert.severity = AlertSeverity::Critical);
    assert_eq!(world.told(1_000), [what(What::New, "01B")]);
    world.resolve("01A");
    assert_eq!(world.told(3_000), [what(What::New, "01C"), what(What::Still, "01B")]);
}

#[test]
fn what_nobody_acknowledges_is_told_to_the_next_channel_and_so_is_its_end() {
    let mut next = route("next");
    next.escalated_by = vec![("a".to_owned(), TimeDelta::minutes(15))];
    let mut world = World::of(vec![route("a"), next]);
    for id in ["01A", "01B"] {
        world.raise(id);
    }
    assert_eq!(world.pass(15).len(), 1);
    world.change("01B", |alert| alert.acknowledged = true);
    let told = world.pass(15 * 60);
    assert_eq!(told, [("next".to_owned(), vec![what(What::Escalated, "01A")])]);
    world.resolve("01A");
    let told: Vec<_> = world.pass(400).into_iter().map(|(channel, told)| (channel, told[0].clone())).collect();
    let over = what(What::Recovered, "01A");
    assert_eq!(told, [("a".to_owned(), over.clone()), ("next".to_owned(), over)]);
}

#[test]
fn a_receiver_with_incidents_of_its_own_is_told_who_has_them() {
    let mut world = one();
    world.routes[0].takes = Takes::Incidents;
    world.raise("01A");
    world.raise("01B");
    assert_eq!(world.pass(15).len(), 2);
    world.change("01A", |alert| alert.acknowledged = true);
    assert_eq!(world.told(5), [what(What::Acknowledged, "01A")]);
    world.resolve("01A");
    assert_eq!(world.told(20), [what(What::Recovered, "01A")]);
}
