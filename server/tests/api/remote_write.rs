//! Every sample handed to a real Prometheus.

use crate::server::{Forewatch, client, heartbeat, send};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running Prometheus that takes remote write. Ends with the test.
struct Prometheus {
    program: Child,
    url: String,
    _folder: TempDir,
}

impl Prometheus {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = folder.path().join("prometheus.yml");
        std::fs::write(&config, "global: {}\n").unwrap();
        let program = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--web.enable-remote-write-receiver")
            .stderr(Stdio::null())
            .spawn()
            .expect("prometheus is there: scripts/setup.sh test installs it");
        let prometheus = Self { program, url: format!("http://{address}"), _folder: folder };
        let ready = format!("{}/-/ready", prometheus.url);
        let deadline = Instant::now() + PATIENCE;
        while !client().get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(Instant::now() < deadline, "Prometheus is ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        prometheus
    }

    /// What it has: each series of it, with its samples (Unix seconds, value).
    async fn ask(&self, query: &str) -> Vec<(Value, Vec<(f64, f64)>)> {
        let url = format!("{}/api/v1/query?query={query}", self.url);
        let answer = send(client().get(url)).await.ok();
        let series = answer["data"]["result"].as_array().unwrap().iter().map(|series| {
            let samples = series["values"].as_array().unwrap().iter();
            let samples = samples.map(|at| (at[0].as_f64().unwrap(), at[1].as_str().unwrap().parse().unwrap()));
            (series["metric"].clone(), samples.collect())
        });
        series.collect()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[tokio::test]
async fn prometheus_has_every_sample_that_was_told() {
    let prometheus = Prometheus::start().await;
    let config = format!(
        "[[remote_write]]\nurl = \"{}/api/v1/write\"\nlabels = {{ site = \"fra\" }}\n\
         [[remote_write]]\nurl = \"http://127.0.0.1:1/api/v1/write\"\n",
        prometheus.url
    );
    let forewatch = Forewatch::with(&config, &[]);
    let registration = json!({ "registration": { "worker_id": "w-1" } });
    send(forewatch.post("/api/v1/workers/register", &registration)).await.ok();
    for load in [0.25, 0.5, 0.75] {
        let mut beat = heartbeat("w-1");
        beat["metrics"]["cpu_usage"] = json!(load);
        beat["gpus"] = json!([{ "index": 3, "utilization": load / 2.0 }]);
        send(forewatch.post("/api/v1/workers/w-1/heartbeat", &beat)).await.ok();
        let shows = |page: &Value| page["items"][0]["cpu_usage"] == json!(load);
        forewatch.until("/api/v1/workers", shows).await;
    }
    let values = |samples: &[(f64, f64)]| samples.iter().map(|(_, value)| *value).collect::<Vec<_>>();
    // What is in memory goes into the store when it stops, and from there to whom follows; who is away holds nobody up.
    forewatch.stopped();

    let (labels, samples) = prometheus.ask("forewatch_worker_cpu_usage_ratio[1h]").await.remove(0);
    assert_eq!(labels, json!({ "__name__": "forewatch_worker_cpu_usage_ratio", "site": "fra", "worker": "w-1" }));
    assert_eq!(values(&samples), [0.25, 0.5, 0.75]);
    let (labels, samples) = prometheus.ask("forewatch_gpu_utilization_ratio[1h]").await.remove(0);
    assert_eq!(labels["gpu"], "3");
    assert_eq!(values(&samples), [0.125, 0.25, 0.375]);
    // Those of the system, once a second.
    let (_, samples) = prometheus.ask("forewatch_system_workers_online[1h]").await.remove(0);
    assert_eq!(values(&samples).last(), Some(&1.0));
    assert!(samples.is_sorted_by(|one, next| one.0 < next.0), "{samples:?}");
}
