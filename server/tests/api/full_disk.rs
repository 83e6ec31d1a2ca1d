//! A disk that is full, or from one moment on takes nothing at all: what cannot be written is not acknowledged, and what is acknowledged is there. The disk is as full as
//! the largest file that the program may write: what is over is refused by the system in the same way.

use crate::server::{Forewatch, ago, program, send};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::process::Command;

/// Blocks of a file at most: 4 or 8 MB, as the shell counts.
const BLOCKS: u32 = 8_192;
/// Tasks of a batch, and characters that tell nothing in each.
const TASKS: usize = 200;
const CHARACTERS: usize = 2_000;

/// The same program, where a file that would grow too large is an error of the write, and ends nothing.
pub(crate) fn with_full_disk(of: &Command) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("trap '' XFSZ; ulimit -S -f {BLOCKS}; exec \"$0\" \"$@\"")]);
    command.arg(of.get_program()).args(of.get_args()).env_clear();
    command.envs(of.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

/// Lets a server that runs so write files up to so many bytes, from now on.
pub(crate) fn set_room(forewatch: &Forewatch, room: &str) {
    let limits = [format!("--fsize={room}:unlimited"), "--pid".to_owned(), forewatch.process().to_string()];
    assert!(Command::new("prlimit").args(limits).status().unwrap().success());
}

/// Tasks whose text cannot be packed.
fn batch(number: usize) -> Value {
    let text = || (0..CHARACTERS / 26).map(|_| ulid::Ulid::new().to_string()).collect::<String>();
    let task = |n: usize| json!({ "type": "task.failed", "task_id": format!("t{number}-{n}"), "error_message": text(), "at": ago(1) });
    Value::Array((0..TASKS).map(task).collect())
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_until_there_is_room_and_what_was_acknowledged_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    command.args(["--listen", "127.0.0.1:0"]);
    let forewatch = Forewatch::run(with_full_disk(&command), folder).expect("the server starts");
    let mut taken = 0;
    let problem = loop {
        let answer = send(forewatch.post("/api/v1/events", &batch(taken))).await;
        match answer.status {
            StatusCode::OK => taken += 1,
            _ => break answer.problem(503),
        }
        assert!(taken < 1_000, "the disk is never full");
    };
    assert!(taken > 0);
    assert!(problem["detail"].as_str().unwrap().contains("journal"), "{problem}");
    send(forewatch.get("/readyz")).await.problem(503);
    assert_eq!(send(forewatch.get("/api/v1/tasks")).await.status, StatusCode::OK, "pages go on");
    set_room(&forewatch, "unlimited");
    forewatch.until_ready().await;
    forewatch.report(&batch(taken + 1)).await;
    let all = (taken + 1) * TASKS;
    forewatch.until("/api/v1/tasks", |page| page["total"] == all).await;
    let forewatch = Forewatch::in_folder(forewatch.killed(), "", &[]);
    assert_eq!(forewatch.json("/api/v1/tasks").await["total"], all);
    send(forewatch.get(&format!("/api/v1/tasks/t{taken}-0"))).await.problem(404);
}

/// A counter or gauge of the server's own.
pub(crate) async fn metric(forewatch: &Forewatch, name: &str) -> f64 {
    let text = send(forewatch.get("/metrics")).await.text;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
    line.unwrap_or_else(|| panic!("{name} is missing")).parse().unwrap()
}

#[tokio::test]
async fn a_store_that_can_only_be_read_while_it_is_served_tells_so_and_takes_the_rest_once_it_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    command.args(["--listen", "127.0.0.1:0"]);
    let forewatch = Forewatch::run(with_full_disk(&command), folder).expect("the server starts");
    forewatch.worker("gpu-1").await;
    let task = |id: &str| json!([{ "type": "task.submitted", "task_id": id, "content_type": "c", "at": ago(1) }]);
    forewatch.report(&task("before")).await;
    forewatch.until("/api/v1/tasks/before", |task| task["task_id"] == "before").await;
    // No file takes another byte, whoever asks.
    set_room(&forewatch, "0");
    for id in ["during", "during-too"] {
        let problem = send(forewatch.post("/api/v1/events", &task(id))).await.problem(503);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("journal") && detail.contains("send the same again"), "{problem}");
    }
    let problem = send(forewatch.get("/readyz")).await.problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("store"), "{problem}");
    assert!(metric(&forewatch, "forewatch_journal_failing").await > 0.5);
    for page in ["/", "/tasks", "/api/v1/tasks/before", "/api/v1/workers/gpu-1"] {
        assert_eq!(send(forewatch.get(page)).await.status, StatusCode::OK, "{page} goes on");
    }
    set_room(&forewatch, "unlimited");
    forewatch.until_ready().await;
    // A sender sends again what was refused.
    forewatch.report(&task("during")).await;
    assert!(metric(&forewatch, "forewatch_journal_failing").await < 0.5);
    forewatch.until("/api/v1/tasks", |page| page["total"] == 2).await;
    let forewatch = Forewatch::in_folder(forewatch.killed(), "", &[]);
    for id in ["before", "during"] {
        assert_eq!(forewatch.json(&format!("/api/v1/tasks/{id}")).await["task_id"], *id);
    }
    send(forewatch.get("/api/v1/tasks/during-too")).await.problem(404);
    assert_eq!(forewatch.json("/api/v1/workers").await["total"], 1);
}
