//! The channels at work: the alerts of a fleet, an outbox on disk, and receivers that do not always do what they should.

use super::{alert, no_reports};
use crate::collector::{Fleet, clock};
use crate::config::Config;
use crate::notify::send::receiver::Receiver;
use crate::notify::{Delivery, Notifier, Status, Wanted};
use crate::store::sqlite::{self, Place};
use arc_swap::ArcSwap;
use chrono::TimeDelta;
use forewatch::{Alert, AlertState};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A server's part that tells people, over a store that stays.
struct World {
    place: Place,
    config: Config,
    fleet: Arc<ArcSwap<Fleet>>,
}

/// One run of it.
struct Run {
    notifier: Arc<Notifier>,
    tasks: Vec<JoinHandle<()>>,
}

impl World {
    fn of(channels: &[(&str, &Receiver)]) -> Self {
        let channel = |(name, receiver): &(&str, &Receiver)| {
            format!(
                "[[notify]]\nname = \"{name}\"\ntype = \"webhook\"\nurl = \"{}\"\nallow_private = true\n\
                 group_wait = \"1ms\"\ngroup_interval = \"1ms\"\ntimeout = \"2s\"\n",
                receiver.url()
            )
        };
        let text: String = channels.iter().map(channel).collect();
        let config = toml::from_str(&text).expect("it can be read");
        let fleet = Arc::new(ArcSwap::from_pointee(Fleet::empty(clock())));
        Self { place: Place::temporary().expect("a folder"), config, fleet }
    }

    /// Begins, with a first look.
    fn begin(&self) -> Arc<Notifier> {
        let outbox = Arc::new(sqlite::open_outbox(&self.place).expect("a file"));
        Notifier::begin(&self.config, outbox, no_reports(), Arc::default(), &self.fleet.load(), clock())
            .expect("the channels are right")
    }

    fn run(&self) -> Run {
        let notifier = self.begin();
        let tasks = notifier.start(&self.fleet, &CancellationToken::new());
        Run { notifier, tasks }
    }

    fn set(&self, id: &str, change: impl FnOnce(&mut Alert)) {
        let mut fleet = Fleet::clone(&self.fleet.load());
        let mut about = fleet.alerts.get(id).map_or_else(|| alert("queue-backlog", id), |alert| Alert::clone(alert));
        (about.timestamp, about.state_since) = (clock() - TimeDelta::minutes(1), clock() - TimeDelta::minutes(1));
        change(&mut about);
        fleet.alerts.insert(about.alert_id.clone(), Arc::new(about));
        fleet.now = clock();
        self.fleet.store(Arc::new(fleet));
    }
}

impl Run {
    /// As a crash would end it.
    async fn crash(self) {
        for task in self.tasks {
            task.abort();
            let _ = task.await;
        }
    }

    async fn deliveries(&self) -> Vec<Delivery> {
        let wanted = Wanted { limit: 100, ..Wanted::default() };
        self.notifier.ask(move |outbox| outbox.deliveries(&wanted)).await.expect("it can be read").items
    }

    /// Waits until the deliveries are as they should be.
    async fn until(&self, fits: impl Fn(&[Delivery]) -> bool) -> Vec<Delivery> {
        for _ in 0..600 {
            let deliveries = self.deliveries().await;
            if fits(&deliveries) {
                return deliveries;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never so: {:#?}", self.deliveries().await);
    }
}

fn all(status: Status, count: usize) -> impl Fn(&[Delivery]) -> bool {
    move |deliveries| deliveries.len() == count && deliveries.iter().all(|delivery| delivery.status == status)
}

async fn receiver() -> Receiver {
    Receiver::start(|_| Ok(())).await
}

/// Statuses of the bodies that came, in order.
fn statuses(receiver: &Receiver) -> Vec<String> {
    receiver.requests().iter().map(|request| request.json()["status"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn an_alarm_and_its_end_are_told_in_order_though_the_receiver_fails_in_between() {
    let receiver = receiver().await;
    receiver.answer(500, &[], "oh no");
    let world = World::of(&[("a", &receiver)]);
    let run = world.run();
    world.set("01A", |_| {});
    run.until(|deliveries| deliveries.iter().any(|delivery| !delivery.attempts.is_empty())).await;
    world.set("01A", |alert| (alert.state, alert.resolved_at) = (AlertState::Resolved, Some(clock())));
    let sent = run.until(all(Status::Sent, 2)).await;
    assert_eq!(statuses(&receiver), ["firing", "firing", "resolved"]);
    let attempts: Vec<_> = sent[1].attempts.iter().map(|attempt| attempt.accepted).collect();
    assert_eq!(attempts, [false, true]);
    assert!(sent[1].attempts[0].answer.contains("oh no"), "{sent:?}");
    let keys: Vec<_> = receiver.requests().iter().map(|request| request.headers["idempotency-key"].clone()).collect();
    assert!(keys[0] == keys[1] && keys[1] != keys[2], "the same message has the same key");
    run.crash().await;
}

#[tokio::test]
async fn a_slow_receiver_holds_up_no_other() {
    let (slow, fast) = (receiver().await, receiver().await);
    slow.answer_after(Duration::from_mins(10), 200, &[], "");
    let world = World::of(&[("slow", &slow), ("fast", &fast)]);
    let run = world.run();
    world.set("01A", |_| {});
    run.until(|deliveries| deliveries.iter().any(|d| d.channel == "fast" && d.status == Status::Sent)).await;
    // The slow one is given up after its time and tried again.
    run.until(|deliveries| deliveries.iter().any(|d| d.channel == "slow" && d.attempts.len() == 1)).await;
    run.crash().await;
}

#[tokio::test]
async fn a_receiver_that_wants_to_be_left_alone_is_for_as_long_as_it_says() {
    let receiver = receiver().await;
    receiver.answer(429, &[("retry-after", "4")], "");
    let world = World::of(&[("a", &receiver)]);
    let run = world.run();
    world.set("01A", |_| {});
    run.until(|deliveries| deliveries.iter().any(|delivery| !delivery.attempts.is_empty())).await;
    world.set("02B", |alert| alert.rule_id = "other-rule".parse().expect("a rule's id"));
    let sent = run.until(all(Status::Sent, 2)).await;
    let mut times: Vec<_> = sent.iter().flat_map(|delivery| &delivery.attempts).map(|attempt| attempt.at).collect();
    times.sort();
    assert_eq!(times.len(), 3);
    assert!(times[1] - times[0] >= TimeDelta::seconds(4), "also with another message: {times:?}");
    run.crash().await;
}

#[tokio::test]
async fn what_is_refused_for_good_is_kept_and_can_be_sent_again() {
    let receiver = receiver().await;
    receiver.answer(404, &[], "no such hook");
    let world = World::of(&[("a", &receiver)]);
    let run = world.run();
    world.set("01A", |_| {});
    let dead = run.until(all(Status::Dead, 1)).await.remove(0);
    assert_eq!((dead.attempts.len(), dead.alerts.len()), (1, 1));
    let (id, now) = (dead.id.clone(), clock());
    run.notifier.ask(move |outbox| outbox.send_again(&id, now, now + TimeDelta::days(1))).await.expect("it waits");
    run.notifier.wake("a");
    run.until(all(Status::Sent, 1)).await;
    run.crash().await;
}

#[tokio::test]
async fn a_crash_at_any_moment_tells_each_alarm_at_least_once_and_at_most_twice() {
    // Before anything was kept, before it was sent, while it was sent, and after it was noted.
    for moment in 0..4 {
        let receiver = receiver().await;
        let world = World::of(&[("a", &receiver)]);
        world.set("01A", |_| {});
        match moment {
            0 => world.run().crash().await,
            1 => drop(world.begin()),
            2 => {
                receiver.answer_after(Duration::from_millis(1_500), 200, &[], "");
                let run = world.run();
                while receiver.requests().is_empty() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                run.crash().await;
            }
            _ => {
                let run = world.run();
                run.until(all(Status::Sent, 1)).await;
                run.crash().await;
            }
        }
        let run = world.run();
        run.until(all(Status::Sent, 1)).await;
        // Another look or two change nothing.
        tokio::time::sleep(Duration::from_millis(2_200)).await;
        let requests = receiver.requests();
        assert!((1..=2).contains(&requests.len()), "moment {moment}: {}", requests.len());
        let keys: std::collections::BTreeSet<_> = requests
            .iter()
            .map(|request| request.headers["idempotency-key"].to_str().expect("ASCII").to_owned())
            .collect();
        assert_eq!(keys.len(), 1, "moment {moment}");
        run.crash().await;
    }
}

#[tokio::test]
async fn a_channel_is_tried_out_once_and_tells_what_came_of_it() {
    let receiver = receiver().await;
    receiver.answer(500, &[], "not today");
    let world = World::of(&[("a", &receiver)]);
    let run = world.run();
    let actor = forewatch::event::Actor { name: "Mara".to_owned() };
    for (status, accepted) in [(Status::Dead, false), (Status::Sent, true)] {
        let wired = run.notifier.channel("a").expect("it is there");
        let tried = run.notifier.test(wired, &actor).await.expect("it is kept").expect("it is there");
        assert_eq!(
            (tried.status, tried.attempts.len(), tried.attempts[0].accepted),
            (status, 1, accepted),
            "{tried:?}"
        );
        assert!(tried.alerts.is_empty() && tried.title.contains("Mara"), "{tried:?}");
    }
    let health = run.notifier.channels()[0].health.state();
    assert!(health.failing_since.is_none() && health.sent_at.is_some());
    run.crash().await;
}
