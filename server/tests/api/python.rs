//! The client for Python programs: its own tests, and a program that uses it on a real server.

use crate::server::{Forewatch, TOKEN};
use std::path::Path;
use std::process::{Command, Output};

/// What a user would write.
const PROGRAM: &str = r#"
import forewatch

with forewatch.Client(URL, token=TOKEN, worker_id="render-1", capability="gpu", tags=["site:fra"]) as watch:
    @watch.task(queue="gpu_priority", content_type="image")
    def upscale(factor):
        if factor > 4:
            raise ValueError(f"{factor} is too much")

    upscale(2)
    try:
        upscale(8)
    except ValueError:
        pass
    with watch.run("encode", queue="cpu_batch", user_id="ann") as task:
        task.progress(0.5, "half of it")
    waits = watch.submitted("encode", queue="cpu_batch", task_id="waits")
    watch.annotate("Version 7 went out", tags=["deploy"])
    assert watch.flush(60), "the server takes it"
    assert (watch.dropped, watch.rejected) == (0, 0)
    input()
"#;

fn python() -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(root.join("target/venv/bin/python"));
    command.current_dir(root.join("clients/python")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("NO_PROXY", "127.0.0.1");
    command
}

#[track_caller]
fn is_well(output: &Output) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

#[test]
fn its_own_tests_pass() {
    let output = python().args(["-W", "error", "-m", "unittest", "discover", "-s", "tests"]).output().unwrap();
    is_well(&output);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("OK") && !text.contains("Ran 0 tests") && !text.contains("skipped"), "{text}");
}

#[tokio::test]
async fn a_program_that_uses_it_is_seen_as_it_is() {
    let forewatch = Forewatch::with("", &[("FOREWATCH_INGEST_TOKEN", TOKEN)]);
    let settings = format!("URL, TOKEN = {:?}, {TOKEN:?}\n", forewatch.url);
    let mut program = python();
    program.args(["-c", &(settings + PROGRAM)]);
    program.stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = program.spawn().unwrap();
    let ends = [
        ("__main__.upscale", "completed"),
        ("__main__.upscale", "failed"),
        ("encode", "completed"),
        ("encode", "pending"),
    ];
    let are_there = |tasks: &serde_json::Value| {
        let text = |task: &'_ serde_json::Value, key| task[key].as_str().unwrap().to_owned();
        let mut seen: Vec<_> =
            tasks["items"].as_array().unwrap().iter().map(|task| (text(task, "name"), text(task, "status"))).collect();
        seen.sort_unstable();
        seen == ends.map(|(name, status)| (name.to_owned(), status.to_owned()))
    };
    let tasks = forewatch.until("/api/v1/tasks", are_there).await;
    let all = tasks["items"].as_array().unwrap();
    let failed = all.iter().find(|task| task["status"] == "failed").unwrap();
    assert_eq!(
        (&failed["error_message"], &failed["worker_id"]),
        (&"ValueError: 8 is too much".into(), &"render-1".into())
    );
    let worker = forewatch.until("/api/v1/workers/render-1", |worker| worker["is_online"] == true).await;
    assert_eq!((&worker["capability"], &worker["tags"][0]), (&"gpu".into(), &"site:fra".into()));
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"\n").unwrap();
    is_well(&child.wait_with_output().unwrap());
    forewatch.until("/api/v1/workers/stats", |stats| stats["total"] == 0).await;
}
