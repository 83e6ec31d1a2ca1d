//! Where the stores of the tests are: a folder, and Redis servers that live as long as their test.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use crate::config;
use crate::history::Kept;
use crate::store::{self, Store, StoreError};
use chrono::TimeDelta;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything here takes: a test that waits this long has failed.
const FOREVER: Duration = Duration::from_mins(1);

/// A kind of store.
pub(crate) enum Kind {
    Sqlite,
    /// At this URL.
    Redis(String),
}

/// The place of one store.
pub(crate) struct Place {
    pub(crate) config: config::Store,
    pub(crate) folder: TempDir,
}

impl Place {
    /// A place where no store is yet.
    pub(crate) fn new(kind: &Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match kind {
            Kind::Sqlite => format!("sqlite:{}", folder.path().join("forewatch.db").display()),
            Kind::Redis(url) => url.clone(),
        };
        let key_prefix = format!("test:{}", ulid::Ulid::new());
        let config = config::Store { url: Some(url.parse().unwrap()), key_prefix, ..config::Store::default() };
        Self { config, folder }
    }

    /// The same store, as another machine sees it.
    pub(crate) fn elsewhere(&self) -> Self {
        Self { config: self.config.clone(), folder: tempfile::tempdir().unwrap() }
    }

    /// The same store by another URL.
    pub(crate) fn at(mut self, url: &str) -> Self {
        self.config.url = Some(url.parse().unwrap());
        self
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.config.key_prefix
    }

    /// Opens it, also right after it was closed: a Redis that another test starts at that moment has its lock until it has
    /// become a program of its own.
    pub(crate) fn open(&self) -> Store {
        let deadline = Instant::now() + FOREVER;
        loop {
            match self.try_open() {
                Ok(store) => return store,
                Err(StoreError::Unusable(reason)) if reason.contains("is in use by") && Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(error) => panic!("the store can be opened: {error}"),
            }
        }
    }

    /// Everything is kept for two hundred years: the days on which the tests happen are long gone.
    pub(crate) fn try_open(&self) -> Result<Store, StoreError> {
        let span = TimeDelta::days(73_000);
        store::open(&self.config, self.folder.path(), Kept { samples: span, minutes: span, hours: span, days: span })
    }
}

/// A Redis server, or a Sentinel, which is the same program.
pub(crate) struct Redis {
    server: Child,
    pub(crate) port: u16,
    options: Vec<String>,
    folder: TempDir,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Redis {
    pub(crate) fn start(options: &[&str]) -> Self {
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        // Another program may take the port before the server does.
        for _ in 0..5 {
            let port = free_port();
            let folder = tempfile::tempdir().unwrap();
            let mut redis = Self { server: spawn(port, &options, &folder), port, options: options.clone(), folder };
            if redis.answers() {
                return redis;
            }
        }
        panic!("no port stayed free");
    }

    pub(crate) fn url(&self, db: u8) -> String {
        format!("redis://127.0.0.1:{}/{db}", self.port)
    }

    /// Runs a command; answers with what came, as text.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        let mut connection = redis::Client::open(self.url(0)).unwrap().get_connection().unwrap();
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(*word);
        }
        let answer: redis::Value = command.query(&mut connection).unwrap();
        redis::from_redis_value::<String>(answer.clone()).unwrap_or_else(|_| format!("{answer:?}"))
    }

    /// Ends it at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }

    /// Starts it again with what it has on disk.
    pub(crate) fn again(&mut self) {
        self.server = spawn(self.port, &self.options, &self.folder);
        assert!(self.answers(), "it comes back");
    }

    /// Waits until it answers; false when it has ended instead.
    fn answers(&mut self) -> bool {
        let deadline = Instant::now() + FOREVER;
        loop {
            let client = redis::Client::open(self.url(0)).unwrap();
            let asked = client
                .get_connection_with_timeout(Duration::from_secs(1))
                .and_then(|mut connection| redis::cmd("PING").exec(&mut connection));
            if asked.is_ok() {
                return true;
            }
            if self.server.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(Instant::now() < deadline, "the redis-server of the test answers");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn spawn(port: u16, options: &[String], folder: &TempDir) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .arg("--dir")
        .arg(folder.path())
        .args(options)
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server is installed: the set-up of the tests sees to it")
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A Redis Cluster of three nodes.
pub(crate) struct Cluster {
    nodes: Vec<Redis>,
}

impl Cluster {
    pub(crate) fn start() -> Self {
        let node = || {
            let bus = free_port().to_string();
            Redis::start(&["--cluster-enabled", "yes", "--cluster-port", &bus, "--cluster-node-timeout", "5000"])
        };
        let cluster = Self { nodes: vec![node(), node(), node()] };
        let hosts = cluster.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port));
        let made = Command::new("redis-cli")
            .args(["--cluster", "create"])
            .args(hosts)
            .args(["--cluster-replicas", "0", "--cluster-yes"])
            .output()
            .expect("redis-cli is installed: the set-up of the tests sees to it");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
        let deadline = Instant::now() + FOREVER;
        while !cluster.nodes.iter().all(|node| node.run(&["CLUSTER", "INFO"]).contains("cluster_state:ok")) {
            assert!(Instant::now() < deadline, "the cluster of the test comes up");
            std::thread::sleep(Duration::from_millis(20));
        }
        cluster
    }

    pub(crate) fn url(&self) -> String {
        let hosts: Vec<String> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    /// How many keys each node has.
    pub(crate) fn keys(&self) -> Vec<u64> {
        let count = |node: &Redis| {
            let mut connection = redis::Client::open(node.url(0)).unwrap().get_connection().unwrap();
            redis::cmd("DBSIZE").query(&mut connection).unwrap()
        };
        self.nodes.iter().map(count).collect()
    }
}
