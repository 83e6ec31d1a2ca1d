//! Measures how long one evaluation of all alert rules takes: `evaluate_rules [WORKERS [GPUS]]`. Prints one JSON object,
//! which `bench/rules.mjs` reports.

use forewatch_server::alert_rules::evaluate;
use serde_json::json;
use std::io::Write as _;

/// Evaluations of each kind.
const ROUNDS: usize = 200;

fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let workers = words.next().map_or(Ok(1_000), |word| word.parse())?;
    let gpus = words.next().map_or(Ok(8), |word| word.parse())?;
    let took = evaluate(workers, gpus, ROUNDS)?;
    let seconds = |times: [std::time::Duration; 2]| times.map(|time| time.as_secs_f64());
    let told = json!({
        "rules": took.rules, "healthy": seconds(took.healthy), "storm": seconds(took.storm), "alerts": took.alerts,
    });
    Ok(writeln!(std::io::stdout(), "{told}")?)
}
