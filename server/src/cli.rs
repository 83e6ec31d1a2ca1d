//! The command line. Every option is also `FOREWATCH_…` in the environment.

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};
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
    /// Where things are kept: sqlite:PATH or memory:
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
}
