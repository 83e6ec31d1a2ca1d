//! A real Redis, and the application of `end2end/celery_app` with one worker, for one test.

use crate::redis::Redis;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

/// The application. Ends with the test.
pub(crate) struct Application {
    prefix: String,
    /// Seconds after which what a worker took and did not acknowledge comes again; by default Celery's own, an hour.
    redelivered_after: Option<u32>,
    pub(crate) redis: Redis,
    workers: BTreeMap<String, Child>,
}

impl Application {
    /// Answers once Redis does; who wants to see the worker waits for that.
    pub(crate) fn start(prefix: &str) -> Self {
        let mut application = Self::without_workers(prefix);
        application.start_worker("gpu@state", "gpu_priority,cpu_standard");
        application
    }

    /// The broker alone.
    pub(crate) fn without_workers(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), redelivered_after: None, redis: Redis::start(), workers: BTreeMap::new() }
    }

    /// Of workers that are started from now on, what they took and did not acknowledge comes again after so many seconds.
    pub(crate) fn redelivered_after(&mut self, seconds: u32) {
        self.redelivered_after = Some(seconds);
    }

    /// Starts a worker of two processes that takes from these queues, with commas.
    pub(crate) fn start_worker(&mut self, node: &str, queues: &str) {
        self.start_worker_of(2, node, queues);
    }

    /// The same with so many processes, which are a group of their own.
    pub(crate) fn start_worker_of(&mut self, processes: u32, node: &str, queues: &str) {
        let processes = processes.to_string();
        let arguments = ["-m", "celery", "-A", "tasks", "worker", "-n", node, "-c", &processes, "-E", "-Q", queues];
        let mut worker = self.python(&arguments);
        let worker = worker.process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        assert!(self.workers.insert(node.to_owned(), worker).is_none(), "one worker of a name");
    }

    /// Starts a worker again if it has ended, as what watches over it does.
    pub(crate) fn keep_worker(&mut self, node: &str, queues: &str) {
        if self.workers.get_mut(node).unwrap().try_wait().unwrap().is_some() {
            self.workers.remove(node);
            self.start_worker(node, queues);
        }
    }

    /// Ends a worker as a deployment does, and waits for it.
    pub(crate) fn end_worker(&mut self, node: &str) {
        end(&mut self.workers.remove(node).unwrap());
    }

    /// Ends a worker and all its processes at once, as a machine that loses power does.
    pub(crate) fn kill_worker(&mut self, node: &str) {
        let mut worker = self.workers.remove(node).unwrap();
        let group = format!("-{}", worker.id());
        assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
        worker.wait().unwrap();
    }

    /// How many of these tasks have left a result with the application.
    pub(crate) fn ended(&self, ids: &[String]) -> usize {
        let keys = ids.iter().map(|id| format!("{}celery-task-meta-{id}", self.prefix));
        let mut command = redis::cmd("EXISTS");
        keys.for_each(|key| _ = command.arg(key));
        // A broker that is being started has none yet.
        let connection = redis::Client::open(self.url()).unwrap().get_connection();
        connection.and_then(|mut connection| command.query(&mut connection)).unwrap_or(0)
    }

    /// Waits until a worker has ended by itself.
    pub(crate) fn until_ended(&mut self, node: &str) {
        assert!(self.workers.remove(node).unwrap().wait().unwrap().success());
    }

    /// The queues that a worker takes from, as it says itself.
    pub(crate) fn takes_from(&self, node: &str) -> BTreeSet<String> {
        let asked = ["-m", "celery", "-A", "tasks", "inspect", "active_queues", "--json", "-d", node];
        let said = self.python(&asked).output().unwrap();
        let by_node: Value = serde_json::from_slice(&said.stdout).unwrap_or_default();
        let queues = by_node[node].as_array().into_iter().flatten();
        queues.map(|queue| queue["name"].as_str().unwrap().to_owned()).collect()
    }

    /// What waits in a queue's list.
    pub(crate) fn waiting(&self, queue: &str) -> u64 {
        let mut connection = redis::Client::open(self.url()).unwrap().get_connection().unwrap();
        redis::cmd("LLEN").arg(format!("{}{queue}", self.prefix)).query(&mut connection).unwrap()
    }

    /// Keys that somebody who asks workers would leave, and for how many seconds each stays.
    pub(crate) fn left_behind(&self) -> Vec<(String, i64)> {
        // In one step: a key that goes between two questions is not one that stays.
        let script = redis::Script::new(
            "local found = {}
            for _, key in ipairs(redis.call('KEYS', '*forewatch*')) do
                table.insert(found, { key, redis.call('TTL', key) })
            end
            return found",
        );
        script.invoke(&mut redis::Client::open(self.url()).unwrap().get_connection().unwrap()).unwrap()
    }

    pub(crate) fn url(&self) -> String {
        self.redis.url(0)
    }

    /// Celery's own view from now on.
    pub(crate) fn state(&self) -> State {
        let mut child = self.python(&["state.py"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        assert_eq!(line, "listening\n");
        State { child, said }
    }

    /// Sends tasks as the application itself would; answers with their ids, in order.
    pub(crate) fn send(&self, calls: &Value) -> Vec<String> {
        let sent = self.python(&["send.py", &calls.to_string()]).output().unwrap();
        assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
        serde_json::from_slice(&sent.stdout).unwrap()
    }

    /// Publishes on the channel of events.
    pub(crate) fn publish(&self, data: &str) {
        let channel = format!("{}/0.celeryev/task.multi", self.prefix);
        let port = self.redis.port.to_string();
        let done =
            Command::new("redis-cli").args(["-p", &port, "publish", &channel, data]).stdout(Stdio::null()).status();
        assert!(done.unwrap().success());
    }

    /// Calls a running task off, as an operator would.
    pub(crate) fn terminate(&self, id: &str) {
        let done =
            self.python(&["-m", "celery", "-A", "tasks", "control", "terminate", "SIGTERM", id]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn python(&self, arguments: &[&str]) -> Command {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let python = root.join("target/venv/bin/python");
        assert!(python.exists(), "Celery is not installed for tests: run `make setup` first");
        let mut command = Command::new(python);
        command.args(arguments).current_dir(root.join("end2end/celery_app"));
        command.env("BROKER_URL", self.url()).env("KEY_PREFIX", &self.prefix).env("PYTHONDONTWRITEBYTECODE", "1");
        if let Some(seconds) = self.redelivered_after {
            command.env("VISIBILITY_TIMEOUT", seconds.to_string());
        }
        command
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        self.workers.values_mut().for_each(end);
    }
}

fn end(worker: &mut Child) {
    // Its children end with it only when it is asked.
    // A test that has failed does not wait for what still runs.
    let signal = if std::thread::panicking() { "-QUIT" } else { "-TERM" };
    let _ = Command::new("kill").args([signal, &worker.id().to_string()]).status();
    let _ = worker.wait();
}

/// A running `celery.events.state.State`.
pub(crate) struct State {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl State {
    /// What it made of all events until now.
    pub(crate) fn told(&mut self) -> Value {
        drop(self.child.stdin.take());
        let mut text = String::new();
        self.said.read_to_string(&mut text).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
