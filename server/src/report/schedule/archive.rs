//! The folder of kept reports, beside the store: `NAME.reports/`, with a folder for each report in it. That one has the
//! report's files, `ID.html` and the like, and `about.json`: what it is, in format 1. It has its name once all of it is
//! on the disk. A folder of a newer format, or that cannot be read, is left alone and not told.

use crate::file::{Existing, NewFile, sync_folder};
use crate::report::Form;
use anyhow::Context as _;
use forewatch::report::{KeptFile, KeptReport};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

/// The version of a report's folder.
const FORMAT: u32 = 1;
/// What tells what is in a report's folder.
const ABOUT: &str = "about.json";
/// What begins the name of what is under way, or on its way out.
const UNDER_WAY: &str = ".forewatch-";

/// Kept reports: what is in the folder, known in memory.
pub(crate) struct Archive {
    folder: PathBuf,
    /// By their ids.
    kept: RwLock<BTreeMap<String, KeptReport>>,
}

#[derive(Serialize, Deserialize)]
struct About {
    format: u32,
    #[serde(flatten)]
    report: KeptReport,
}

impl Archive {
    /// Reads what is in the folder, which may not be there yet, and removes what was under way when Forewatch ended.
    pub(crate) fn open(folder: PathBuf) -> anyhow::Result<Self> {
        let mut kept = BTreeMap::new();
        let entries = match folder.read_dir() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            entries => Some(entries.with_context(|| format!("{} cannot be read", folder.display()))?),
        };
        for entry in entries.into_iter().flatten() {
            let path = entry.with_context(|| format!("{} cannot be read", folder.display()))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if name.starts_with(UNDER_WAY) {
                std::fs::remove_dir_all(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
                continue;
            }
            match read(&path, name) {
                Ok(report) => _ = kept.insert(name.to_owned(), report),
                Err(error) => {
                    tracing::warn!(path = %path.display(), error = %format!("{error:#}"), "this is no kept report: it is left alone");
                }
            }
        }
        Ok(Self { folder, kept: RwLock::new(kept) })
    }

    /// All kept reports, the newest period first.
    pub(crate) fn all(&self) -> Vec<KeptReport> {
        let mut all: Vec<KeptReport> =
            self.kept.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        all.sort_by(|a, b| b.to.cmp(&a.to).then_with(|| a.id.cmp(&b.id)));
        all
    }

    /// Where the file of that name lies, and what it is; none where there is none.
    pub(crate) fn file(&self, name: &str) -> Option<(PathBuf, Form)> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        // Only what is known is looked for: a name from outside is no path.
        let (report, file) = kept
            .values()
            .find_map(|report| report.files.iter().find(|file| file.name == name).map(|file| (report, file)))?;
        Some((self.folder.join(&report.id).join(&file.name), file.format.parse().ok()?))
    }

    /// Keeps a report: `report` tells what it is, `files` are its forms. One with the same id is replaced.
    pub(crate) fn keep(&self, mut report: KeptReport, files: &[(Form, Vec<u8>)]) -> anyhow::Result<KeptReport> {
        let written = || format!("{} cannot be written", self.folder.display());
        match std::fs::create_dir(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error).with_context(written),
            _ => {}
        }
        let part = tempfile::Builder::new().prefix(UNDER_WAY).tempdir_in(&self.folder).with_context(written)?;
        report.files = files
            .iter()
            .map(|(form, bytes)| {
                let name = format!("{}.{}", report.id, form.extension());
                write(&part.path().join(&name), bytes)?;
                Ok(KeptFile { name, format: form.extension().to_owned(), bytes: bytes.len() as u64 })
            })
            .collect::<anyhow::Result<_>>()?;
        let about = About { format: FORMAT, report: report.clone() };
        write(&part.path().join(ABOUT), &serde_json::to_vec_pretty(&about).context("telling what a report is")?)?;
        self.remove(&report.id)?;
        std::fs::rename(part.path(), self.folder.join(&report.id)).with_context(written)?;
        // It has another name: there is nothing to remove any more.
        let _ = part.keep();
        sync_folder(&self.folder).with_context(written)?;
        self.kept.write().unwrap_or_else(PoisonError::into_inner).insert(report.id.clone(), report.clone());
        Ok(report)
    }

    /// Removes all reports of a schedule but its newest `most`.
    pub(super) fn trim(&self, name: &str, most: usize) -> anyhow::Result<()> {
        let of_name = self.all().into_iter().filter(|report| report.name == name);
        of_name.skip(most).try_for_each(|report| self.remove(&report.id))
    }

    /// Removes a report, at once and whole; none is fine too.
    fn remove(&self, id: &str) -> anyhow::Result<()> {
        let path = self.folder.join(id);
        if path.symlink_metadata().is_err() {
            return Ok(());
        }
        let failed = || format!("{} cannot be removed", path.display());
        let away = tempfile::Builder::new().prefix(UNDER_WAY).tempdir_in(&self.folder).with_context(failed)?;
        std::fs::rename(&path, away.path().join(id)).with_context(failed)?;
        self.kept.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        away.close().with_context(failed)
    }
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = NewFile::create(path, Existing::Keep)?;
    file.as_file().write_all(bytes).with_context(|| format!("{} cannot be written", path.display()))?;
    file.keep()
}

/// What the folder of that name holds.
fn read(path: &Path, name: &str) -> anyhow::Result<KeptReport> {
    let text = std::fs::read(path.join(ABOUT)).context("what is in it is not told")?;
    let About { format, report } = serde_json::from_slice(&text).context("what is in it cannot be read")?;
    anyhow::ensure!(format == FORMAT, "it has format {format}; this version reads {FORMAT}");
    let is_ours = |file: &KeptFile| {
        let form = file.format.parse::<Form>().ok();
        form.is_some_and(|form| file.name == format!("{name}.{}", form.extension()))
    };
    anyhow::ensure!(report.id == name && report.files.iter().all(is_ours), "it was renamed or changed");
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};
    use forewatch::report::Every;

    fn report(name: &str, day: i64) -> KeptReport {
        let from = DateTime::UNIX_EPOCH + TimeDelta::days(day);
        KeptReport {
            id: format!("{name}-{day}"),
            name: name.to_owned(),
            title: None,
            every: Every::Day,
            zone: "UTC".to_owned(),
            first_day: "1970-01-01".to_owned(),
            last_day: "1970-01-01".to_owned(),
            from,
            to: from + TimeDelta::days(1),
            made_at: from + TimeDelta::days(1),
            files: Vec::new(),
        }
    }

    fn ids(archive: &Archive) -> Vec<String> {
        archive.all().into_iter().map(|report| report.id).collect()
    }

    #[test]
    fn what_is_kept_is_there_after_a_restart_and_old_ones_go_schedule_by_schedule() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("x.reports");
        let archive = Archive::open(path.clone()).expect("there is none yet");
        assert!(archive.all().is_empty());
        for day in 0..4 {
            for name in ["a", "b"] {
                let files = [(Form::Csv, b"csv".to_vec()), (Form::Pdf, b"pdf!".to_vec())];
                archive.keep(report(name, day), &files).expect("it can be written");
            }
            archive.trim("a", 2).expect("they can be removed");
        }
        let expected = ["a-3", "b-3", "a-2", "b-2", "b-1", "b-0"];
        assert_eq!(ids(&archive), expected);
        let again = Archive::open(path).expect("it can be read");
        assert_eq!(again.all(), archive.all());
        let (file, form) = again.file("a-3.pdf").expect("it is there");
        assert_eq!((form, std::fs::read(file).expect("it can be read")), (Form::Pdf, b"pdf!".to_vec()));
        for none in ["a-3.html", "a-0.pdf", "a-3", "../x.db", "a-3/a-3.pdf", "about.json", ""] {
            assert!(again.file(none).is_none(), "{none}");
        }
    }

    #[test]
    fn one_of_the_same_days_takes_the_others_place() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let archive = Archive::open(folder.path().join("x.reports")).expect("there is none yet");
        for text in ["one", "two"] {
            archive.keep(report("a", 0), &[(Form::Csv, text.as_bytes().to_vec())]).expect("it can be written");
        }
        let (file, _) = archive.file("a-0.csv").expect("it is there");
        assert_eq!(std::fs::read_to_string(file).expect("it can be read"), "two");
        assert_eq!(archive.folder.read_dir().expect("it is there").count(), 1, "nothing else is left");
    }

    #[test]
    fn what_was_under_way_goes_and_what_is_not_ours_stays() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let archive = Archive::open(folder.path().to_owned()).expect("it is empty");
        archive.keep(report("a", 0), &[(Form::Csv, Vec::new())]).expect("it can be written");
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at(".forewatch-x")).expect("it can be made");
        std::fs::create_dir(at("mine")).expect("it can be made");
        let about = std::fs::read_to_string(at("a-0").join(ABOUT)).expect("it is there");
        for (name, text) in [
            ("newer", about.replace("\"format\": 1", "\"format\": 2").replace("a-0", "newer")),
            ("elsewhere", about.replace("a-0.csv", "../../secret").replace("a-0", "elsewhere")),
            ("renamed", about.clone()),
        ] {
            std::fs::create_dir(at(name)).expect("it can be made");
            std::fs::write(at(name).join(ABOUT), text).expect("it can be written");
        }
        assert_eq!(ids(&Archive::open(folder.path().to_owned()).expect("it can be read")), ["a-0"]);
        assert!(!at(".forewatch-x").exists() && at("mine").exists() && at("newer").exists());
    }
}
