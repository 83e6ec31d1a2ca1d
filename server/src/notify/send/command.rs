//! A program of one's own: it gets the webhook's JSON on its standard input, and has taken it when it ends with 0.

use crate::notify::Channel;
use crate::outbound::Failure;
use std::process::Stdio;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// Bytes of what it says that are kept.
const SAID: u64 = 1_000;
/// What it finds in its environment: secrets of ours are not among it.
const ENVIRONMENT: [&str; 5] = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"];

/// Runs it for the channel's time at most.
pub(super) async fn run(channel: &Channel, argv: &[String], json: &str) -> Result<String, Failure> {
    let Some((program, arguments)) = argv.split_first() else { return Err(Failure::for_good("there is no command")) };
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(ENVIRONMENT.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Failure::later(format!("{program} cannot be started: {error}")))?;
    let (input, said) = (child.stdin.take(), child.stderr.take());
    let tell = async {
        if let Some(mut input) = input {
            // A program that does not want to read is no error.
            let _ = input.write_all(json.as_bytes()).await;
        }
    };
    let listen = async {
        let mut text = Vec::new();
        if let Some(mut said) = said {
            let _ = (&mut said).take(SAID).read_to_end(&mut text).await;
            // What it says besides is read and forgotten, so that it is not held up.
            let _ = tokio::io::copy(&mut said, &mut tokio::io::sink()).await;
        }
        String::from_utf8_lossy(&text).into_owned()
    };
    let work = async {
        let ((), said) = tokio::join!(tell, listen);
        (child.wait().await, said)
    };
    match tokio::time::timeout(channel.timeout, work).await {
        Ok((Ok(status), said)) if status.success() => Ok(channel.told(&format!("{status} {said}"))),
        Ok((Ok(status), said)) => Err(Failure::later(channel.told(&format!("{status} {said}")))),
        Ok((Err(error), _)) => Err(Failure::later(format!("{program} cannot be waited for: {error}"))),
        Err(_) => Err(Failure::later(format!("{program} did not end in time and was stopped"))),
    }
}
