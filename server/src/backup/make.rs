//! `forewatch backup FILE`.

use super::container::Packer;
use super::manifest::{Manifest, Packed};
use super::reports;
use crate::cli::BackupFile;
use crate::config;
use crate::file::{Existing, NewFile};
use crate::startup::{StartError, say};
use crate::store::sqlite::{self, Copied, Place};
use anyhow::Context as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

/// Copies the store as of one moment, packs it, and gives it its name once it is on disk.
pub fn backup(options: &BackupFile) -> Result<(), StartError> {
    let place = Place::file(config::stored(&options.stored).map_err(|error| StartError::Usage(error.to_string()))?);
    let existing = if options.force { Existing::Replace } else { Existing::Keep };
    let mut file = NewFile::create(&options.file, existing)?;
    // Beside the file that is made: who chose its place knows that there is room.
    let scratch = file.scratch_folder()?;
    let copied = sqlite::copy(&place, scratch.path()).map_err(anyhow::Error::from)?;
    let kept = scratch.path().join(reports::WORD);
    copy_reports(&place, &kept).context("copying the kept reports")?;
    pack(&copied, &kept, file.as_file()).with_context(|| format!("{} cannot be written", options.file.display()))?;
    let sequence = copied.sequence;
    file.keep()?;
    say(&format!(
        "{} holds the store {} up to event {sequence}",
        options.file.display(),
        place.path_of_log().display()
    ));
    Ok(())
}

fn copy_reports(place: &Place, to: &Path) -> std::io::Result<()> {
    let mut to = BufWriter::new(File::create_new(to)?);
    reports::pack(&place.reports(), &mut to)?;
    to.flush()
}

fn pack(copied: &Copied, kept: &Path, to: &mut File) -> std::io::Result<()> {
    let parts = copied.files.iter().map(|file| (file.part.word(), file.version, file.path.as_path()));
    let all: Vec<_> = parts.chain([(reports::WORD, reports::VERSION, kept)]).collect();
    let files = all.iter().map(|(name, version, path)| {
        let bytes = path.metadata()?.len();
        Ok(Packed { name: (*name).to_owned(), version: *version, bytes })
    });
    let manifest = Manifest {
        made_at: chrono::Utc::now(),
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        sequence: copied.sequence,
        files: files.collect::<std::io::Result<_>>()?,
    };
    let mut packer = Packer::begin(BufWriter::new(to), &manifest)?;
    for (_, _, path) in all {
        packer.file(&mut BufReader::new(File::open(path)?))?;
        // Its room is free for the rest of the backup.
        std::fs::remove_file(path)?;
    }
    packer.finish()?.flush()
}
