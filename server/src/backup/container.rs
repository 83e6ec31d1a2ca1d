//! The file that a backup is.
//!
//! Format 2, numbers little-endian (format 1 is the same without kept reports, and is read too):
//!
//! - `FWBACKUP`, then the format's number (4 bytes), which stand first in every later format too;
//! - the length of the manifest (4 bytes), and the manifest as JSON ([`super::manifest`]), in which later versions of the
//!   program may add members;
//! - the files in the manifest's order, each cut into pieces of 1 MiB: the length of the packed piece (4 bytes), and the
//!   piece as an LZ4 block behind its plain length (`lz4_flex` with prepended size);
//! - the SHA-256 of everything before (32 bytes).
//!
//! Nothing is taken out before the whole file was found to be undamaged.

use super::manifest::Manifest;
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};

/// The number of the format.
pub(super) const FORMAT: u32 = 2;
/// The oldest format that is read.
const OLDEST: u32 = 1;
const MAGIC: &[u8; 8] = b"FWBACKUP";
const CHECKSUM: usize = 32;
/// Bytes of a file that are packed at once.
const PIECE: usize = 1024 * 1024;
/// Bytes of a manifest at most.
const MANIFEST: u32 = 64 * 1024;

/// What is wrong with the bytes of a backup.
#[derive(Debug, thiserror::Error)]
pub(super) enum Damage {
    #[error("it is cut short")]
    Short,
    #[error("its checksum is wrong")]
    Checksum,
    #[error("its head cannot be read: {0}")]
    Manifest(String),
    #[error("a piece of it cannot be unpacked")]
    Piece,
    #[error("it cannot be read: {0}")]
    Read(io::Error),
}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Short } else { Self::Read(error) }
    }
}

/// What the first bytes of a file say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A backup of this format, or of an older one that is read as well.
    Ours,
    /// A backup of another format.
    Other(u32),
    Foreign,
}

/// Looks at the first bytes.
pub(super) fn kind(from: &mut impl Read) -> Result<Kind, Damage> {
    let mut head = Vec::new();
    from.take(MAGIC.len() as u64 + 4).read_to_end(&mut head)?;
    let Some((magic, format)) = head.split_first_chunk::<8>() else { return Ok(Kind::Foreign) };
    if magic != MAGIC {
        return Ok(Kind::Foreign);
    }
    let format = u32::from_le_bytes(format.try_into().map_err(|_| Damage::Short)?);
    Ok(if (OLDEST..=FORMAT).contains(&format) { Kind::Ours } else { Kind::Other(format) })
}

/// Writes a backup: its head, then the files.
pub(super) struct Packer<W> {
    to: W,
    sum: Sha256,
}

impl<W: Write> Packer<W> {
    pub(super) fn begin(to: W, manifest: &Manifest) -> io::Result<Self> {
        let mut packer = Self { to, sum: Sha256::new() };
        packer.put(MAGIC)?;
        packer.put(&FORMAT.to_le_bytes())?;
        packer.piece(&serde_json::to_vec(manifest)?)?;
        Ok(packer)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.to.write_all(bytes)
    }

    fn piece(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.put(&length.to_le_bytes())?;
        self.put(bytes)
    }

    /// Adds the next file of the manifest; answers with its length.
    pub(super) fn file(&mut self, from: &mut impl Read) -> io::Result<u64> {
        let mut plain = Vec::with_capacity(PIECE);
        let mut length = 0;
        loop {
            plain.clear();
            from.by_ref().take(PIECE as u64).read_to_end(&mut plain)?;
            if plain.is_empty() {
                return Ok(length);
            }
            length += plain.len() as u64;
            self.piece(&lz4_flex::compress_prepend_size(&plain))?;
        }
    }

    /// Writes the checksum, and gives back what was written to.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let sum = self.sum.finalize();
        self.to.write_all(&sum)?;
        Ok(self.to)
    }
}

/// Reads all of a backup, and finds out whether it is as it was written.
pub(super) fn verify(mut from: impl Read) -> Result<(), Damage> {
    let (mut sum, mut held) = (Sha256::new(), Vec::with_capacity(PIECE + CHECKSUM));
    loop {
        let before = held.len();
        from.by_ref().take(PIECE as u64).read_to_end(&mut held)?;
        if held.len() == before {
            break;
        }
        // The last bytes may be the checksum.
        let certain = held.len().saturating_sub(CHECKSUM);
        sum.update(&held[..certain]);
        held.drain(..certain);
    }
    match held.len() {
        CHECKSUM if sum.finalize()[..] == held[..] => Ok(()),
        CHECKSUM => Err(Damage::Checksum),
        _ => Err(Damage::Short),
    }
}

/// Takes a backup apart that was verified.
pub(super) struct Unpacker<R> {
    from: R,
}

impl<R: Read> Unpacker<R> {
    pub(super) fn begin(mut from: R) -> Result<(Self, Manifest), Damage> {
        from.read_exact(&mut [0; MAGIC.len() + 4])?;
        let mut unpacker = Self { from };
        let head = unpacker.piece(MANIFEST)?;
        let manifest = serde_json::from_slice(&head).map_err(|error| Damage::Manifest(error.to_string()))?;
        Ok((unpacker, manifest))
    }

    fn piece(&mut self, most: u32) -> Result<Vec<u8>, Damage> {
        let mut length = [0; 4];
        self.from.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        if length > most {
            return Err(Damage::Piece);
        }
        let mut bytes = Vec::new();
        let read = self.from.by_ref().take(u64::from(length)).read_to_end(&mut bytes)?;
        if read as u64 == u64::from(length) { Ok(bytes) } else { Err(Damage::Short) }
    }

    /// Writes the next file, of this length.
    pub(super) fn file(&mut self, bytes: u64, to: &mut impl Write) -> Result<(), Damage> {
        let most = u32::try_from(lz4_flex::block::get_maximum_output_size(PIECE) + 4).unwrap_or(u32::MAX);
        let mut left = bytes;
        while left > 0 {
            let packed = self.piece(most)?;
            let (length, _) = packed.split_first_chunk::<4>().ok_or(Damage::Piece)?;
            let length = u64::from(u32::from_le_bytes(*length));
            if length == 0 || length > left.min(PIECE as u64) {
                return Err(Damage::Piece);
            }
            let plain = lz4_flex::decompress_size_prepended(&packed).map_err(|_| Damage::Piece)?;
            to.write_all(&plain)?;
            left -= length;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::manifest::Packed;
    use super::*;

    fn packed(files: &[&[u8]]) -> (Manifest, Vec<u8>) {
        let manifest = Manifest {
            made_at: chrono::DateTime::UNIX_EPOCH,
            made_by: "0.0.0".to_owned(),
            sequence: 7,
            files: files
                .iter()
                .map(|file| Packed { name: "log".to_owned(), version: 1, bytes: file.len() as u64 })
                .collect(),
        };
        let mut packer = Packer::begin(Vec::new(), &manifest).expect("memory can be written");
        for mut file in files.iter().copied() {
            packer.file(&mut file).expect("memory can be read");
        }
        (manifest, packer.finish().expect("memory can be written"))
    }

    #[test]
    fn files_come_back_as_they_went_in() {
        let large: Vec<u8> = (0..PIECE * 2 + 5).map(|n| u8::try_from(n * n % 251).expect("it is small")).collect();
        let files: [&[u8]; 4] = [&large, &[], &large[..PIECE], b"x"];
        let (manifest, bytes) = packed(&files);
        assert_eq!(kind(&mut &bytes[..]).expect("it can be read"), Kind::Ours);
        verify(&bytes[..]).expect("it is whole");
        let (mut unpacker, read) = Unpacker::begin(&bytes[..]).expect("it has a head");
        assert_eq!(read, manifest);
        for file in files {
            let mut plain = Vec::new();
            unpacker.file(file.len() as u64, &mut plain).expect("it can be unpacked");
            assert!(plain == file);
        }
    }

    #[test]
    fn a_backup_with_any_byte_changed_or_missing_is_damaged_foreign_or_of_another_format() {
        let (_, bytes) = packed(&[b"some bytes", b"and more"]);
        let is_refused = |bytes: &[u8]| !matches!(kind(&mut &bytes[..]), Ok(Kind::Ours)) || verify(bytes).is_err();
        assert!(!is_refused(&bytes));
        for place in 0..bytes.len() {
            assert!(is_refused(&bytes[..place]), "cut at {place}");
            let mut changed = bytes.clone();
            changed[place] ^= 0x04;
            assert!(is_refused(&changed), "changed at {place}");
        }
        let longer = [&bytes[..], b"!"].concat();
        assert!(is_refused(&longer));
    }
}
