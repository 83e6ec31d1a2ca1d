//! The harness: starts the program, knows its address, asks it, and ends it with the test.

use chrono::{SecondsFormat, TimeDelta, Utc};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The ingest token and the password of servers that were started with [`Forewatch::shared`].
pub(crate) const TOKEN: &str = "a-token-for-workers";
pub(crate) const PASSWORD: &str = "a password for people";

/// A running server.
pub(crate) struct Forewatch {
    child: Child,
    client: Client,
    pub(crate) url: String,
    pub(crate) folder: TempDir,
}

impl Drop for Forewatch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The answer's JSON, when it is a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json()
    }

    /// The problem document of a refusal with this status.
    #[track_caller]
    pub(crate) fn problem(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {problem}");
        }
        problem
    }
}

/// The program with a store and a small site in `folder`, not started yet.
pub(crate) fn program(folder: &Path) -> Command {
    let site = folder.join("site/pkg");
    std::fs::create_dir_all(&site).unwrap();
    for name in ["a.css", "a.css.br", "b.css", "a.js", "a.wasm"] {
        std::fs::write(site.join(name), name).unwrap();
    }
    std::fs::write(folder.join("site/favicon.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    let manifest = r#"{"style":"/pkg/a.css","pages":"/pkg/b.css","script":"/pkg/a.js","wasm":"/pkg/a.wasm"}"#;
    std::fs::write(folder.join("site/manifest.json"), manifest).unwrap();
    let mut command = forewatch();
    command.env("FOREWATCH_LOG", "warn").arg("serve");
    command.arg("--site-root").arg(folder.join("site"));
    command.env("FOREWATCH_STORE", format!("sqlite:{}", folder.join("forewatch.db").display()));
    command
}

/// The program, without anything from the environment.
pub(crate) fn forewatch() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewatch"));
    command.env_clear();
    command
}

/// Runs the program to its end: exit code, and what it says, on stdout and then on stderr.
#[track_caller]
pub(crate) fn run(arguments: &[&str]) -> (i32, String) {
    let output = forewatch().args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert!(!text.contains("panicked"), "{text}");
    (output.status.code().unwrap(), text)
}

impl Forewatch {
    /// A server as it comes, for the local operator.
    pub(crate) fn start() -> Self {
        Self::with("", &[])
    }

    /// A server on which people sign in and workers show a token.
    pub(crate) fn shared() -> Self {
        Self::with("", &Self::SHARED)
    }

    /// The environment of such a server.
    pub(crate) const SHARED: [(&str, &str); 3] =
        [("FOREWATCH_AUTH_MODE", "shared"), ("FOREWATCH_INGEST_TOKEN", TOKEN), ("FOREWATCH_PASSWORD", PASSWORD)];

    /// A server with a configuration file and environment of its own.
    pub(crate) fn with(config: &str, environment: &[(&str, &str)]) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), config, environment)
    }

    /// As [`Self::shared`], behind a proxy that people reach under `public_url`.
    pub(crate) fn shared_at(public_url: &str) -> Self {
        let [mode, token, password] = Self::SHARED;
        // The program tells its public address only, so its port is chosen here; another program may
        // take it in between, which a further try gets over.
        for _ in 0..5 {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let config = format!("[server]\nlisten = \"{free}\"\n");
            let environment = [mode, token, password, ("FOREWATCH_PUBLIC_URL", public_url)];
            let started = Self::try_in_folder(tempfile::tempdir().unwrap(), &config, &environment);
            if let Some(mut forewatch) = started {
                assert_eq!(forewatch.url, public_url);
                forewatch.url = format!("http://{free}");
                return forewatch;
            }
        }
        panic!("no port stayed free");
    }

    /// A server over the store that another left in `folder`.
    pub(crate) fn in_folder(folder: TempDir, config: &str, environment: &[(&str, &str)]) -> Self {
        Self::try_in_folder(folder, config, environment).expect("the server starts")
    }

    fn try_in_folder(folder: TempDir, config: &str, environment: &[(&str, &str)]) -> Option<Self> {
        let file = folder.path().join("forewatch.toml");
        std::fs::write(&file, config).unwrap();
        let mut command = program(folder.path());
        if !config.contains("listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        command.arg("--config").arg(file).envs(environment.iter().copied());
        Self::run(command, folder)
    }

    /// Runs the program, whose store lies in `folder`; `None` when it ends instead of being ready.
    pub(crate) fn run(mut command: Command, folder: TempDir) -> Option<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(url) = line.trim().strip_prefix("forewatch is ready on ") else {
            let _ = child.wait();
            return None;
        };
        let client = client();
        Some(Self { url: url.to_owned(), child, client, folder })
    }

    /// Kills the program, as a crash would, and starts it again on the same store with this password.
    pub(crate) fn restarted(self, password: &str) -> Self {
        let folder = self.killed();
        let mut environment = Self::SHARED;
        environment[2].1 = password;
        Self::in_folder(folder, "", &environment)
    }

    /// Stops the program as it is meant to be stopped, and leaves its store.
    pub(crate) fn stopped(mut self) -> TempDir {
        let stop = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(stop.success() && self.child.wait().unwrap().success());
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    /// Kills the program, as a crash would, and leaves its store.
    pub(crate) fn killed(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    /// The program's process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    /// Asks and reads the answer as JSON.
    #[track_caller]
    pub(crate) fn json(&self, path: &str) -> impl Future<Output = Value> {
        let request = self.get(path);
        async move { send(request).await.ok() }
    }

    /// Asks again and again until the answer fits; what was reported is shown within a tick.
    pub(crate) async fn until(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.until_within(Duration::from_secs(20), path, fits).await
    }

    /// The same for what takes its time.
    pub(crate) async fn until_within(&self, patience: Duration, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + patience;
        loop {
            let answer = send(self.get(path)).await;
            let fit = (answer.status == StatusCode::OK).then(|| answer.json()).filter(|value| fits(value));
            match fit {
                Some(value) => return value,
                None if Instant::now() > deadline => panic!("{path} never fitted; last: {}", answer.text),
                None => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Waits until it says that it can do its work, without giving it any.
    pub(crate) async fn until_ready(&self) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while send(self.get("/readyz")).await.status != StatusCode::OK {
            assert!(Instant::now() < deadline, "it is ready again without being asked to take anything");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Reports events as a JSON array.
    pub(crate) async fn report(&self, events: &Value) -> Value {
        send(self.post("/api/v1/events", events)).await.ok()
    }

    /// Registers a worker and lets it beat once.
    pub(crate) async fn worker(&self, id: &str) {
        send(self.post("/api/v1/workers/register", &json!({ "registration": { "worker_id": id } }))).await.ok();
        send(self.post(&format!("/api/v1/workers/{id}/heartbeat"), &heartbeat(id))).await.ok();
    }

    /// Raises an alert by hand, and answers with its id.
    pub(crate) async fn alert(&self) -> String {
        let alert = json!({ "title": "The fan is loud", "severity": "warning", "component": "worker", "component_id": "gpu-1" });
        let raised = send(self.post("/api/v1/alerts", &alert)).await.ok();
        raised["alert_id"].as_str().unwrap().to_owned()
    }
}

/// Asks as a program does: it follows no redirect.
pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

/// Sends a request and reads the answer whole.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

/// The smallest heartbeat there is.
pub(crate) fn heartbeat(id: &str) -> Value {
    json!({ "worker_id": id, "status": "online", "timestamp": ago(0), "metrics": { "cpu_usage_percent": 12.5 } })
}

/// The time that many seconds ago.
pub(crate) fn ago(seconds: i64) -> String {
    (Utc::now() - TimeDelta::seconds(seconds)).to_rfc3339_opts(SecondsFormat::Millis, true)
}
