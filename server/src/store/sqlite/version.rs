//! The versions of the store's files, and how an older one becomes this one: by the steps of its part
//! ([`Part::steps`]) that it has not taken yet, in one transaction with the number that they lead to. A newer or foreign
//! file is refused before any file of the store is changed.

use super::StoreError;
use super::file::Part;
use rusqlite::Connection;
use std::path::Path;

/// "FWTC": written into the header of each file.
pub(super) const APPLICATION_ID: i32 = 0x4657_5443;

/// The version that a number of steps leads to.
pub(super) fn number(steps: usize) -> i32 {
    i32::try_from(steps).unwrap_or(i32::MAX)
}

/// A file's version; `None` when it has no tables yet. Refuses what is not ours or cannot be read.
pub(super) fn checked(connection: &Connection, part: Part, path: &Path) -> Result<Option<i32>, StoreError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i32>(0));
    let read = || -> rusqlite::Result<(i32, i32, i32)> {
        let tables = number("SELECT count(*) FROM sqlite_master")?;
        Ok((tables, number("PRAGMA application_id")?, number("PRAGMA user_version")?))
    };
    let (tables, application, version) = read().map_err(|error| unusable(path, &error))?;
    if tables == 0 {
        return Ok(None);
    }
    let refused = |text: String| Err(StoreError::Unusable(text));
    let (path, current) = (path.display(), part.version());
    if application != APPLICATION_ID {
        return refused(format!(
            "{path} is a database of another program, not a Forewatch store; choose another file with --store"
        ));
    }
    if version > current {
        return refused(format!(
            "the store {path} is of version {version}, made by a newer Forewatch; this one reads version {current}: \
             use the newer program, or another store"
        ));
    }
    if version < 1 {
        return refused(format!(
            "the store {path} is of version {version}, which no Forewatch wrote; this one reads versions 1 to \
             {current}: restore a backup, or use another store"
        ));
    }
    Ok(Some(version))
}

/// Brings a file of `version`, 0 for one without tables, to the current one.
pub(super) fn bring_up(connection: &Connection, part: Part, path: &Path, version: i32) -> Result<(), StoreError> {
    let current = part.version();
    if version >= current {
        return Ok(());
    }
    let missing = part.steps()[usize::try_from(version).unwrap_or(0)..].concat();
    connection
        .execute_batch(&format!(
            "BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {current}; {missing} COMMIT;"
        ))
        .map_err(|error| unusable(path, &error))?;
    if version > 0 {
        tracing::info!(path = %path.display(), from = version, to = current, "a file of the store was brought up");
    }
    Ok(())
}

/// Says why a file cannot be used, and what to do.
pub(super) fn unusable(path: &Path, error: &rusqlite::Error) -> StoreError {
    let reason = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => "it is not a Forewatch store".to_owned(),
        Some(
            rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::PermissionDenied,
        ) => "it cannot be written".to_owned(),
        _ => error.to_string(),
    };
    StoreError::Unusable(format!("the store {} cannot be used: {reason}; choose another with --store", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::{Place, open};

    /// A store as it is made now, closed again.
    fn made(folder: &tempfile::TempDir) -> Place {
        let place = Place::file(folder.path().join("forewatch.db"));
        drop(open(&place).expect("a store can be made"));
        Place::file(folder.path().join("forewatch.db"))
    }

    fn set(place: &Place, part: Part, sql: &str) {
        let connection = Connection::open(place.path(part)).expect("the file is there");
        connection.execute_batch(sql).expect("it can be changed");
    }

    fn bytes(place: &Place) -> Vec<Vec<u8>> {
        Part::FILES.map(|part| std::fs::read(place.path(part)).expect("the file is there")).to_vec()
    }

    #[test]
    fn a_file_of_any_part_that_is_newer_older_than_the_first_or_foreign_is_refused_and_all_are_left_alone() {
        for part in Part::FILES {
            for (pragma, told) in
                [("user_version = 9999", "newer"), ("user_version = 0", "version 0"), ("application_id = 7", "another")]
            {
                let folder = tempfile::tempdir().expect("a folder can be made");
                let place = made(&folder);
                set(&place, part, &format!("PRAGMA {pragma}"));
                let before = bytes(&place);
                let error = open(&place).err().expect("it is refused").to_string();
                assert!(error.contains(told), "{error}");
                assert!(error.contains(&*place.path(part).to_string_lossy()), "{error}");
                assert_eq!(bytes(&place), before, "{part:?} {pragma}");
            }
        }
    }

    #[test]
    fn a_new_file_is_of_the_current_version_and_opening_it_again_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let place = made(&folder);
        let before = bytes(&place);
        drop(open(&place).expect("it opens again"));
        assert_eq!(bytes(&place), before);
        for part in Part::FILES {
            let connection = Connection::open(place.path(part)).expect("the file is there");
            let version: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a number");
            assert_eq!(version, part.version(), "{part:?}");
        }
    }

    #[test]
    fn a_file_of_any_older_version_is_brought_to_the_current_one() {
        for part in Part::FILES {
            for older in 1..part.steps().len() {
                let folder = tempfile::tempdir().expect("a folder can be made");
                let place = Place::file(folder.path().join("forewatch.db"));
                set(&place, part, &part.steps()[..older].concat());
                set(&place, part, &format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {older}"));
                drop(open(&place).expect("it is brought up"));
                let (old, new) = (tables(&place, part), tables(&made(&tempfile::tempdir().expect("a folder")), part));
                assert_eq!(old, new, "{part:?} {older}");
            }
        }
    }

    /// The version and everything that a file declares.
    fn tables(place: &Place, part: Part) -> (i32, Vec<String>) {
        let connection = Connection::open(place.path(part)).expect("the file is there");
        let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a number");
        let mut select = connection.prepare("SELECT type || name FROM sqlite_master ORDER BY 1").expect("it is SQL");
        let names = select.query_map([], |row| row.get(0)).expect("it can be read");
        (version, names.collect::<Result<_, _>>().expect("they are names"))
    }
}
