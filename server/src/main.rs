//! The program `forewatch`: reads the command line, and runs what it asks for.

use clap::Parser;
use forewatch_server::cli::{Cli, Command, Rules};
use forewatch_server::site::Files;
use forewatch_server::startup::{self, StartError};
use forewatch_server::{backup, export, report, rules};
use std::process::ExitCode;

/// Events are made on one thread and dropped on another, millions an hour: the system's allocator takes twice as long for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(options) => startup::serve(&options, BUILT_IN),
        Command::CheckConfig { file } => startup::check_config(&file),
        Command::Backup(options) => backup::backup(&options),
        Command::Restore(options) => backup::restore(&options),
        Command::Export(options) => export::export(&options),
        Command::Rules(Rules::Test(options)) => rules::test(&options),
        Command::Report(options) => report::report(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in error.to_string().lines() {
                eprintln!("forewatch: {line}");
            }
            match error {
                StartError::Usage(_) => ExitCode::from(2),
                StartError::Other(_) => ExitCode::from(1),
            }
        }
    }
}

/// Reads the dashboard's files that are in the binary. They are put in here and not in the library: whatever changes in
/// them, the library need not be compiled anew, nor wait for them.
#[cfg(feature = "embed")]
const BUILT_IN: Option<fn() -> Files> = Some(|| {
    #[derive(rust_embed::RustEmbed)]
    #[folder = "$FOREWATCH_SITE"]
    struct Embedded;

    // Cargo sees by this that the folder is another one.
    const _: &str =
        env!("FOREWATCH_SITE", "FOREWATCH_SITE is to name the folder of the built dashboard: see `make build`");
    let file = |name: std::borrow::Cow<'static, str>| {
        Embedded::get(&name).map(|file| (name.into_owned(), file.data.into_owned()))
    };
    Embedded::iter().filter_map(file).collect()
});

/// Without the feature there are none: they are read from a folder.
#[cfg(not(feature = "embed"))]
const BUILT_IN: Option<fn() -> Files> = None;
