//! Sending what waits: one worker a channel, so that a slow receiver holds up no other.

use super::Attempt;
use super::delivery::{Due, Next, Then};
use super::{Link, Notifier, Wired, retry, send};
use crate::collector::{Fleet, clock};
use crate::outbound::{Failure, Retry};
use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// The longest time without a look, should a wake-up be missed.
const IDLE: Duration = Duration::from_secs(30);
/// The pause while the outbox does not answer.
const AWAY: Duration = Duration::from_secs(5);
/// An attempt under way at the end is waited for this long; after that it is made again at the next start.
const GRACE: Duration = Duration::from_secs(1);
/// The fleet's state is published several times a second: older than this, the server does not do its work.
const STANDSTILL: TimeDelta = TimeDelta::seconds(15);

/// Sends until it is stopped.
pub(super) async fn run(notifier: Arc<Notifier>, wired: Arc<Wired>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let name = wired.channel.name().to_owned();
        let mut is_held = false;
        let pause = match notifier.ask(move |outbox| outbox.next(&name, clock())).await {
            Ok(Next::Now(due)) => {
                let tried = try_once(&notifier, &wired, &due, &stop);
                let ended = async {
                    stop.cancelled().await;
                    tokio::time::sleep(GRACE).await;
                };
                tokio::select! {
                    held = tried => {
                        is_held = held.is_some();
                        held.unwrap_or_default()
                    }
                    () = ended => return,
                }
            }
            Ok(Next::At(at)) => (at - clock()).to_std().unwrap_or_default().min(IDLE),
            Ok(Next::Nothing) => IDLE,
            Err(error) => {
                tracing::error!(%error, channel = wired.channel.name(), "the outbox cannot be read");
                AWAY
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = wired.wake.notified(), if !is_held => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Makes one attempt and notes it; answers with how long the receiver wants to be left alone, whatever comes up.
async fn try_once(notifier: &Notifier, wired: &Wired, due: &Due, stop: &CancellationToken) -> Option<Duration> {
    let (at, began) = (clock(), Instant::now());
    let enclosed = notifier.enclosed(&wired.channel, &due.message).await;
    let sent = send::send(&wired.channel, &due.message, &enclosed, &due.id, &notifier.http, &notifier.links).await;
    let now = clock();
    let then = match &sent {
        Ok(_) => Then::Sent,
        Err(failure) => retry::after(failure.retry, due, now, rand::random()),
    };
    tell(wired, &sent, then, now);
    let held = match &sent {
        Err(Failure { retry: Retry::After(pause), .. }) => Some(*pause),
        _ => None,
    };
    let accepted = sent.is_ok();
    let answer = sent.unwrap_or_else(|failure| failure.reason);
    let attempt = Attempt { at, duration: began.elapsed().as_secs_f64(), accepted, answer };
    // What was sent and is not noted would be sent again: so it is noted before anything else is done.
    loop {
        let (id, attempt) = (due.id.clone(), attempt.clone());
        match notifier.ask(move |outbox| outbox.attempted(&id, &attempt, then)).await {
            Ok(()) => return held,
            Err(error) => tracing::error!(%error, channel = wired.channel.name(), "an attempt cannot be noted"),
        }
        tokio::select! {
            () = stop.cancelled() => return held,
            () = tokio::time::sleep(AWAY) => {}
        }
    }
}

fn tell(wired: &Wired, sent: &Result<String, Failure>, then: Then, now: DateTime<Utc>) {
    let channel = wired.channel.name();
    match sent {
        Ok(_) => {
            if let Some(since) = wired.health.sent(now) {
                tracing::info!(channel, %since, "the receiver takes messages again");
            }
        }
        Err(failure) => {
            let is_new = wired.health.failed(now, &failure.reason);
            if then == Then::GivenUp {
                wired.health.given_up();
                tracing::error!(
                    channel,
                    reason = failure.reason,
                    "a message was given up; it can be sent again by hand"
                );
            } else if is_new {
                tracing::warn!(channel, reason = failure.reason, "a message was not taken: trying again");
            }
        }
    }
}

/// Says "still alive" until it is stopped, while the server does its work.
pub(super) async fn beat(
    notifier: Arc<Notifier>,
    wired: Arc<Wired>,
    url: Link,
    every: Duration,
    fleet: Arc<ArcSwap<Fleet>>,
    stop: CancellationToken,
) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let now = clock();
        if now - fleet.load().now > STANDSTILL {
            tracing::error!(channel = wired.channel.name(), "no heartbeat is sent: the collector stands still");
            continue;
        }
        let sent = tokio::select! {
            sent = send::beat(&wired.channel, &url.0, &notifier.http) => sent,
            () = stop.cancelled() => return,
        };
        // A missed one is not made up for: the next one is due soon.
        tell(&wired, &sent, Then::Again(now), clock());
    }
}
