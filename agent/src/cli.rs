//! The command line. Every option is also `FOREWATCH_…` in the environment.

use crate::client::{self, Token};
use crate::probe::Settings;
use crate::simulate::{Plan, Scenario};
use crate::{run, simulate};
use clap::{Args, Parser, Subcommand};
use forewatch::WorkerId;
use std::path::PathBuf;
use std::time::Duration;

/// Reports a host and its GPUs to Forewatch.
#[derive(Debug, Parser)]
#[command(name = "forewatch-agent", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What to log: error, warn, info, debug, trace, or a filter
    #[arg(long, value_name = "LEVEL", env = "FOREWATCH_LOG", default_value = "info", global = true)]
    pub log: String,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report this host until stopped.
    Run(Run),
    /// Say what this host can report, and why not the rest.
    Probe {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Report a fleet that does not exist.
    Simulate(Simulate),
}

/// Where the server is and how it knows the sender.
#[derive(Debug, Clone, Args)]
pub struct Target {
    /// The server's address, such as `http://127.0.0.1:8790`
    #[arg(long, value_name = "URL", env = "FOREWATCH_SERVER")]
    pub server: String,
    /// File that holds the ingest token (or give the token itself by `FOREWATCH_TOKEN`)
    #[arg(long, value_name = "FILE", env = "FOREWATCH_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
}

impl Target {
    fn token(&self) -> Token {
        match (&self.token_file, std::env::var("FOREWATCH_TOKEN")) {
            (Some(file), _) => Token::File(file.clone()),
            (None, Ok(text)) if !text.trim().is_empty() => Token::Text(text),
            _ => Token::None,
        }
    }
}

/// Options of `forewatch-agent run`.
#[derive(Debug, Clone, Args)]
pub struct Run {
    #[command(flatten)]
    target: Target,
    /// The worker's id; the host's name by default
    #[arg(long, value_name = "ID", env = "FOREWATCH_ID")]
    id: Option<WorkerId>,
    /// Time between two readings
    #[arg(long, env = "FOREWATCH_INTERVAL", default_value = "10s", value_parser = interval)]
    interval: Duration,
    /// Folder for readings while the server is away; by default in the data directory
    #[arg(long, value_name = "DIR", env = "FOREWATCH_SPOOL")]
    spool: Option<PathBuf>,
    /// A label of this worker, such as site:fra; may be given several times
    #[arg(long = "tag", value_name = "TAG", env = "FOREWATCH_TAGS", value_delimiter = ',')]
    tags: Vec<String>,
}

impl Run {
    /// What the agent needs to know.
    pub fn options(self) -> run::Options {
        run::Options {
            token: self.target.token(),
            server: self.target.server,
            timeout: client::TIMEOUT,
            probe: Settings { id: self.id, interval: self.interval, tags: self.tags, ..Settings::default() },
            spool: self.spool.unwrap_or_else(|| data_folder().join("agent-spool")),
            spool_limit: run::spool::LIMIT,
        }
    }
}

/// Options of `forewatch-agent simulate`.
#[derive(Debug, Clone, Args)]
pub struct Simulate {
    #[command(flatten)]
    target: Target,
    /// Workers
    #[arg(long, env = "FOREWATCH_WORKERS", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    workers: u32,
    /// GPUs of each worker; 2 where the scenario needs some and none are given
    #[arg(long, env = "FOREWATCH_GPUS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=256))]
    gpus: u32,
    /// Tasks submitted a second, in all; some where the scenario needs tasks and none are given
    #[arg(long, env = "FOREWATCH_TASKS_PER_SECOND", default_value_t = 0.0, value_parser = rate)]
    tasks_per_second: f64,
    /// The same seed gives the same fleet
    #[arg(long, env = "FOREWATCH_SEED", default_value_t = 1)]
    seed: u64,
    /// How long; until stopped by default
    #[arg(long, env = "FOREWATCH_DURATION", value_parser = interval)]
    duration: Option<Duration>,
    /// Time between two heartbeats of a worker
    #[arg(long, env = "FOREWATCH_INTERVAL", default_value = "10s", value_parser = interval)]
    interval: Duration,
    /// What goes wrong
    #[arg(long, env = "FOREWATCH_SCENARIO", value_enum, default_value_t = Scenario::Steady)]
    scenario: Scenario,
}

impl Simulate {
    /// What the simulator needs to know.
    pub fn options(self) -> simulate::Options {
        let plan = Plan {
            workers: self.workers,
            gpus: self.gpus,
            tasks_per_second: self.tasks_per_second,
            seed: self.seed,
            duration: self.duration,
            interval: self.interval,
            scenario: self.scenario,
        };
        let (plan, added) = plan.complete();
        for line in added {
            eprintln!("forewatch-agent: {line}");
        }
        simulate::Options { token: self.target.token(), server: self.target.server, plan }
    }
}

fn interval(text: &str) -> Result<Duration, String> {
    let span = humantime::parse_duration(text).map_err(|error| format!("{error}: give a time such as 10s or 5m"))?;
    let allowed = Duration::from_millis(100)..=Duration::from_hours(24 * 30);
    if allowed.contains(&span) { Ok(span) } else { Err("give at least 100ms and at most 30 days".to_owned()) }
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|error| format!("{error}"))?;
    if (0.0..=100_000.0).contains(&rate) { Ok(rate) } else { Err("give a number from 0 to 100000".to_owned()) }
}

/// `FOREWATCH_DATA`, else the platform's data directory.
fn data_folder() -> PathBuf {
    let from = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    from("FOREWATCH_DATA")
        .or_else(|| from("XDG_DATA_HOME").map(|data| data.join("forewatch")))
        .or_else(|| from("HOME").map(|home| home.join(".local/share/forewatch")))
        .or_else(|| from("LOCALAPPDATA").map(|data| data.join("forewatch")))
        .unwrap_or_else(|| PathBuf::from("forewatch-data"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn scenarios_have_the_names_of_the_contract() {
        for name in [
            "steady",
            "worker-dies",
            "queue-storm",
            "error-spike",
            "gpu-overheats",
            "gpu-falls-off",
            "clock-skew",
            "flapping",
        ] {
            let line = ["forewatch-agent", "simulate", "--server", "http://h", "--workers", "2", "--scenario", name];
            assert!(Cli::try_parse_from(line).is_ok(), "{name}");
        }
    }

    #[test]
    fn an_interval_of_nothing_is_refused() {
        assert!(interval("0s").is_err() && interval("ten").is_err());
        assert_eq!(interval("10s"), Ok(Duration::from_secs(10)));
        assert!(rate("-1").is_err() && rate("NaN").is_err());
    }
}
