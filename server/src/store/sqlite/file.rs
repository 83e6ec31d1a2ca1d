//! Where the store's files are, and whether they are ours.

use super::version;
use super::{StoreError, failed, history, log, outbox, records};
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a connection waits for another one's lock.
const PATIENCE: Duration = Duration::from_secs(10);

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
pub(crate) enum Part {
    Log,
    Records,
    History,
    Outbox,
}

impl Part {
    /// What makes its tables: step `n` brings version `n` to version `n + 1`, and all of them make a new file.
    pub(super) fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Log => log::SCHEMA,
            Self::Records => records::SCHEMA,
            Self::History => history::SCHEMA,
            Self::Outbox => outbox::SCHEMA,
        }
    }

    /// What a backup holds: the outbox is of this server alone, which told what is in it.
    pub(crate) const ALL: [Self; 3] = [Self::Log, Self::Records, Self::History];

    /// Every file.
    pub(super) const FILES: [Self; 4] = [Self::Log, Self::Records, Self::History, Self::Outbox];

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Records => "records",
            Self::History => "history",
            Self::Outbox => "outbox",
        }
    }

    /// The version of its tables that this program writes.
    pub(crate) fn version(self) -> i32 {
        version::number(self.steps().len())
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

    /// The file that a store is named by.
    pub(crate) fn path_of_log(&self) -> &Path {
        &self.log
    }

    pub(crate) fn path(&self, part: Part) -> PathBuf {
        match part {
            Part::Log => self.log.clone(),
            Part::Records => self.log.with_extension("records.db"),
            Part::History => self.log.with_extension("history.db"),
            Part::Outbox => self.log.with_extension("outbox.db"),
        }
    }

    /// The folder of kept reports.
    pub(crate) fn reports(&self) -> PathBuf {
        self.log.with_extension("reports")
    }

    /// Makes the folder and takes the lock.
    pub(crate) fn prepare(&self) -> Result<(), StoreError> {
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
        let refuse = |error: rusqlite::Error| version::unusable(&path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(refuse)?;
        connection.busy_timeout(PATIENCE).map_err(refuse)?;
        let version = version::checked(&connection, part, &path)?;
        // What is written to the log is not read again.
        let (synchronous, cache) = if part == Part::Log { ("FULL", 2_000) } else { ("NORMAL", 16_000) };
        connection
            .execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON; \
                 PRAGMA cache_size = -{cache}; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;"
            ))
            .map_err(refuse)?;
        version::bring_up(&connection, part, &path, version.unwrap_or(0))?;
        Ok(connection)
    }

    /// Opens one of the files for reading only.
    pub(super) fn reader(&self, part: Part) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let doing = "opening the store for reading";
        let connection = Connection::open_with_flags(self.path(part), flags).map_err(failed(doing))?;
        connection.busy_timeout(PATIENCE).map_err(failed(doing))?;
        Ok(connection)
    }

    /// Refuses a store of which a file that is there is not ours or not readable by this program.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        for part in Part::FILES.into_iter().filter(|part| self.path(*part).is_file()) {
            version::checked(&self.reader(part)?, part, &self.path(part))?;
        }
        Ok(())
    }

    /// Refuses a place that holds no store of ours that is whole: for those who only read.
    pub(super) fn check_whole(&self) -> Result<(), StoreError> {
        let missing = Part::ALL.map(|part| self.path(part)).into_iter().find(|path| !path.is_file());
        match missing {
            Some(path) => Err(StoreError::Unusable(format!(
                "there is no store at {}: {} is missing; name another with --store",
                self.log.display(),
                path.display()
            ))),
            None => self.check(),
        }
    }

    /// What each file is for, and the bytes that it and its journal take.
    pub(crate) fn sizes(&self) -> [(&'static str, u64); 3] {
        Part::ALL.map(|part| {
            let path = self.path(part).into_os_string();
            let sizes = ["", "-wal"].map(|end| {
                let mut path = path.clone();
                path.push(end);
                std::fs::metadata(path).map_or(0, |meta| meta.len())
            });
            (part.word(), sizes.into_iter().sum())
        })
    }
}
