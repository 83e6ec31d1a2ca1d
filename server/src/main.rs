//! The program `forewatch`: reads the command line, and runs what it asks for.

use clap::Parser;
use forewatch_server::cli::{Cli, Command};
use forewatch_server::startup::{self, StartError};
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(options) => startup::serve(&options),
        Command::CheckConfig { file } => startup::check_config(&file),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("forewatch: {error}");
            match error {
                StartError::Usage(_) => ExitCode::from(2),
                StartError::Other(_) => ExitCode::from(1),
            }
        }
    }
}
