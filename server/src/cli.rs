//! The command line. Every option is also `FOREWATCH_…` in the environment.

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// The control room for fleets of remote GPU workers.
#[derive(Debug, Parser)]
#[command(name = "forewatch", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the dashboard, take in events, watch and alert.
    Serve(Box<Serve>),
    /// Read a configuration file, and say what is wrong with it.
    CheckConfig {
        /// The file.
        file: PathBuf,
    },
    /// Copy the store into one file, also while a server serves it.
    Backup(BackupFile),
    /// Put a backup in a store's place, while no server serves it.
    Restore(BackupFile),
    /// Write samples or tasks out, for analysis elsewhere, also while a server serves them.
    Export(Export),
    /// Alert rules.
    #[command(subcommand)]
    Rules(Rules),
    /// Write a report of a period beside the period before, also while a server serves the store.
    Report(Report),
}

/// Which store a command is about.
#[derive(Debug, Clone, Default, Args)]
pub struct Stored {
    /// The store: sqlite:PATH; by default the one that `serve` uses.
    #[arg(long, value_name = "URL", env = "FOREWATCH_STORE")]
    pub store: Option<String>,
    /// A server's configuration file, in which the store is named.
    #[arg(long, value_name = "FILE", env = "FOREWATCH_CONFIG")]
    pub config: Option<PathBuf>,
}

/// Options of `forewatch backup` and `forewatch restore`.
#[derive(Debug, Clone, Args)]
pub struct BackupFile {
    /// The backup.
    pub file: PathBuf,
    /// Which store.
    #[command(flatten)]
    pub stored: Stored,
    /// Take the place of what is there: of a file, or of a store, which is kept under a new name.
    #[arg(long)]
    pub force: bool,
}

/// Options of `forewatch export`.
#[derive(Debug, Clone, Args)]
pub struct Export {
    /// What to write out.
    pub what: Exported,
    /// From then on: RFC 3339, or now-1h.
    #[arg(long, value_name = "T")]
    pub from: String,
    /// Until then.
    #[arg(long, value_name = "T", default_value = "now")]
    pub to: String,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "ndjson")]
    pub format: Format,
    /// Only samples of this metric; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub metric: Vec<String>,
    /// The file to make, instead of writing to stdout.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
    /// Which store.
    #[command(flatten)]
    pub stored: Stored,
}

/// What can be done with alert rules.
#[derive(Debug, Clone, Subcommand)]
pub enum Rules {
    /// Would these rules have fired? Tries them on the last 7 days, also while a server serves the store.
    Test(RulesTest),
}

/// Options of `forewatch rules test`.
#[derive(Debug, Clone, Args)]
pub struct RulesTest {
    /// A configuration file with the rules.
    pub file: PathBuf,
    /// From then on: RFC 3339, or now-1d.
    #[arg(long, value_name = "T", default_value = "now-7d")]
    pub from: String,
    /// Until then.
    #[arg(long, value_name = "T", default_value = "now")]
    pub to: String,
    /// Which store.
    #[command(flatten)]
    pub stored: Stored,
}

/// Options of `forewatch report`.
#[derive(Debug, Clone, Args)]
pub struct Report {
    /// Where the period begins: RFC 3339, or now-7d.
    #[arg(long, value_name = "T", default_value = "now-7d")]
    pub from: String,
    /// Where it ends.
    #[arg(long, value_name = "T", default_value = "now")]
    pub to: String,
    /// The form: html, csv, json or pdf.
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    pub format: String,
    /// The file to make, instead of writing to stdout.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
    /// Which store.
    #[command(flatten)]
    pub stored: Stored,
}

/// What can be written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Exported {
    /// Every sample, as it came in.
    Samples,
    /// Tasks, each as it is now.
    Tasks,
}

/// How it can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object a line.
    Ndjson,
    /// A table with a header, for spreadsheets (RFC 4180).
    Csv,
}

/// Options of `forewatch serve`.
#[derive(Debug, Clone, Default, Args)]
pub struct Serve {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "FOREWATCH_CONFIG")]
    pub config: Option<PathBuf>,
    /// Address to listen on; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", env = "FOREWATCH_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// The address in people's browsers.
    #[arg(long, value_name = "URL", env = "FOREWATCH_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Where things are kept: sqlite:PATH, memory:, redis://HOST/DB or redis+cluster://HOST,HOST
    #[arg(long, value_name = "URL", env = "FOREWATCH_STORE")]
    pub store: Option<String>,
    /// A Celery application's broker (redis://…); may be given several times.
    #[arg(long, value_name = "URL", env = "FOREWATCH_CELERY", value_delimiter = ' ')]
    pub celery: Vec<String>,
    /// Report this host as a worker from within the server.
    #[arg(long, env = "FOREWATCH_LOCAL_AGENT", value_parser = BoolishValueParser::new())]
    pub local_agent: bool,
    /// Folder of the built site; by default the one in the binary.
    #[arg(long, value_name = "DIR", env = "FOREWATCH_SITE_ROOT")]
    pub site_root: Option<PathBuf>,
    /// What to log: error, warn, info (the default), debug, trace, or a filter such as info,forewatch_server=debug
    #[arg(long, value_name = "LEVEL", env = "FOREWATCH_LOG")]
    pub log: Option<String>,
    /// How people and workers are told apart from strangers: none or shared.
    #[arg(long, value_name = "MODE", env = "FOREWATCH_AUTH_MODE")]
    pub auth_mode: Option<String>,
    /// The ingest token of auth mode shared; from the environment only.
    #[arg(skip = ingest_token())]
    pub ingest_token: Option<String>,
    /// The password of auth mode shared; from the environment only.
    #[arg(skip = password())]
    pub password: Option<String>,
}

fn ingest_token() -> Option<String> {
    std::env::var("FOREWATCH_INGEST_TOKEN").ok()
}

fn password() -> Option<String> {
    std::env::var("FOREWATCH_PASSWORD").ok()
}

impl Serve {
    /// A configuration file alone, with the secrets that stand in the environment.
    pub(crate) fn of_file(file: PathBuf) -> Self {
        Self { config: Some(file), ingest_token: ingest_token(), password: password(), ..Self::default() }
    }

    /// Where the store lies by default: `FOREWATCH_DATA`, else the platform's data directory.
    pub fn data_dir() -> PathBuf {
        let from = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        from("FOREWATCH_DATA")
            .or_else(|| from("XDG_DATA_HOME").map(|data| data.join("forewatch")))
            .or_else(|| from("HOME").map(|home| home.join(".local/share/forewatch")))
            .unwrap_or_else(|| PathBuf::from("forewatch-data"))
    }

    /// The store that is used when none is named.
    pub fn default_store() -> PathBuf {
        Self::data_dir().join("forewatch.db")
    }
}
