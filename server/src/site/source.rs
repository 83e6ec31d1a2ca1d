//! Where the site's files come from.

use super::{Files, SiteError};
use std::path::Path;

/// Every file under a folder, by its path in it with `/` between the parts.
pub(super) fn folder(root: &Path) -> Result<Files, SiteError> {
    if !root.join(super::MANIFEST).is_file() {
        return Err(SiteError::Missing(root.join(super::MANIFEST).display().to_string()));
    }
    let mut files = Files::new();
    collect(root, "", &mut files)?;
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), SiteError> {
    let unreadable = |source| SiteError::Unreadable { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().map_err(unreadable)?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            let content =
                std::fs::read(entry.path()).map_err(|source| SiteError::Unreadable { path: entry.path(), source })?;
            files.insert(name, content);
        }
    }
    Ok(())
}

/// Where `make build` puts the site: beside the binary's folder, or below the working folder.
pub(super) fn where_built() -> Result<Files, SiteError> {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.join("site")));
    let below = Path::new("target/site").to_owned();
    match beside.filter(|folder| folder.join(super::MANIFEST).is_file()) {
        Some(site) => folder(&site),
        None => folder(&below),
    }
}
