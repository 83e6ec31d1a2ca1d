//! Looks whether a store that nobody uses holds every sample that was acknowledged, and whether its buckets and sketches are
//! those of its samples: `check_store URL FOLDER < SAMPLES`, a JSON array `[worker, metric, milliseconds, value]` a line.
//! Prints one JSON object, which `bench/kill.mjs` reports.

use forewatch_server::full::{Checked, Verified, verify};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let mut next = || words.next().ok_or_else(|| anyhow::anyhow!("check_store URL FOLDER < SAMPLES"));
    let (url, folder) = (next()?, PathBuf::from(next()?));
    let Verified { acknowledged, lost, checked } = verify(&url, &folder, std::io::stdin().lock())?;
    let Checked { hours, samples, buckets, sketches } = checked;
    let told = json!({
        "acknowledged": acknowledged, "lost": lost,
        "hours": hours, "samples": samples, "buckets": buckets, "sketches": sketches,
    });
    Ok(writeln!(std::io::stdout(), "{told}")?)
}
