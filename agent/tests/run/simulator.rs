//! The simulator at its end, beside a server that is away.

use crate::eventually;
use crate::server::{Mood, Server};
use forewatch_agent::client::Token;
use forewatch_agent::simulate::{Options, Plan, Scenario, Summary, simulate};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Well below one timeout, or the pauses between eight attempts.
const AT_ONCE: Duration = Duration::from_secs(4);

fn start(
    server: &Server,
    duration: Option<Duration>,
    stop: &CancellationToken,
) -> JoinHandle<anyhow::Result<Arc<Summary>>> {
    let plan = Plan {
        workers: 2,
        gpus: 1,
        tasks_per_second: 50.0,
        seed: 1,
        duration,
        interval: Duration::from_secs(1),
        scenario: Scenario::Steady,
    };
    let options = Options { server: server.url.clone(), token: Token::None, plan };
    tokio::spawn(simulate(options, stop.clone()))
}

async fn told(running: JoinHandle<anyhow::Result<Arc<Summary>>>) -> String {
    running.await.expect("it does not panic").expect("it ends in order").to_string()
}

#[tokio::test]
async fn told_to_stop_it_stops_at_once_whatever_the_server_does() {
    for mood in [Mood::Hangs, Mood::Busy] {
        let (server, stop) = (Server::start(Mood::Up).await, CancellationToken::new());
        let running = start(&server, None, &stop);
        eventually("events arrive", || !server.seen().events.is_empty()).await;
        server.seen().mood = mood;
        let requests = server.seen().requests;
        eventually("it goes on", || server.seen().requests > requests).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let told_to = Instant::now();
        stop.cancel();
        let told = told(running).await;
        assert!(told_to.elapsed() < AT_ONCE, "{mood:?}: {:?}", told_to.elapsed());
        assert!(told.contains("rejected") && !told.contains(" 0 not sent"), "what was not sent is told:\n{told}");
    }
}

#[tokio::test]
async fn when_its_time_is_over_it_does_not_try_again() {
    let (server, stop) = (Server::start(Mood::Up).await, CancellationToken::new());
    let begun = Instant::now();
    let running = start(&server, Some(Duration::from_secs(2)), &stop);
    eventually("events arrive", || !server.seen().events.is_empty()).await;
    server.seen().mood = Mood::Busy;
    let told = told(running).await;
    assert!(begun.elapsed() < Duration::from_secs(2) + AT_ONCE, "{:?}", begun.elapsed());
    assert!(!told.contains(" 0 not sent"), "{told}");
}

#[tokio::test]
async fn when_its_time_is_over_everything_that_happened_was_sent() {
    let (server, stop) = (Server::start(Mood::Up).await, CancellationToken::new());
    let told = told(start(&server, Some(Duration::from_secs(1)), &stop)).await;
    let events = server.seen().events.len();
    assert!(events > 20 && told.contains(&format!("{events} accepted, 0 rejected, 0 not sent")), "{events}:\n{told}");
}
