//! `forewatch backup FILE`.

use super::container::Packer;
use super::manifest::{Manifest, Packed};
use crate::cli::BackupFile;
use crate::config;
use crate::file::{Existing, NewFile};
use crate::startup::{StartError, say};
use crate::store::sqlite::{self, Copied, Place};
use anyhow::Context as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};

/// Copies the store as of one moment, packs it, and gives it its name once it is on disk.
pub fn backup(options: &BackupFile) -> Result<(), StartError> {
    let place = Place::file(config::stored(&options.stored).map_err(|error| StartError::Usage(error.to_string()))?);
    let existing = if options.force { Existing::Replace } else { Existing::Keep };
    let mut file = NewFile::create(&options.file, existing)?;
    // Beside the file that is made: who chose its place knows that there is room.
    let scratch = file.scratch_folder()?;
    let copied = sqlite::copy(&place, scratch.path()).map_err(anyhow::Error::from)?;
    pack(&copied, file.as_file()).with_context(|| format!("{} cannot be written", options.file.display()))?;
    let sequence = copied.sequence;
    file.keep()?;
    say(&format!(
        "{} holds the store {} up to event {sequence}",
        options.file.display(),
        place.path_of_log().display()
    ));
    Ok(())
}

fn pack(copied: &Copied, to: &mut File) -> std::io::Result<()> {
    let files = copied.files.iter().map(|file| {
        let bytes = file.path.metadata()?.len();
        Ok(Packed { name: file.part.word().to_owned(), version: file.version, bytes })
    });
    let manifest = Manifest {
        made_at: chrono::Utc::now(),
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        sequence: copied.sequence,
        files: files.collect::<std::io::Result<_>>()?,
    };
    let mut packer = Packer::begin(BufWriter::new(to), &manifest)?;
    for file in &copied.files {
        packer.file(&mut BufReader::new(File::open(&file.path)?))?;
        // Its room is free for the rest of the backup.
        std::fs::remove_file(&file.path)?;
    }
    packer.finish()?.flush()
}
