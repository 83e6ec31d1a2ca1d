//! A file that is there whole under its name, or not at all.

use anyhow::Context as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};

/// What becomes of a file that has the name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    Keep,
    Replace,
}

/// A file without its name yet; it is removed unless [`Self::keep`] gives it the name. For its owner's eyes only.
pub(crate) struct NewFile {
    file: NamedTempFile,
    path: PathBuf,
    existing: Existing,
}

impl NewFile {
    /// Begins a file in the folder of `path`.
    pub(crate) fn create(path: &Path, existing: Existing) -> anyhow::Result<Self> {
        if existing == Existing::Keep && path.symlink_metadata().is_ok() {
            return Err(occupied(path));
        }
        let file = tempfile::Builder::new()
            .prefix(".forewatch-")
            .suffix(".part")
            .tempfile_in(folder(path))
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { file, path: path.to_owned(), existing })
    }

    /// A folder beside it, for as long as the answer lives.
    pub(crate) fn scratch_folder(&self) -> anyhow::Result<TempDir> {
        let folder = folder(&self.path);
        tempfile::Builder::new()
            .prefix(".forewatch-")
            .tempdir_in(folder)
            .with_context(|| format!("{} cannot be written", folder.display()))
    }

    /// What is written to.
    pub(crate) fn as_file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Brings it to the disk, then gives it its name.
    pub(crate) fn keep(self) -> anyhow::Result<()> {
        let Self { file, path, existing } = self;
        let written = || format!("{} cannot be written", path.display());
        file.as_file().sync_all().with_context(written)?;
        match existing {
            Existing::Replace => file.persist(&path).map_err(|error| error.error).with_context(written)?,
            Existing::Keep => file.persist_noclobber(&path).map_err(|error| match error.error.kind() {
                std::io::ErrorKind::AlreadyExists => occupied(&path),
                _ => anyhow::Error::from(error.error).context(written()),
            })?,
        };
        sync_folder(folder(&path)).with_context(written)
    }
}

fn occupied(path: &Path) -> anyhow::Error {
    anyhow::anyhow!("{} is there already: choose another name, or give --force to replace it", path.display())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Brings names in a folder to the disk.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn write(path: &Path, existing: Existing, text: &str) -> anyhow::Result<()> {
        let mut file = NewFile::create(path, existing)?;
        file.as_file().write_all(text.as_bytes())?;
        file.keep()
    }

    #[test]
    fn a_file_keeps_its_place_unless_it_may_be_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("a");
        write(&path, Existing::Keep, "one").expect("there is none");
        assert!(write(&path, Existing::Keep, "two").expect_err("there is one").to_string().contains("--force"));
        assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "one");
        write(&path, Existing::Replace, "three").expect("it may");
        assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "three");
        assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 1);
    }

    #[test]
    fn a_file_that_comes_up_meanwhile_is_kept_too() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("a");
        let file = NewFile::create(&path, Existing::Keep).expect("there is none");
        std::fs::write(&path, "other").expect("it can be written");
        assert!(file.keep().is_err());
        assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "other");
    }
}
