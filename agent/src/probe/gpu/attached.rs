//! Which devices the kernel's driver drives. Reading a folder is cheap; opening NVML to find out is not, and where
//! nothing else keeps the devices awake it would put them to sleep and wake them.

use std::{ffi::OsString, fs, path::PathBuf};

/// The driver's list of its devices.
pub(super) struct Attached(PathBuf);

impl Attached {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The devices' names, in order; none where the driver has no list.
    pub(super) fn list(&self) -> Vec<OsString> {
        let entries = fs::read_dir(&self.0).into_iter().flatten();
        let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
        names.sort_unstable();
        names
    }
}
