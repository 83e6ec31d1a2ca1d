//! The command `forewatch-agent`: reads the command line, starts what it asks for, and tells by its exit code how
//! it went: 0 fine, 2 bad usage or configuration, 1 anything else.

use clap::Parser;
use forewatch_agent::cli::{Cli, Command};
use forewatch_agent::client::Failure;
use forewatch_agent::probe::Settings;
use forewatch_agent::report::Report;
use forewatch_agent::{run, simulate, stop};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use tokio::task::JoinError;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match EnvFilter::try_new(&cli.log) {
        Ok(filter) => tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .init(),
        Err(error) => return fail(2, &format!("--log {}: {error}", cli.log)),
    }
    // One thread is enough, and the smallest; readings block on a thread beside it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(4).build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &format!("starting the runtime: {error}")),
    };
    let answer = match cli.command {
        Command::Probe { json } => return probe(json),
        Command::Run(options) => runtime.block_on(async { run::run(options.options(), stop::on_signal()?).await }),
        Command::Simulate(options) => runtime.block_on(async {
            let summary = simulate::simulate(options.options(), stop::on_signal()?).await?;
            print(&summary.to_string())
        }),
    };
    // A look-up of the server's name that hangs would hold up the end.
    runtime.shutdown_background();
    answer.map_or_else(|error| fail(code(&error), &format!("{error:#}")), |()| ExitCode::SUCCESS)
}

/// What fails at the start is what was asked for (the address, the token, the spool's folder); a panic on a thread
/// and a server that cannot understand this program are something else.
fn code(error: &anyhow::Error) -> u8 {
    let is_else = error.is::<JoinError>() || matches!(error.downcast_ref(), Some(Failure::Refused(_)));
    if is_else { 1 } else { 2 }
}

fn probe(json: bool) -> ExitCode {
    let report = Report::take(Settings::default());
    let text = if json { serde_json::to_string_pretty(&report).map_err(Into::into) } else { Ok(report.text()) };
    text.and_then(|text| print(text.trim_end()))
        .map_or_else(|error| fail(1, &format!("{error:#}")), |()| ExitCode::SUCCESS)
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

fn fail(code: u8, why: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "forewatch-agent: {why}");
    ExitCode::from(code)
}
