//! Moving a store out of the way of another that takes its place.

use super::file::{Part, Place};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What SQLite has beside a file: its journal, and the journal's index.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

impl Place {
    /// Whether there is something of a store here, kept reports among it.
    pub(crate) fn is_occupied(&self) -> bool {
        self.reports().exists() || self.sizes().into_iter().any(|(_, bytes)| bytes > 0)
    }

    /// Gives the store another name, with `word` in it, under which it can be used as before; answers with that name. The
    /// journals go along: one that stayed would be taken for the next store's.
    pub(crate) fn set_aside(&self, word: &str) -> std::io::Result<PathBuf> {
        let log = self.path_of_log();
        let mut name = log.file_stem().unwrap_or_default().to_owned();
        name.push(format!(".{word}."));
        name.push(log.extension().unwrap_or("db".as_ref()));
        let kept = Self::file(log.with_file_name(name));
        for part in Part::FILES {
            for end in BESIDE {
                rename(with_end(&self.path(part), end).as_ref(), with_end(&kept.path(part), end).as_ref())?;
            }
        }
        rename(&self.reports(), &kept.reports())?;
        Ok(kept.path_of_log().to_owned())
    }
}

/// Gives what is there another name.
fn rename(from: &Path, to: &Path) -> std::io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn with_end(path: &Path, end: &str) -> OsString {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::open;

    #[test]
    fn a_store_that_was_set_aside_is_one_under_its_new_name_and_leaves_its_place() {
        for name in ["forewatch.db", "store"] {
            let folder = tempfile::tempdir().expect("a folder can be made");
            let place = Place::file(folder.path().join(name));
            assert!(!place.is_occupied());
            drop(open(&place).expect("a store can be made"));
            assert!(place.is_occupied());
            std::fs::create_dir(place.reports()).expect("it can be made");
            let kept = Place::file(place.set_aside("old").expect("it can be moved"));
            assert!(!place.is_occupied() && kept.reports().is_dir());
            assert!(Part::FILES.into_iter().all(|part| kept.path(part).is_file()), "{name}");
            assert!(kept.path_of_log().to_string_lossy().contains(".old."), "{name}");
        }
    }
}
