//! Where the store's files are, and whether they are ours.

use super::{StoreError, history, log, records};
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// "FWTC": written into the header of each file.
const APPLICATION_ID: i32 = 0x4657_5443;

/// A store's place on disk. While it lives, no other process uses the store.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    log: PathBuf,
    lock: Arc<Mutex<Option<File>>>,
    /// Removed with everything in it when the last copy goes: the store `memory:`.
    _scratch: Option<Arc<Scratch>>,
}

#[derive(Debug)]
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, path = %self.0.display(), "the temporary store could not be removed");
        }
    }
}

/// Which of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Log,
    Records,
    History,
}

impl Part {
    /// What makes its tables: step `n` brings version `n` to version `n + 1`, and all of them make a new file.
    fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Log => log::SCHEMA,
            Self::Records => records::SCHEMA,
            Self::History => history::SCHEMA,
        }
    }
}

impl Place {
    /// A file that stays.
    pub(crate) fn file(log: PathBuf) -> Self {
        Self { log, lock: Arc::default(), _scratch: None }
    }

    /// A temporary place that is removed at the end.
    pub(crate) fn temporary() -> Result<Self, StoreError> {
        let path = std::env::temp_dir().join(format!("forewatch-{}", ulid::Ulid::new()));
        std::fs::create_dir_all(&path)
            .map_err(|error| StoreError::Unusable(format!("{} cannot be made: {error}", path.display())))?;
        Ok(Self { log: path.join("forewatch.db"), lock: Arc::default(), _scratch: Some(Arc::new(Scratch(path))) })
    }

    /// The folder of the files.
    pub(crate) fn folder(&self) -> &Path {
        self.log.parent().unwrap_or(Path::new("."))
    }

    pub(super) fn path(&self, part: Part) -> PathBuf {
        match part {
            Part::Log => self.log.clone(),
            Part::Records => self.log.with_extension("records.db"),
            Part::History => self.log.with_extension("history.db"),
        }
    }

    /// Makes the folder and takes the lock.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        let unusable = |what: &Path, error: std::io::Error| {
            StoreError::Unusable(format!(
                "the store {} cannot be used: {error}; choose another with --store",
                what.display()
            ))
        };
        std::fs::create_dir_all(self.folder()).map_err(|error| unusable(self.folder(), error))?;
        let path = self.log.with_extension("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| unusable(&path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Unusable(format!(
                    "the store {} is in use by another forewatch: stop that one, or choose another with --store",
                    self.log.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(&path, error)),
        }
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
        Ok(())
    }

    /// Opens one of the files, makes its tables when it is new, brings those of an older version up to date, and refuses
    /// what is not ours.
    pub(super) fn connect(&self, part: Part) -> Result<Connection, StoreError> {
        let path = self.path(part);
        let refuse = |error: rusqlite::Error| {
            let reason = match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::NotADatabase) => "it is not a Forewatch store".to_owned(),
                Some(
                    rusqlite::ErrorCode::CannotOpen
                    | rusqlite::ErrorCode::ReadOnly
                    | rusqlite::ErrorCode::PermissionDenied,
                ) => "it cannot be written".to_owned(),
                _ => error.to_string(),
            };
            StoreError::Unusable(format!(
                "the store {} cannot be used: {reason}; choose another with --store",
                path.display()
            ))
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(refuse)?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(refuse)?;
        let number = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i32>(0));
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).map_err(refuse)?;
        let (application, version) =
            (number("application_id").map_err(refuse)?, number("user_version").map_err(refuse)?);
        let steps = part.steps();
        let known = steps.len();
        let version = if tables > 0 { usize::try_from(version).unwrap_or(usize::MAX) } else { 0 };
        if tables > 0 && application != APPLICATION_ID {
            return Err(StoreError::Unusable(format!(
                "{} is a database of another program, not a Forewatch store; choose another file with --store",
                path.display()
            )));
        }
        if version > known {
            return Err(StoreError::Unusable(format!(
                "the store {} is of version {version}, made by a newer Forewatch; this one reads version {known}: \
                 use the newer program, or another store",
                path.display()
            )));
        }
        let synchronous = if part == Part::Log { "FULL" } else { "NORMAL" };
        connection
            .execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON; \
                 PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;"
            ))
            .map_err(refuse)?;
        if version < known {
            let missing = steps[version..].concat();
            connection
                .execute_batch(&format!(
                    "BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {known}; {missing} COMMIT;"
                ))
                .map_err(refuse)?;
        }
        Ok(connection)
    }

    /// Opens one of the files for reading only.
    pub(super) fn reader(&self, part: Part) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(self.path(part), flags)
            .map_err(super::failed("opening the store for reading"))?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(super::failed("opening the store for reading"))?;
        Ok(connection)
    }

    /// What each file is for, and the bytes that it and its journal take.
    pub(super) fn sizes(&self) -> [(&'static str, u64); 3] {
        [("log", Part::Log), ("records", Part::Records), ("history", Part::History)].map(|(name, part)| {
            let path = self.path(part).into_os_string();
            let sizes = ["", "-wal"].map(|end| {
                let mut path = path.clone();
                path.push(end);
                std::fs::metadata(path).map_or(0, |meta| meta.len())
            });
            (name, sizes.into_iter().sum())
        })
    }
}
