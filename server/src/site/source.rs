//! Where the site's files come from.

use super::SiteError;
use std::collections::BTreeMap;
use std::path::Path;

/// Every file under a folder, by its path in it with `/` between the parts.
pub(super) fn folder(root: &Path) -> Result<BTreeMap<String, Vec<u8>>, SiteError> {
    if !root.join(super::MANIFEST).is_file() {
        return Err(SiteError::Missing(root.join(super::MANIFEST).display().to_string()));
    }
    let mut files = BTreeMap::new();
    collect(root, "", &mut files)?;
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), SiteError> {
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

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "$FOREWATCH_SITE"]
struct Embedded;

/// The files in the binary.
#[cfg(feature = "embed")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature it can fail")]
pub(super) fn built_in() -> Result<BTreeMap<String, Vec<u8>>, SiteError> {
    let file = |name: std::borrow::Cow<'static, str>| {
        Embedded::get(&name).map(|file| (name.into_owned(), file.data.into_owned()))
    };
    Ok(Embedded::iter().filter_map(file).collect())
}

/// A binary without the site takes it from where `make build` puts it, beside the binary or below the working folder.
#[cfg(not(feature = "embed"))]
pub(super) fn built_in() -> Result<BTreeMap<String, Vec<u8>>, SiteError> {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.join("site")));
    let below = Path::new("target/site").to_owned();
    match beside.filter(|folder| folder.join(super::MANIFEST).is_file()) {
        Some(site) => folder(&site),
        None => folder(&below),
    }
}
