//! Copying a store as of one moment, also while a server writes it.
//!
//! Each file is copied by SQLite's online backup from a read transaction: in WAL mode a reader never holds a writer up
//! (the journal grows until the copy is done, and is taken in afterwards). The three transactions begin one after the
//! other, before anything is copied, and in an order that matters, as the server writes meanwhile:
//!
//! 1. **records**, which hold the state snapshot: the server saves one once the records and samples before it are in;
//! 2. **history**, so that it has at least the samples up to that state; what it has more than those, the log behind
//!    the state gives again, and a sample that comes twice is one sample;
//! 3. **log**, so that nothing in the other two is ahead of it: whatever is in them was in the log before.
//!
//! The moment of the copy is the log's: a server that starts on it reads the state, then the log behind it, and is where
//! the other one was. The log must go on where the state ends; a server may have trimmed it in between, if what it keeps
//! is very short. That is checked, and the copy made anew.

use super::file::{Part, Place};
use super::log::sql;
use super::{StoreError, failed};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OptionalExtension};
use std::path::{Path, PathBuf};

/// The order in which the files' moments are taken; see the module.
const ORDER: [Part; 3] = [Part::Records, Part::History, Part::Log];
/// Times that a copy is made before it is given up.
const ATTEMPTS: usize = 3;

/// A copy of a store.
#[derive(Debug)]
pub(crate) struct Copied {
    /// The last event in it.
    pub(crate) sequence: u64,
    pub(crate) files: Vec<CopiedFile>,
}

/// A copy of one of the files.
#[derive(Debug)]
pub(crate) struct CopiedFile {
    pub(crate) part: Part,
    pub(crate) path: PathBuf,
    /// The version of its tables.
    pub(crate) version: i32,
}

/// Copies the files of the store at `place` into the empty folder `to`.
pub(crate) fn copy(place: &Place, to: &Path) -> Result<Copied, StoreError> {
    place.check_whole()?;
    for _ in 0..ATTEMPTS {
        let files = copy_files(place, to)?;
        if let Some(sequence) = sequence(&files)? {
            return Ok(Copied { sequence, files });
        }
    }
    Err(StoreError::Damaged("the log does not go on where the state ends, so that a copy would have a hole".to_owned()))
}

fn copy_files(place: &Place, to: &Path) -> Result<Vec<CopiedFile>, StoreError> {
    let mut pinned = Vec::new();
    for part in ORDER {
        let connection = place.reader(part)?;
        // The transaction's sight is that of its first reading.
        connection
            .execute_batch("BEGIN")
            .and_then(|()| connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())))
            .map_err(failed("beginning to copy the store"))?;
        pinned.push((part, connection));
    }
    let mut files = Vec::new();
    for (part, from) in pinned {
        let path = to.join(part.word());
        if path.exists() {
            std::fs::remove_file(&path)
                .map_err(|error| StoreError::Unusable(format!("{} cannot be made anew: {error}", path.display())))?;
        }
        let version = copy_file(&from, &path)?;
        files.push(CopiedFile { part, path, version });
    }
    Ok(files)
}

/// Copies what a connection sees into a file that is whole without a journal; answers with its version.
fn copy_file(from: &Connection, to: &Path) -> Result<i32, StoreError> {
    let doing = "copying the store";
    let mut into = Connection::open(to).map_err(failed(doing))?;
    into.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").map_err(failed(doing))?;
    // All at once: the source's sight is fixed, and nobody else knows of the copy.
    match Backup::new(from, &mut into).and_then(|backup| backup.step(-1)).map_err(failed(doing))? {
        StepResult::Done => {}
        other => return Err(StoreError::Unusable(format!("the store could not be copied: SQLite says {other:?}"))),
    }
    drop(into);
    // The copy says that it has a write-ahead log, as its source has: without, it is one file.
    let copy = Connection::open(to).map_err(failed(doing))?;
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(failed(doing))?;
    copy.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed(doing))
}

/// The last event in the copied log or state; `None` when the log does not go on where the state ends.
fn sequence(files: &[CopiedFile]) -> Result<Option<u64>, StoreError> {
    let open = |part: Part| {
        let file = files.iter().find(|file| file.part == part);
        Connection::open(file.map_or(Path::new(""), |file| &file.path)).map_err(failed("opening the copy"))
    };
    let (log, records) = (open(Part::Log)?, open(Part::Records)?);
    goes_on(&log, &records).map_err(failed("checking the copy"))
}

fn goes_on(log: &Connection, records: &Connection) -> rusqlite::Result<Option<u64>> {
    let number = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0).map(i64::unsigned_abs);
    let state = records.query_row("SELECT sequence FROM state", [], number).optional()?.unwrap_or(0);
    let next = "SELECT last - count FROM log WHERE last > ? ORDER BY last LIMIT 1";
    let before_next = log.query_row(next, [sql(state)], number).optional()?;
    let last = log.query_row("SELECT coalesce(max(last), 0) FROM log", [], number)?;
    Ok(before_next.is_none_or(|before| before <= state).then_some(last.max(state)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::{Parts, open};
    use crate::store::{Log, Snapshots, StateSnapshot};
    use chrono::{DateTime, TimeDelta, Utc};
    use forewatch::event::Annotation;
    use forewatch::{Event, EventBody};

    fn events(count: usize, at: DateTime<Utc>) -> Vec<Event> {
        let note = Annotation { at: Some(at), title: "A note".to_owned(), tags: Vec::new(), by: None };
        let event = Event {
            event_id: None,
            source: crate::collector::own_source(),
            at,
            received_at: at,
            body: EventBody::Annotation(note),
        };
        vec![event; count]
    }

    fn state(sequence: u64) -> StateSnapshot {
        StateSnapshot { version: 1, sequence, bytes: vec![1, 2, 3] }
    }

    #[test]
    fn a_copy_is_made_while_others_have_the_store_open_and_ends_with_the_logs_last_event() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let place = Place::file(folder.path().join("forewatch.db"));
        let Parts { mut log, mut snapshots, .. } = open(&place).expect("a store can be made");
        log.append(&events(3, DateTime::UNIX_EPOCH)).expect("it can be written");
        snapshots.save_state(&state(3)).expect("it can be written");
        log.append(&events(2, DateTime::UNIX_EPOCH)).expect("it can be written");
        let to = tempfile::tempdir().expect("a folder can be made");
        let copied = copy(&place, to.path()).expect("it can be copied");
        assert_eq!((copied.sequence, copied.files.len()), (5, 3));
        let names: Vec<_> = std::fs::read_dir(to.path()).expect("it is there").collect();
        assert_eq!(names.len(), 3, "each is one file, without a journal: {names:?}");
        log.append(&events(1, DateTime::UNIX_EPOCH)).expect("the writer goes on");
    }

    #[test]
    fn a_log_with_a_hole_behind_the_state_is_no_copy() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let place = Place::file(folder.path().join("forewatch.db"));
        let Parts { mut log, mut snapshots, .. } = open(&place).expect("a store can be made");
        snapshots.save_state(&state(0)).expect("it can be written");
        for _ in 0..3 {
            log.append(&events(2, DateTime::UNIX_EPOCH)).expect("it can be written");
        }
        snapshots.trim_log(DateTime::UNIX_EPOCH + TimeDelta::seconds(1), 2).expect("it can be trimmed");
        let to = tempfile::tempdir().expect("a folder can be made");
        let error = copy(&place, to.path()).expect_err("the first two events are missing");
        assert!(error.to_string().contains("hole"), "{error}");
        snapshots.save_state(&state(2)).expect("it can be written");
        assert_eq!(copy(&place, to.path()).expect("it goes on").sequence, 6);
    }
}
