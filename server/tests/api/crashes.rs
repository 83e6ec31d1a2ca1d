//! Crashes while samples of past hours come in: each that was acknowledged is there, and counts once, as a sample and in the
//! buckets that are made of it. (`bench/kill.mjs` does the same two hundred times, under load.)

use crate::redis::Redis;
use crate::server::{Forewatch, ago};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

const CRASHES: i64 = 5;
/// Samples between two crashes.
const SAMPLES: i64 = 20;

/// Samples of a minute each, one after the other over all crashes.
fn beat(crash: i64, hour: DateTime<Utc>) -> Value {
    let point = |n: i64| json!([(hour + TimeDelta::seconds(n * 20)).timestamp(), n]);
    let points: Vec<Value> = (crash * SAMPLES..(crash + 1) * SAMPLES).map(point).collect();
    json!([{
        "type": "worker.heartbeat", "at": ago(0), "worker_id": "gpu-1", "status": "online", "timestamp": ago(0), "metrics": {},
        "samples": [{ "metric": "worker.load_1m", "points": points }],
    }])
}

/// Count and sum of all samples from an hour on, as a query tells.
async fn told(forewatch: &Forewatch, hour: DateTime<Utc>, over: &str, fits: impl Fn(&Value) -> bool) -> f64 {
    let from = hour.format("%Y-%m-%dT%H:%M:%SZ");
    let path = format!("/api/v1/query?metric=worker.load_1m&worker=gpu-1&from={from}&to=now&step=60&over={over}");
    let answer = forewatch.until(&path, fits).await;
    let points = answer["series"][0]["points"].as_array().unwrap();
    points.iter().filter_map(|point| point[1].as_f64()).sum()
}

async fn every_sample_counts_once(start: impl Fn(TempDir) -> Forewatch) {
    let hour = Utc::now() - TimeDelta::hours(3);
    let mut forewatch = start(tempfile::tempdir().unwrap());
    forewatch.worker("gpu-1").await;
    for crash in 0..CRASHES {
        forewatch.report(&beat(crash, hour)).await;
        forewatch = start(forewatch.killed());
        let samples = (crash + 1) * SAMPLES;
        let is_there = |answer: &Value| answer["series"][0]["points"].is_array();
        let counted = told(&forewatch, hour, "count", is_there).await;
        let sum = told(&forewatch, hour, "sum", is_there).await;
        // As text: whole numbers, compared as such.
        let expected = format!("{samples} {}", samples * (samples - 1) / 2);
        assert_eq!(format!("{counted} {sum}"), expected, "after crash {crash}");
    }
    let samples = CRASHES * SAMPLES;
    let counted = told(&forewatch, hour, "count", |answer| answer["source"] != "raw").await;
    assert!((counted - samples as f64).abs() < 0.5, "{counted} in buckets");
}

#[tokio::test]
async fn every_sample_that_was_acknowledged_counts_once_after_crashes() {
    every_sample_counts_once(|folder| Forewatch::in_folder(folder, "", &[])).await;
}

#[tokio::test]
async fn every_sample_that_was_acknowledged_counts_once_after_crashes_over_redis() {
    let redis = Redis::start();
    every_sample_counts_once(|folder| {
        let data = folder.path().display().to_string();
        Forewatch::in_folder(folder, "", &[("FOREWATCH_STORE", &redis.url(1)), ("FOREWATCH_DATA", &data)])
    })
    .await;
}
