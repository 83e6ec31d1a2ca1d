//! A real Redis of one test.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything here takes to come up.
const PATIENCE: Duration = Duration::from_mins(1);

/// A Redis that writes to disk all that it takes. Ends with the test.
pub(crate) struct Redis {
    server: Child,
    pub(crate) port: u16,
    folder: TempDir,
}

impl Redis {
    pub(crate) fn start() -> Self {
        // Another program may take the port before the server does.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let folder = tempfile::tempdir().unwrap();
            let mut redis = Self { server: spawn(port, &folder), port, folder };
            if redis.answers() {
                return redis;
            }
        }
        panic!("no port stayed free");
    }

    pub(crate) fn url(&self, db: u8) -> String {
        format!("redis://127.0.0.1:{}/{db}", self.port)
    }

    /// Lets it take so many bytes; 0 stands for any number.
    pub(crate) fn set_room(&self, bytes: u64) {
        let mut connection = redis::Client::open(self.url(0)).unwrap().get_connection().unwrap();
        redis::cmd("CONFIG").arg("SET").arg("maxmemory").arg(bytes).exec(&mut connection).unwrap();
    }

    /// Ends it at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }

    /// Lets it hold still: it takes connections and answers nothing, as behind a network that is away.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.server.id().to_string()]).status().unwrap().success());
    }

    /// Starts it again with what it has on disk.
    pub(crate) fn again(&mut self) {
        self.server = spawn(self.port, &self.folder);
        assert!(self.answers(), "it comes back");
    }

    /// Waits until it answers; false when it has ended instead.
    fn answers(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if self.server.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(Instant::now() < deadline, "the redis-server of the test answers");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.server.try_wait().unwrap().is_none()
    }
}

fn spawn(port: u16, folder: &TempDir) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "always", "--dir"])
        .arg(folder.path())
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
