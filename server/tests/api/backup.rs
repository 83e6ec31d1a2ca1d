//! `forewatch backup` and `forewatch restore`.

use crate::server::{Forewatch, ago, run, send};
use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::Digest as _;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tempfile::TempDir;

fn store(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("forewatch.db").display())
}

#[track_caller]
fn done(arguments: &[&str]) -> String {
    let (code, said) = run(arguments);
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

/// Runs a command that is refused with exit code 1; answers with what it says.
#[track_caller]
fn refused(arguments: &[&str]) -> String {
    let (code, said) = run(arguments);
    assert_eq!(code, 1, "{arguments:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A store with something in it, of a server that has ended, and a backup of it.
async fn backed_up() -> (TempDir, PathBuf) {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    let folder = forewatch.killed();
    let file = folder.path().join("a.backup");
    done(&["backup", text(&file), "--store", &store(folder.path())]);
    (folder, file)
}

fn submitted(id: usize) -> Value {
    json!({ "type": "task.submitted", "task_id": format!("t{id}"), "content_type": "audio", "queue": "q", "at": ago(1) })
}

/// Every task's id, page after page.
async fn tasks(forewatch: &Forewatch) -> BTreeSet<String> {
    let (mut ids, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = forewatch.json(&format!("/api/v1/tasks?limit=1000{cursor}")).await;
        ids.extend(page["items"].as_array().unwrap().iter().map(|task| task["task_id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

/// The raw samples of a worker's CPU in the last half hour.
async fn samples(forewatch: &Forewatch) -> Vec<Value> {
    let query = "/api/v1/query?metric=worker.cpu_usage&from=now-30m&to=now&step=1&over=last";
    let answer = forewatch.json(query).await;
    let points = answer["series"][0]["points"].as_array().unwrap().clone();
    points.into_iter().filter(|point| !point[1].is_null()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_backup_under_load_is_in_the_restored_store() {
    let forewatch = Forewatch::start();
    forewatch.worker("gpu-1").await;
    let beats: Vec<Value> = (1..40)
        .map(|n| {
            json!({ "type": "worker.heartbeat", "worker_id": "gpu-1", "status": "online", "timestamp": ago(n * 10),
                "metrics": { "cpu_usage_percent": f64::from(u8::try_from(n).unwrap()) } })
        })
        .collect();
    assert_eq!(forewatch.report(&json!(beats)).await["accepted"], 39);
    let alert = forewatch.alert().await;
    let note = format!("/api/v1/alerts/{alert}/acknowledge");
    send(forewatch.post(&note, &json!({ "note": "seen" }))).await.ok();
    let before = samples(&forewatch).await;
    assert!(before.len() >= 39, "{before:?}");

    let folder = tempfile::tempdir().unwrap();
    let (stop, acknowledged) = (AtomicBool::new(false), AtomicUsize::new(0));
    let load = async {
        while !stop.load(Ordering::Acquire) {
            let first = acknowledged.load(Ordering::Acquire);
            let batch: Vec<Value> = (first..first + 20).map(submitted).collect();
            assert_eq!(forewatch.report(&json!(batch)).await["accepted"], 20);
            acknowledged.store(first + 20, Ordering::Release);
        }
    };
    let backups = async {
        let mut taken = Vec::new();
        for number in 0..4 {
            // Some more is acknowledged between two backups.
            let least = acknowledged.load(Ordering::Acquire) + 100;
            while acknowledged.load(Ordering::Acquire) < least {
                tokio::task::yield_now().await;
            }
            let (file, url) = (folder.path().join(format!("{number}.backup")), store(forewatch.folder.path()));
            let asked = acknowledged.load(Ordering::Acquire);
            let name = file.clone();
            tokio::task::spawn_blocking(move || done(&["backup", text(&name), "--store", &url])).await.unwrap();
            taken.push((file, asked));
        }
        stop.store(true, Ordering::Release);
        taken
    };
    let ((), taken) = tokio::join!(load, backups);
    let all = acknowledged.into_inner();

    for (file, asked) in taken {
        let folder = tempfile::tempdir().unwrap();
        done(&["restore", text(&file), "--store", &store(folder.path())]);
        let restored = Forewatch::in_folder(folder, "", &[]);
        let ids = tasks(&restored).await;
        let missing: Vec<_> = (0..asked).map(|n| format!("t{n}")).filter(|id| !ids.contains(id)).collect();
        assert!(missing.is_empty(), "{asked} were acknowledged; missing: {missing:?}");
        assert!(ids.len() <= all, "nothing is there that was never sent");
        // The lists, which are records, and the sums, which are the state, tell of the same moment.
        let system = restored.until("/api/v1/system", |system| system["pending_tasks"] != 0).await;
        assert_eq!(system["pending_tasks"], ids.len());
        let alert = restored.json(&format!("/api/v1/alerts/{alert}")).await;
        assert_eq!(alert["acknowledged"], true, "{alert}");
        let after = samples(&restored).await;
        for sample in &before {
            assert!(after.contains(sample), "{sample} is missing: {after:?}");
        }
    }
}

#[tokio::test]
async fn a_damaged_foreign_or_newer_backup_is_refused_and_leaves_no_store() {
    let (_folder, file) = backed_up().await;
    let whole = std::fs::read(&file).unwrap();
    let target = tempfile::tempdir().unwrap();
    let restore = |bytes: &[u8]| {
        let damaged = target.path().join("b.backup");
        std::fs::write(&damaged, bytes).unwrap();
        let said = refused(&["restore", text(&damaged), "--store", &store(target.path())]);
        let left = std::fs::read_dir(target.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = left.filter(|name| name != "b.backup" && name != "forewatch.lock").collect();
        assert!(left.is_empty(), "{left:?}");
        said
    };
    for place in (12..whole.len()).step_by(whole.len() / 40) {
        let mut changed = whole.clone();
        changed[place] ^= 0x01;
        let said = restore(&changed);
        assert!(said.contains("damaged") && said.contains("b.backup"), "{place}: {said}");
    }
    for length in [12, 40, whole.len() / 2, whole.len() - 1] {
        assert!(restore(&whole[..length]).contains("damaged"), "{length}");
    }
    let mut newer = whole.clone();
    newer[8] = 9;
    let said = restore(&newer);
    assert!(said.contains("format 9") && said.contains("newer"), "{said}");
    for foreign in [&b""[..], b"dear diary", b"SQLite format 3\0"] {
        assert!(restore(foreign).contains("is not a backup"));
    }
    let said = refused(&["restore", "/nowhere/at.all", "--store", &store(target.path())]);
    assert!(said.contains("/nowhere/at.all"), "{said}");
}

#[tokio::test]
async fn a_store_that_is_in_use_or_has_something_in_it_is_not_restored_over() {
    let (folder, file) = backed_up().await;
    let url = store(folder.path());
    let said = refused(&["restore", text(&file), "--store", &url]);
    assert!(said.contains("already") && said.contains("--force"), "{said}");

    let forewatch = Forewatch::in_folder(folder, "", &[]);
    forewatch.worker("gpu-2").await;
    for force in [&[][..], &["--force"]] {
        let said = refused(&[&["restore", text(&file), "--store", &url], force].concat());
        assert!(said.contains("in use"), "{said}");
    }

    let folder = forewatch.killed();
    let said = done(&["restore", text(&file), "--store", &url, "--force"]);
    let kept = said.lines().find_map(|line| line.strip_prefix("the old store is kept as ")).unwrap().to_owned();
    let restored = Forewatch::in_folder(folder, "", &[]);
    assert_eq!(restored.json("/api/v1/workers").await["total"], 1, "the backup has no gpu-2");
    let _folder = restored.killed();
    let old = Forewatch::with("", &[("FOREWATCH_STORE", &format!("sqlite:{kept}"))]);
    assert_eq!(old.json("/api/v1/workers").await["total"], 2, "the old store is as it was");
}

#[tokio::test]
async fn a_file_that_is_there_is_replaced_only_when_that_is_asked_for() {
    let (folder, file) = backed_up().await;
    let url = store(folder.path());
    std::fs::write(&file, "precious").unwrap();
    let said = refused(&["backup", text(&file), "--store", &url]);
    assert!(said.contains("--force"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    done(&["backup", text(&file), "--store", &url, "--force"]);
    assert!(std::fs::read(&file).unwrap().starts_with(b"FWBACKUP"));
    let hidden = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let hidden: Vec<_> = hidden.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[tokio::test]
async fn where_there_is_no_store_there_is_no_backup_and_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.backup");
    let said = refused(&["backup", text(&file), "--store", &store(folder.path())]);
    assert!(said.contains("there is no store"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    for wrong in ["memory:", "forewatch.db"] {
        let (code, said) = run(&["backup", text(&file), "--store", wrong]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("--store"), "{said}");
    }
}

#[tokio::test]
async fn a_backup_of_a_store_of_the_first_version_starts_as_one_of_this() {
    let (folder, _) = backed_up().await;
    let history = Connection::open(folder.path().join("forewatch.history.db")).unwrap();
    // What the later versions added.
    let mut sql = String::new();
    for tier in ["raw", "minute", "hour", "day"] {
        for trigger in ["put", "changed", "gone"] {
            sql += &format!("DROP TRIGGER {tier}_{trigger};");
        }
    }
    sql += "DROP TABLE size; DROP TABLE sketched; ALTER TABLE subject DROP COLUMN seen; PRAGMA user_version = 1;";
    history.execute_batch(&sql).unwrap();
    drop(history);
    let file = folder.path().join("older.backup");
    done(&["backup", text(&file), "--store", &store(folder.path())]);
    let target = tempfile::tempdir().unwrap();
    done(&["restore", text(&file), "--store", &store(target.path())]);
    let restored = Forewatch::in_folder(target, "", &[]);
    assert_eq!(restored.json("/api/v1/workers").await["total"], 1);
    assert!(send(restored.get("/metrics")).await.text.contains("forewatch_history_blocks{tier=\"raw\"}"));
}

#[tokio::test]
async fn kept_reports_come_back_with_the_store_and_a_backup_of_the_format_without_them_restores_too() {
    let (folder, plain) = backed_up().await;
    let report = folder.path().join("forewatch.reports/farm-20250602-20250602");
    std::fs::create_dir_all(&report).unwrap();
    let name = "farm-20250602-20250602.csv";
    let about = json!({ "format": 1, "id": "farm-20250602-20250602", "name": "farm", "every": "day", "zone": "UTC",
        "first_day": "2025-06-02", "last_day": "2025-06-02", "from": "2025-06-02T00:00:00Z",
        "to": "2025-06-03T00:00:00Z", "made_at": "2025-06-03T00:02:00Z",
        "files": [{ "name": name, "format": "csv", "bytes": 4 }] });
    std::fs::write(report.join("about.json"), about.to_string()).unwrap();
    std::fs::write(report.join(name), "a,b\n").unwrap();
    let file = folder.path().join("reports.backup");
    done(&["backup", text(&file), "--store", &store(folder.path())]);
    let target = tempfile::tempdir().unwrap();
    done(&["restore", text(&file), "--store", &store(target.path())]);
    let restored = Forewatch::in_folder(target, "", &[]);
    assert_eq!(restored.json("/api/v1/reports/kept").await["total"], 1);
    let answer = send(restored.get(&format!("/api/v1/reports/kept/{name}"))).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "a,b\n"));
    // Over a store that has reports, one that has none: those of the old store go with it.
    let target = restored.killed();
    done(&["restore", text(&plain), "--store", &store(target.path()), "--force"]);
    assert!(!target.path().join("forewatch.reports").exists());
    // The same bytes as an earlier version wrote them: without reports, with the format's number 1.
    let older = folder.path().join("older.backup");
    std::fs::write(&older, of_format_1(&std::fs::read(&plain).unwrap())).unwrap();
    let target = tempfile::tempdir().unwrap();
    done(&["restore", text(&older), "--store", &store(target.path())]);
    let restored = Forewatch::in_folder(target, "", &[]);
    assert_eq!(restored.json("/api/v1/workers").await["total"], 1);
}

/// A backup that holds no report, as the first format has it.
fn of_format_1(backup: &[u8]) -> Vec<u8> {
    let length = u32::from_le_bytes(backup[12..16].try_into().unwrap()) as usize;
    let mut manifest: Value = serde_json::from_slice(&backup[16..16 + length]).unwrap();
    let files = manifest["files"].as_array_mut().unwrap();
    let reports = files.pop().unwrap();
    assert_eq!((&reports["name"], &reports["bytes"]), (&json!("reports"), &json!(0)), "an empty file has no piece");
    let manifest = manifest.to_string();
    let mut older = b"FWBACKUP".to_vec();
    older.extend(1_u32.to_le_bytes());
    older.extend(u32::try_from(manifest.len()).unwrap().to_le_bytes());
    older.extend(manifest.as_bytes());
    older.extend(&backup[16 + length..backup.len() - 32]);
    let sum = sha2::Sha256::digest(&older);
    older.extend(sum);
    older
}
