//! What is wrong at the start is said in one clear line, with the exit code that goes with it; what an
//! earlier run left behind is put right.

use crate::server::{Forewatch, PASSWORD, forewatch, program, send};
use rusqlite::Connection;
use std::process::Command;

/// Runs the program to its end: exit code, and what it says.
fn fails(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.contains("panicked"), "{text}");
    (output.status.code().unwrap(), text)
}

#[test]
fn a_mode_that_lets_everyone_in_starts_on_a_loopback_address_only() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = fails(program(folder.path()).args(["--listen", "0.0.0.0:0"]));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("auth.mode") && text.contains("shared"), "{text}");
}

#[test]
fn mode_shared_needs_both_secrets_and_other_modes_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let with = |mode: &str, secrets: &[(&str, &str)]| {
        fails(program(folder.path()).env("FOREWATCH_AUTH_MODE", mode).envs(secrets.iter().copied()))
    };
    assert!(with("shared", &[]).1.contains("auth.ingest_token"));
    assert!(with("shared", &[("FOREWATCH_INGEST_TOKEN", "t")]).1.contains("auth.password"));
    for mode in ["accounts", "proxy"] {
        let (code, text) = with(mode, &[]);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("auth.mode") && text.contains(mode), "{text}");
    }
}

#[test]
fn a_public_address_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) =
        fails(program(folder.path()).args(["--listen", "127.0.0.1:0", "--public-url", "forewatch.example"]));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("public_url") && text.contains("https://"), "{text}");
}

#[test]
fn a_secret_that_is_set_and_holds_nothing_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["FOREWATCH_PASSWORD", "FOREWATCH_INGEST_TOKEN"] {
        for empty in ["", " "] {
            let (code, text) = fails(program(folder.path()).args(["--listen", "127.0.0.1:0"]).env(name, empty));
            assert_eq!(code, 2, "{text}");
            assert!(text.contains(name), "{text}");
        }
    }
}

#[test]
fn checking_a_configuration_finds_what_would_keep_the_server_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("forewatch.toml");
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        fails(forewatch().arg("check-config").arg(&file))
    };
    for (text, key) in [
        ("[server]\npublic_url = \"forewatch.example\"", "server.public_url"),
        ("[server]\npublic_url = \"https://forewatch.example\"", "server.public_url"),
        ("[[celery]]\nurl = \"redis://localhost/three\"", "celery[0].url"),
        ("[server]\nlog = \"forewatch=loud\"", "server.log"),
        ("[server]\ntrusted_proxies = [\"10.0.0.0/99\"]", "trusted_proxies"),
        ("[queue_class]\n\"gpu[1\" = \"gpu\"", "gpu[1"),
    ] {
        let (code, told) = check(text);
        assert_eq!(code, 2, "{told}");
        assert!(told.contains(key), "{told}");
    }
    let (code, told) = check("[[celery]]\nurl = \"redis://localhost/3\"\ncontrol = false\nredact = [\"pin\"]");
    assert_eq!(code, 0, "{told}");
}

#[test]
fn checking_a_configuration_tells_every_mistake_at_once_each_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("forewatch.toml");
    let text = "[server]\nlistne = \"127.0.0.1:1\"\nlog = \"inof\"\ntick = \"1h\"\n[thresholds]\nerror_rate = 7\n\
                [limits]\nworkers = -1\n[[celery]]\nname = \"a\"\n[[celery]]\nname = \"b\"\nurl = \"amqp://h\"\n";
    std::fs::write(&file, text).unwrap();
    let (code, told) = fails(forewatch().arg("check-config").arg(&file));
    assert_eq!(code, 2, "{told}");
    let begins = [
        (2, "server.listne"),
        (3, "server.log"),
        (4, "server.tick"),
        (6, "thresholds.error_rate"),
        (8, "limits.workers"),
        (9, "celery[0]"),
        (13, "celery[1].url"),
    ];
    assert_eq!(told.lines().count(), begins.len(), "{told}");
    for (line, key) in begins {
        let begin = format!("forewatch: {}:{line}: {key}: ", file.display());
        assert!(told.lines().any(|line| line.starts_with(&begin)), "{begin}\n{told}");
    }
}

#[test]
fn a_level_of_the_log_that_is_misspelt_is_refused_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("forewatch.toml");
    std::fs::write(&config, "[server]\nlog = \"inof\"\n").unwrap();
    let program = || program(folder.path());
    for key in ["--log", "server.log"] {
        let mut command = program();
        command.args(["--listen", "127.0.0.1:0"]).env_remove("FOREWATCH_LOG");
        match key {
            "server.log" => command.arg("--config").arg(&config),
            _ => command.args(["--log", "inof"]),
        };
        let (code, text) = fails(&mut command);
        assert_eq!(code, 2, "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains(key) && text.contains("inof") && text.contains("debug"), "{text}");
    }
    let (code, text) = fails(program().args(["--listen", "127.0.0.1:0"]).env("FOREWATCH_LOG", "wran"));
    assert_eq!((code, text.contains("--log")), (2, true), "{text}");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let forewatch = Forewatch::start();
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = fails(program(folder.path()).args(["--listen", forewatch.authority()]));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains(forewatch.authority()) && text.contains("--listen"), "{text}");
}

#[test]
fn a_site_that_is_not_built_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    std::fs::remove_file(folder.path().join("site/manifest.json")).unwrap();
    let (code, text) = fails(command.args(["--listen", "127.0.0.1:0"]));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("make build"), "{text}");
}

#[test]
fn a_file_that_is_no_store_of_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    let file = folder.path().join("forewatch.db");
    std::fs::write(&file, "dear diary").unwrap();
    let (code, text) = fails(command.args(["--listen", "127.0.0.1:0"]));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("forewatch.db"), "{text}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "dear diary");
}

#[test]
fn a_store_of_another_program_or_of_a_newer_version_is_left_alone() {
    for (pragma, told) in [("application_id = 7", "another program"), ("user_version = 9999", "newer")] {
        let forewatch = Forewatch::start();
        let folder = forewatch.killed();
        let file = folder.path().join("forewatch.db");
        Connection::open(&file).unwrap().execute_batch(&format!("PRAGMA {pragma}")).unwrap();
        let before = std::fs::read(&file).unwrap();
        let (code, text) = fails(program(folder.path()).args(["--listen", "127.0.0.1:0"]));
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("forewatch.db") && text.contains(told), "{pragma}: {text}");
        assert_eq!(std::fs::read(&file).unwrap(), before, "{pragma}");
    }
}

#[test]
fn a_store_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("folder.db")).unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    // Neither a folder in the file's place nor a file in the folder's can be written, not even by root.
    for (place, told) in [("folder.db", "cannot be written"), ("file/forewatch.db", "cannot be used")] {
        let store = format!("sqlite:{}", folder.path().join(place).display());
        let (code, text) = fails(program(folder.path()).args(["--listen", "127.0.0.1:0", "--store", &store]));
        assert_eq!(code, 1, "{text}");
        assert!(text.contains(told) && text.contains("--store"), "{text}");
        assert!(text.contains(place.split('/').next().unwrap()), "{text}");
    }
}

#[tokio::test]
async fn a_switch_in_the_environment_takes_the_usual_words() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = fails(program(folder.path()).env("FOREWATCH_LOCAL_AGENT", "perhaps"));
    assert_eq!(code, 2, "{text}");
    for (word, workers) in [("1", 1), ("yes", 1), ("true", 1), ("0", 0)] {
        let forewatch = Forewatch::with("", &[("FOREWATCH_LOCAL_AGENT", word)]);
        if workers > 0 {
            forewatch.until("/api/v1/workers", |page| page["total"] == workers).await;
        }
        assert_eq!(forewatch.json("/api/v1/workers").await["total"], workers, "{word}");
    }
}

#[tokio::test]
async fn a_broker_that_was_taken_out_of_the_configuration_is_forgotten_at_the_next_start() {
    let forewatch = Forewatch::with("[[celery]]\nname = \"prod\"\nurl = \"redis://127.0.0.1:1/0\"\n", &[]);
    let sources = forewatch.until("/api/v1/sources", |sources| sources.to_string().contains("down")).await;
    assert!(sources.to_string().contains("celery:prod"), "{sources}");
    let forewatch = forewatch.restarted(PASSWORD);
    let sources = send(forewatch.get("/api/v1/sources").basic_auth("mara", Some(PASSWORD))).await.ok();
    assert!(!sources.to_string().contains("celery:prod"), "{sources}");
}
