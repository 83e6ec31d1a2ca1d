//! The agent against a server that forgets, is away, refuses and comes back.
#![allow(missing_docs)]

mod server;
mod simulator;

use forewatch_agent::client::{self, Token};
use forewatch_agent::probe::Settings;
use forewatch_agent::run::{self, Options, spool};
use server::{Mood, Server};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_millis(100);

struct Agent {
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

impl Agent {
    fn start(server: &Server, spool: &Path, token: Token) -> Self {
        Self::patient(server, spool, token, client::TIMEOUT)
    }

    /// One that waits so long for an answer.
    fn patient(server: &Server, spool: &Path, token: Token, timeout: Duration) -> Self {
        let options = Options {
            server: server.url.clone(),
            token,
            timeout,
            probe: Settings {
                id: Some("host/one".parse().expect("an id")),
                interval: INTERVAL,
                tags: Vec::new(),
                nvml_library: Some("/nonexistent/libnvidia-ml.so".into()),
                ..Settings::default()
            },
            spool: spool.to_owned(),
            spool_limit: spool::LIMIT,
        };
        let stop = CancellationToken::new();
        let running = tokio::spawn(run::run(options, stop.clone()));
        Self { stop, running }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.running.await.expect("it does not panic").expect("it ends in order");
    }
}

/// Waits until it is so; a machine may be slow.
async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < patience, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn it_registers_again_when_the_server_has_forgotten_it() {
    let (server, folder) = (Server::start(Mood::Up).await, tempfile::tempdir().expect("a temporary folder"));
    let agent = Agent::start(&server, folder.path(), Token::None);
    eventually("it beats", || server.seen().taken.len() >= 2).await;
    assert_eq!(server.seen().registrations, 1);
    server.seen().knows_worker = false;
    let before = server.seen().taken.len();
    eventually("it beats again", || server.seen().taken.len() > before).await;
    agent.stop().await;
    assert_eq!(server.seen().registrations, 2);
    assert!(server.seen().events.is_empty(), "nothing was late");
}

#[tokio::test]
async fn what_it_reads_while_the_server_is_away_arrives_once_afterwards() {
    let (server, folder) = (Server::start(Mood::Up).await, tempfile::tempdir().expect("a temporary folder"));
    let agent = Agent::start(&server, folder.path(), Token::None);
    eventually("it beats", || !server.seen().taken.is_empty()).await;
    server.seen().mood = Mood::Busy;
    eventually("a heartbeat is refused", || !server.seen().refused.is_empty()).await;
    // Stopped and started in between: what waits lies on disk.
    agent.stop().await;
    let agent = Agent::start(&server, folder.path(), Token::None);
    let requests = server.seen().requests;
    eventually("it tries", || server.seen().requests > requests + 1).await;
    server.seen().mood = Mood::Up;
    let taken = server.seen().taken.len();
    eventually("it beats again", || server.seen().taken.len() > taken + 2 && !server.seen().events.is_empty()).await;
    agent.stop().await;

    let seen = server.seen();
    let late: Vec<String> =
        seen.events.iter().map(|event| event["at"].as_str().unwrap_or_default().to_owned()).collect();
    let all: BTreeSet<&String> = late.iter().chain(&seen.taken).collect();
    assert_eq!(all.len(), late.len() + seen.taken.len(), "nothing arrives twice");
    assert!(seen.refused.iter().all(|refused| late.contains(refused)), "nothing that was refused is lost");
    let ids: BTreeSet<&str> = seen.events.iter().filter_map(|event| event["event_id"].as_str()).collect();
    assert_eq!(ids.len(), seen.events.len(), "each has an id of its own");
    assert!(late.is_sorted(), "the oldest first");
    for event in &seen.events {
        let text = event.to_string();
        assert!(forewatch::ingest::parse_event(&text, chrono::Utc::now()).is_ok(), "the server takes {text}");
    }
    let left = std::fs::read_dir(folder.path()).expect("the spool's folder").count();
    assert_eq!(left, 1, "only the lock is left");
}

#[tokio::test]
async fn every_request_carries_the_token() {
    let (server, folder) = (Server::start(Mood::Up).await, tempfile::tempdir().expect("a temporary folder"));
    let file = folder.path().join("token");
    std::fs::write(&file, "secret\n").expect("a file");
    let agent = Agent::start(&server, &folder.path().join("spool"), Token::File(file));
    eventually("it beats", || !server.seen().taken.is_empty()).await;
    agent.stop().await;
    assert!(server.seen().tokens.iter().all(|token| token.as_deref() == Some("bearer secret")));
}

#[tokio::test]
async fn a_server_that_refuses_it_is_left_alone_longer_and_longer() {
    let (server, folder) = (Server::start(Mood::Denies).await, tempfile::tempdir().expect("a temporary folder"));
    let agent = Agent::start(&server, folder.path(), Token::None);
    // Pauses of at least 1/4, 1/2 and 1 s: in 2 s no more than the first try and three others.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let requests = server.seen().requests;
    assert!((1..=4).contains(&requests), "{requests} requests");
    server.seen().mood = Mood::Up;
    eventually("what waited arrives", || !server.seen().events.is_empty()).await;
    agent.stop().await;
}

/// The time stamps of the readings that lie in a spool.
fn kept(folder: &Path) -> Vec<String> {
    let mut segments: Vec<_> = std::fs::read_dir(folder)
        .expect("the spool's folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ndjson"))
        .collect();
    segments.sort();
    let text: String = segments.iter().map(|path| std::fs::read_to_string(path).expect("a segment")).collect();
    text.lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()?["at"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn it_reads_on_at_its_interval_while_the_server_hangs() {
    let (server, folder) = (Server::start(Mood::Hangs).await, tempfile::tempdir().expect("a temporary folder"));
    let agent = Agent::start(&server, folder.path(), Token::None);
    eventually("it tries", || server.seen().requests == 1).await;
    eventually("readings are kept", || kept(folder.path()).len() >= 5).await;
    assert_eq!(server.seen().requests, 1, "the first request still hangs");
    agent.stop().await;
    let times = kept(folder.path());
    let distinct: BTreeSet<&String> = times.iter().collect();
    assert!(
        times.len() >= 7 && distinct.len() == times.len(),
        "the first and the newest are kept at the stop: {times:?}"
    );
}

#[tokio::test]
async fn a_request_that_hangs_is_given_up_and_what_it_carried_is_sent_again() {
    let (server, folder) = (Server::start(Mood::Up).await, tempfile::tempdir().expect("a temporary folder"));
    let agent = Agent::patient(&server, folder.path(), Token::None, Duration::from_millis(300));
    eventually("it beats", || !server.seen().taken.is_empty()).await;
    server.seen().mood = Mood::Hangs;
    let requests = server.seen().requests;
    eventually("it tries again after the first", || server.seen().requests >= requests + 2).await;
    server.seen().mood = Mood::Up;
    let taken = server.seen().taken.len();
    eventually("it beats again", || server.seen().taken.len() > taken && !server.seen().events.is_empty()).await;
    agent.stop().await;
    let seen = server.seen();
    let late: Vec<&str> = seen.events.iter().filter_map(|event| event["at"].as_str()).collect();
    assert!(!seen.refused.is_empty() && seen.refused.iter().all(|hung| late.contains(&hung.as_str())));
}

#[tokio::test]
async fn the_reading_that_is_under_way_at_the_stop_is_kept() {
    let (server, folder) = (Server::start(Mood::Up).await, tempfile::tempdir().expect("a temporary folder"));
    let agent = Agent::start(&server, folder.path(), Token::None);
    eventually("it beats", || !server.seen().taken.is_empty()).await;
    server.seen().mood = Mood::Hangs;
    let requests = server.seen().requests;
    eventually("a heartbeat hangs", || server.seen().requests > requests).await;
    agent.stop().await;
    let hung = server.seen().refused[0].clone();
    assert!(kept(folder.path()).contains(&hung));
    server.seen().mood = Mood::Up;
    let agent = Agent::start(&server, folder.path(), Token::None);
    eventually("it arrives after the next start", || server.seen().events.iter().any(|event| event["at"] == hung))
        .await;
    agent.stop().await;
}
