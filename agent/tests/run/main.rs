//! The agent against a server that forgets, is away, refuses and comes back.
#![allow(missing_docs)]

mod server;

use forewatch_agent::client::Token;
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
        let options = Options {
            server: server.url.clone(),
            token,
            probe: Settings {
                id: Some("host/one".parse().expect("an id")),
                interval: INTERVAL,
                tags: Vec::new(),
                nvml_library: Some("/nonexistent/libnvidia-ml.so".into()),
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
