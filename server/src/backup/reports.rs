//! Kept reports in a backup: one file of it, version 1, in which each file of each report follows the other. Numbers are
//! little-endian: the length of the name (4 bytes), the name (`REPORT/FILE`), the length of the file (8 bytes), the file.

use super::container::Damage;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

/// The word for it in a manifest.
pub(super) const WORD: &str = "reports";
/// The version of the form.
pub(super) const VERSION: i32 = 1;
/// Bytes of a name at most.
const NAME: u32 = 1024;

/// Writes all that is in the folder of kept reports, which may not be there. A report that a server removes meanwhile is
/// left out whole.
pub(super) fn pack(folder: &Path, to: &mut impl Write) -> io::Result<()> {
    for (report, path) in entries(folder)? {
        if !path.is_dir() {
            continue;
        }
        let opened: io::Result<Vec<_>> = entries(&path)?
            .into_iter()
            .map(|(name, path)| Ok((format!("{report}/{name}"), File::open(path)?)))
            .collect();
        // What is open stays whole, also when it is removed.
        let files = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            opened => opened?,
        };
        for (name, file) in files {
            let length = file.metadata()?.len();
            to.write_all(&u32::try_from(name.len()).map_err(io::Error::other)?.to_le_bytes())?;
            to.write_all(name.as_bytes())?;
            to.write_all(&length.to_le_bytes())?;
            if io::copy(&mut file.take(length), to)? != length {
                return Err(io::Error::other(format!("the report {name} changed while it was copied")));
            }
        }
    }
    Ok(())
}

/// What is in a folder, without what is under way there, in the order of the names.
fn entries(folder: &Path) -> io::Result<Vec<(String, std::path::PathBuf)>> {
    let found = match folder.read_dir() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        found => found?,
    };
    let mut all = Vec::new();
    for entry in found {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string()
            && is_plain(&name)
        {
            all.push((name, entry.path()));
        }
    }
    all.sort();
    Ok(all)
}

/// Whether it is the name of something in a folder, and nothing else.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0'])
}

/// Writes what was packed into a folder, which is made where there is any report.
pub(super) fn unpack(from: &mut impl Read, folder: &Path) -> Result<(), Damage> {
    loop {
        let mut first = [0; 1];
        if from.read(&mut first)? == 0 {
            return Ok(());
        }
        let mut rest = [0; 3];
        from.read_exact(&mut rest)?;
        let length = u32::from_le_bytes([first[0], rest[0], rest[1], rest[2]]);
        if length > NAME {
            return Err(Damage::Piece);
        }
        let mut name = vec![0; length as usize];
        from.read_exact(&mut name)?;
        let name = String::from_utf8(name).map_err(|_| Damage::Piece)?;
        let (report, file) = name.split_once('/').ok_or(Damage::Piece)?;
        if !is_plain(report) || !is_plain(file) {
            return Err(Damage::Piece);
        }
        let mut bytes = [0; 8];
        from.read_exact(&mut bytes)?;
        let bytes = u64::from_le_bytes(bytes);
        let report = folder.join(report);
        std::fs::create_dir_all(&report)?;
        let mut to = File::create_new(report.join(file))?;
        if io::copy(&mut from.by_ref().take(bytes), &mut to)? != bytes {
            return Err(Damage::Short);
        }
        to.sync_all()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_come_back_as_they_went_in_without_what_was_under_way() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (report, file, text) in [("a-1", "a-1.csv", "x,y"), ("a-1", "about.json", "{}"), (".forewatch-1", "b", "z")]
        {
            std::fs::create_dir_all(folder.path().join(report)).expect("it can be made");
            std::fs::write(folder.path().join(report).join(file), text).expect("it can be written");
        }
        let mut packed = Vec::new();
        pack(folder.path(), &mut packed).expect("it can be read");
        let to = tempfile::tempdir().expect("a folder can be made");
        unpack(&mut &packed[..], to.path()).expect("it is whole");
        let read = |file: &str| std::fs::read_to_string(to.path().join("a-1").join(file)).expect("it is there");
        assert_eq!((read("a-1.csv").as_str(), read("about.json").as_str()), ("x,y", "{}"));
        assert_eq!(to.path().read_dir().expect("it is there").count(), 1);
        for cut in 1..packed.len() {
            let again = tempfile::tempdir().expect("a folder can be made");
            let whole = unpack(&mut &packed[..cut], again.path()).is_ok();
            // A cut between two files is no damage of this file: the backup's checksum tells of that.
            assert_eq!(whole, cut == 4 + "a-1/a-1.csv".len() + 8 + "x,y".len(), "cut at {cut}");
        }
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused_and_no_folder_is_no_report() {
        for name in ["../x", "a/../x", "/etc/x", "a", "a/.x", "a/"] {
            let mut packed = u32::try_from(name.len()).expect("it is short").to_le_bytes().to_vec();
            packed.extend(name.as_bytes());
            packed.extend([0; 8]);
            let to = tempfile::tempdir().expect("a folder can be made");
            assert!(unpack(&mut &packed[..], &to.path().join("in")).is_err(), "{name}");
            assert!(!to.path().join("in").exists() && !to.path().join("x").exists(), "{name}");
        }
        let (none, mut packed) = (tempfile::tempdir().expect("a folder can be made"), Vec::new());
        pack(&none.path().join("x.reports"), &mut packed).expect("nothing is there");
        assert!(packed.is_empty());
    }
}
