//! Fills a store with two years of a simulated fleet's history, and asks it: `full_store URL FOLDER [WORKERS [GPUS]]`; one
//! that has history already is asked only. Prints one JSON object, which `bench/history.mjs` reports.

use forewatch_server::full::{Filled, ask, fill};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let mut next = || words.next().ok_or_else(|| anyhow::anyhow!("full_store URL FOLDER [WORKERS [GPUS]]"));
    let (url, folder) = (next()?, PathBuf::from(next()?));
    let workers = words.next().map_or(Ok(1_000), |word| word.parse())?;
    let gpus = words.next().map_or(Ok(8), |word| word.parse())?;
    let filled = fill(&url, &folder, workers, gpus)?;
    let (opened, asked) = ask(&url, &folder)?;
    let asked: Vec<_> = asked
        .iter()
        .map(|asked| {
            let [median, longest] = asked.took.map(|took| took.as_secs_f64());
            json!({ "what": asked.what, "median": median, "longest": longest, "source": asked.source, "points": asked.points })
        })
        .collect();
    let mut told = json!({ "opened": opened.as_secs_f64(), "asked": asked });
    if let Some(filled) = &filled {
        told["filled"] = of(filled);
    }
    Ok(writeln!(std::io::stdout(), "{told}")?)
}

fn of(filled: &Filled) -> Value {
    let tiers = filled.tiers.iter();
    let tiers: Vec<_> =
        tiers.map(|(tier, blocks, sketches)| json!({ "tier": tier, "blocks": blocks, "sketches": sketches })).collect();
    json!({
        "samples": filled.samples,
        "flushed": filled.flushed.as_secs_f64(),
        "rolled": filled.rolled.as_secs_f64(),
        "step": filled.step.as_secs_f64(),
        "hour": { "samples": filled.hour[0], "minutes": filled.hour[1], "sketches": filled.hour[2], "shares": filled.hour[3] },
        "tiers": tiers,
    })
}
