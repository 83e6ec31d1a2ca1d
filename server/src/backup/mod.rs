//! `forewatch backup` and `forewatch restore`: a whole store in one file, made while a server serves it.
//!
//! [`container`] is the file's format; what is in it, and as of which moment, says `store/sqlite/snapshot.rs`.

mod container;
mod make;
mod manifest;
mod reports;
mod restore;

pub use make::backup;
pub use restore::restore;

use container::{Damage, FORMAT};

/// Why a backup cannot be made or restored.
#[derive(Debug, thiserror::Error)]
enum BackupError {
    #[error("{0} is not a backup of Forewatch's")]
    Foreign(String),
    #[error(
        "{path} is a backup of format {format}, made by a newer Forewatch; this one reads format {FORMAT}: use the newer program"
    )]
    Newer { path: String, format: u32 },
    #[error("the backup {path} is damaged ({damage}): use another one")]
    Damaged { path: String, damage: Damage },
    #[error(
        "{path} holds the {file} of a store of version {version}, made by a newer Forewatch; this one reads version {current}: use the newer program"
    )]
    NewerStore { path: String, file: &'static str, version: i32, current: i32 },
    #[error(
        "there is a store at {0} already: restore to another place with --store, or give --force, which keeps it under a new name"
    )]
    Occupied(String),
}
