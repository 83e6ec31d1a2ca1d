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

/// All points of an answer together.
fn total(answer: &Value) -> String {
    let points = answer["series"][0]["points"].as_array().into_iter().flatten();
    // As text: whole numbers, compared as such.
    points.filter_map(|point| point[1].as_f64()).sum::<f64>().to_string()
}

/// Waits until the samples from an hour on, joined by `over`, are so much: late ones are in coarse steps some seconds after
/// they are written.
async fn until(forewatch: &Forewatch, hour: DateTime<Utc>, over: &str, expected: i64) -> Value {
    let from = hour.format("%Y-%m-%dT%H:%M:%SZ");
    let path = format!("/api/v1/query?metric=worker.load_1m&worker=gpu-1&from={from}&to=now&step=60&over={over}");
    forewatch.until(&path, |answer| total(answer) == expected.to_string()).await
}

async fn every_sample_counts_once(start: impl Fn(TempDir) -> Forewatch) {
    let hour = Utc::now() - TimeDelta::hours(3);
    let mut forewatch = start(tempfile::tempdir().unwrap());
    forewatch.worker("gpu-1").await;
    for crash in 0..CRASHES {
        forewatch.report(&beat(crash, hour)).await;
        forewatch = start(forewatch.killed());
        let samples = (crash + 1) * SAMPLES;
        until(&forewatch, hour, "count", samples).await;
        until(&forewatch, hour, "sum", samples * (samples - 1) / 2).await;
    }
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
