//! A Redis that a Sentinel watches: it is found by its name, and again after another has taken over.

use super::outages::until_it_works;
use super::{append, numbers};
use crate::store::StoreError;
use crate::store::conformance::places::{Kind, Place, Redis};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const FOREVER: Duration = Duration::from_mins(1);

/// A Sentinel that watches one Redis, which it calls `main`.
struct Sentinel {
    server: Child,
    port: u16,
    _folder: TempDir,
}

impl Sentinel {
    fn watching(redis: &Redis) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sentinel.conf");
        let config = format!(
            "port {port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {} 1\n\
             sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 5000\n",
            redis.port
        );
        std::fs::write(&file, config).unwrap();
        let command = Command::new("redis-server").arg(file).arg("--sentinel").stdout(Stdio::null()).spawn();
        let sentinel = Self { server: command.unwrap(), port, _folder: folder };
        sentinel.until("it knows the replica", |known| known.contains("slaves=1"));
        sentinel
    }

    /// Waits until what it tells of itself fits.
    fn until(&self, what: &str, fits: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + FOREVER;
        let ask = || -> redis::RedisResult<String> {
            let client = redis::Client::open(format!("redis://127.0.0.1:{}", self.port))?;
            redis::cmd("INFO").arg("sentinel").query(&mut client.get_connection_with_timeout(Duration::from_secs(1))?)
        };
        while !ask().is_ok_and(|told| fits(&told)) {
            assert!(Instant::now() < deadline, "{what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn the_store_goes_on_with_the_redis_that_took_over_and_what_both_had_is_there() {
    let mut first = Redis::start(&[]);
    let second = Redis::start(&["--replicaof", &format!("127.0.0.1 {}", first.port)]);
    let sentinel = Sentinel::watching(&first);
    let place = Place::new(&Kind::Redis(format!("redis+sentinel://127.0.0.1:{}/main", sentinel.port)));
    let mut store = place.open();
    append(&mut store, 0..2).unwrap();
    first.run(&["WAIT", "1", "60000"]);
    first.kill();
    assert!(append(&mut store, 2..3).is_err());
    let new = format!("address=127.0.0.1:{}", second.port);
    sentinel.until("the other takes over", |told| told.contains(&new));
    until_it_works(|| append(&mut store, 3..4));
    assert_eq!(numbers(&*store.log), ["w0", "w1", "w3"]);
    assert!(second.run(&["ROLE"]).contains("master"), "it lies in the second one");
}

#[test]
fn a_name_that_no_sentinel_knows_is_told() {
    let first = Redis::start(&[]);
    let _second = Redis::start(&["--replicaof", &format!("127.0.0.1 {}", first.port)]);
    let sentinel = Sentinel::watching(&first);
    let place = Place::new(&Kind::Redis(format!("redis+sentinel://127.0.0.1:1,127.0.0.1:{}/other", sentinel.port)));
    match place.try_open() {
        Err(StoreError::Unusable(reason)) => assert!(reason.contains("no Redis called other"), "{reason}"),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it is opened"),
    }
}
