//! `forewatch restore FILE`.

use super::BackupError;
use super::container::{self, Damage, Kind, Unpacker};
use super::manifest::{Manifest, Packed};
use super::reports;
use crate::cli::BackupFile;
use crate::config;
use crate::file;
use crate::startup::{StartError, say};
use crate::store::sqlite::{Part, Place};
use anyhow::Context as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// Checks a backup, unpacks it beside the store, and only then puts its files into their places. Nobody else may use the
/// store meanwhile; one that is there is kept under a new name, if it may be moved at all.
pub fn restore(options: &BackupFile) -> Result<(), StartError> {
    let place = Place::file(config::stored(&options.stored).map_err(|error| StartError::Usage(error.to_string()))?);
    let path = &options.file;
    recognise(path)?;
    place.prepare().map_err(anyhow::Error::from)?;
    let log = place.path_of_log().display().to_string();
    if place.is_occupied() && !options.force {
        return Err(anyhow::Error::from(BackupError::Occupied(log)).into());
    }
    container::verify(open(path)?).map_err(|damage| damaged(path, damage))?;
    let scratch = tempfile::Builder::new()
        .prefix("restore-")
        .tempdir_in(place.folder())
        .with_context(|| format!("{} cannot be written", place.folder().display()))?;
    let (manifest, files) = unpack(path, scratch.path())?;
    let kept = scratch.path().join(KEPT);
    if place.is_occupied() {
        let kept = place.set_aside(&name_aside(&chrono::Utc::now())).context("moving the old store aside")?;
        say(&format!("the old store is kept as {}", kept.display()));
    }
    put(&place, files, &kept)
        .with_context(|| format!("putting the files of {log} into their places: restore it again"))?;
    let Manifest { made_at, sequence, .. } = manifest;
    say(&format!("{log} is the store of {made_at}, up to event {sequence}"));
    Ok(())
}

/// The folder of kept reports while they are unpacked.
const KEPT: &str = "kept";

/// What the name of a store that is set aside has in it.
fn name_aside(now: &chrono::DateTime<chrono::Utc>) -> String {
    format!("before-{}", now.format("%Y%m%dT%H%M%S%3fZ"))
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    let file = File::open(path).with_context(|| format!("the backup {} cannot be read", path.display()))?;
    Ok(BufReader::new(file))
}

fn damaged(path: &Path, damage: Damage) -> anyhow::Error {
    BackupError::Damaged { path: path.display().to_string(), damage }.into()
}

/// Refuses what is no backup, or one that only a newer program reads.
fn recognise(path: &Path) -> anyhow::Result<()> {
    let name = path.display().to_string();
    match container::kind(&mut open(path)?).map_err(|damage| damaged(path, damage))? {
        Kind::Ours => Ok(()),
        Kind::Other(format) => Err(BackupError::Newer { path: name, format }.into()),
        Kind::Foreign => Err(BackupError::Foreign(name).into()),
    }
}

/// Unpacks all files of the store into a folder, and kept reports into a folder in it.
fn unpack(path: &Path, to: &Path) -> anyhow::Result<(Manifest, Vec<(Part, PathBuf)>)> {
    let (mut unpacker, manifest) = Unpacker::begin(open(path)?).map_err(|damage| damaged(path, damage))?;
    let mut files = Vec::new();
    for packed in &manifest.files {
        if packed.name == reports::WORD {
            unpack_reports(path, packed, &mut unpacker, to)?;
            continue;
        }
        let part = Part::ALL.into_iter().find(|part| part.word() == packed.name);
        let part = part
            .ok_or_else(|| damaged(path, Damage::Manifest(format!("a store has no file named \"{}\"", packed.name))))?;
        check_version(path, packed, part.word(), part.version())?;
        let at = to.join(part.word());
        let mut file = BufWriter::new(File::create_new(&at).with_context(|| format!("writing {}", at.display()))?);
        unpacker.file(packed.bytes, &mut file).map_err(|damage| damaged(path, damage))?;
        let written = file.flush().and_then(|()| file.get_ref().sync_all());
        written.with_context(|| format!("writing {}", at.display()))?;
        files.push((part, at));
    }
    let missing = Part::ALL.into_iter().find(|part| !files.iter().any(|(there, _)| there == part));
    match missing {
        Some(part) => Err(damaged(path, Damage::Manifest(format!("the {} is missing", part.word())))),
        None => Ok((manifest, files)),
    }
}

fn check_version(path: &Path, packed: &Packed, file: &'static str, current: i32) -> anyhow::Result<()> {
    if packed.version <= current {
        return Ok(());
    }
    let path = path.display().to_string();
    Err(BackupError::NewerStore { path, file, version: packed.version, current }.into())
}

fn unpack_reports(
    path: &Path,
    packed: &Packed,
    unpacker: &mut Unpacker<BufReader<File>>,
    to: &Path,
) -> anyhow::Result<()> {
    check_version(path, packed, reports::WORD, reports::VERSION)?;
    let writing = || format!("writing the kept reports to {}", to.display());
    let mut all = tempfile::tempfile_in(to).with_context(writing)?;
    unpacker.file(packed.bytes, &mut all).map_err(|damage| damaged(path, damage))?;
    all.rewind().with_context(writing)?;
    reports::unpack(&mut BufReader::new(all), &to.join(KEPT)).map_err(|damage| damaged(path, damage))
}

/// Gives the files their names: the log last, since without one there is no store.
fn put(place: &Place, mut files: Vec<(Part, PathBuf)>, kept: &Path) -> std::io::Result<()> {
    if kept.is_dir() {
        std::fs::rename(kept, place.reports())?;
    }
    files.sort_by_key(|(part, _)| *part == Part::Log);
    for (part, from) in files {
        std::fs::rename(from, place.path(part))?;
    }
    file::sync_folder(place.folder())
}
