use super::*;

fn lines(spool: &mut Spool) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(batch) = spool.oldest() {
        all.extend(batch.lines.clone());
        spool.sent(&batch);
    }
    all
}

#[test]
fn what_waits_survives_a_restart_and_leaves_in_order() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut spool = Spool::open(folder.path(), LIMIT).expect("a spool");
    spool.push(r#"{"n":1}"#);
    spool.push(r#"{"n":2}"#);
    drop(spool);
    let mut spool = Spool::open(folder.path(), LIMIT).expect("a spool");
    spool.push(r#"{"n":3}"#);
    assert_eq!(lines(&mut spool), [r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#]);
    assert!(spool.is_empty());
    drop(spool);
    assert!(Spool::open(folder.path(), LIMIT).expect("a spool").is_empty());
}

#[test]
fn a_batch_stays_until_it_is_sent_and_newer_events_do_not_join_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut spool = Spool::open(folder.path(), LIMIT).expect("a spool");
    spool.push(r#"{"n":1}"#);
    let batch = spool.oldest().expect("an event waits");
    spool.push(r#"{"n":2}"#);
    assert_eq!(spool.oldest().expect("it still waits").lines, batch.lines);
    spool.sent(&batch);
    assert_eq!(lines(&mut spool), [r#"{"n":2}"#]);
}

#[test]
fn a_line_torn_by_a_crash_costs_that_line_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("0000000007.ndjson"), b"{\"n\":1}\n{\"n\":2}\n{\"n\xff").expect("a segment");
    fs::write(folder.path().join("notes.txt"), "not a segment").expect("a file of someone else");
    let mut spool = Spool::open(folder.path(), LIMIT).expect("a spool");
    spool.push(r#"{"n":3}"#);
    assert_eq!(lines(&mut spool), [r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#]);
    assert_eq!(spool.dropped(), 1);
    assert!(folder.path().join("notes.txt").exists());
}

#[test]
fn a_full_spool_drops_the_oldest_and_counts_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut spool = Spool::open(folder.path(), 2 * SEGMENT).expect("a spool");
    let padding = "x".repeat(100_000);
    let pushed = 50;
    for n in 0..pushed {
        spool.push(&format!(r#"{{"n":{n},"padding":"{padding}"}}"#));
    }
    let dropped = spool.dropped();
    let kept = lines(&mut spool);
    assert!(dropped > 0);
    assert_eq!(kept.len() as u64 + dropped, pushed);
    assert!(kept[0].starts_with(&format!(r#"{{"n":{dropped},"#)), "the oldest went first");
}

#[test]
fn a_second_agent_is_kept_out_of_the_same_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = Spool::open(folder.path(), LIMIT).expect("a spool");
    let refusal = Spool::open(folder.path(), LIMIT).err().expect("it is taken").to_string();
    assert!(refusal.contains("--spool"), "{refusal}");
    drop(first);
    assert!(Spool::open(folder.path(), LIMIT).is_ok());
}

#[test]
fn a_segment_without_events_is_skipped_and_removed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let empty = [1, 2].map(|number| folder.path().join(format!("{number:010}.ndjson")));
    for path in &empty {
        fs::write(path, "").expect("a segment");
    }
    let mut spool = Spool::open(folder.path(), LIMIT).expect("a spool");
    spool.push(r#"{"n":1}"#);
    assert_eq!(lines(&mut spool), [r#"{"n":1}"#]);
    assert_eq!((spool.dropped(), empty.iter().any(|path| path.exists())), (0, false));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_what_cannot_be_written_and_leaves_no_segment() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut spool = Spool::open(folder.path(), LIMIT).expect("a spool");
    for number in 1..=3 {
        // Every write there fails as on a full disk.
        let path = folder.path().join(format!("{number:010}.ndjson"));
        std::os::unix::fs::symlink("/dev/full", path).expect("a link");
        spool.push(r#"{"n":1}"#);
        assert_eq!((spool.dropped(), spool.is_empty()), (number, true));
    }
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "only the lock is left");
    spool.push(r#"{"n":2}"#);
    assert_eq!(lines(&mut spool), [r#"{"n":2}"#], "there is room again");
}
