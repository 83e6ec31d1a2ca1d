//! The built site: style, script, WASM and what lies in `public/`, from the binary or from a folder.
//!
//! Everything is read once, when the server starts, so a request only looks up a name: no path from
//! outside ever reaches the file system. Compressed copies lie beside the files and are sent as they are.

mod file;
mod serve;
mod source;

use app::site::SiteFiles;
use file::File;
use serde::Deserialize;
pub(crate) use serve::routes;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the manifest lies in the site.
const MANIFEST: &str = "manifest.json";

/// Files by their path, with `/` between its parts.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Why there is no site to serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SiteError {
    #[error("the dashboard is not built ({0} is missing): run `make build`, or name its folder with --site-root")]
    Missing(String),
    #[error("the dashboard's folder {path} cannot be read: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the dashboard's {MANIFEST} is damaged ({0}): run `make build` again")]
    Manifest(String),
}

/// The site's files by their path in it, such as `pkg/forewatch-0123.wasm`.
pub(crate) struct Site {
    files: BTreeMap<String, File>,
    names: SiteFiles,
}

/// What the build wrote about itself.
#[derive(Deserialize)]
struct Manifest {
    style: String,
    pages: String,
    script: String,
    wasm: String,
}

impl Site {
    /// Reads the site from `root`, or else from the binary, or else from where `make build` puts it.
    pub(crate) fn open(root: Option<&Path>, built_in: Option<fn() -> Files>) -> Result<Self, SiteError> {
        let raw = match (root, built_in) {
            (Some(root), _) => source::folder(root)?,
            (None, Some(built_in)) => built_in(),
            (None, None) => source::where_built()?,
        };
        Self::of(raw)
    }

    fn of(mut raw: Files) -> Result<Self, SiteError> {
        let manifest = raw.remove(MANIFEST).ok_or_else(|| SiteError::Missing(MANIFEST.to_owned()))?;
        let manifest: Manifest =
            serde_json::from_slice(&manifest).map_err(|error| SiteError::Manifest(error.to_string()))?;
        let files = file::with_compressed(raw);
        for address in [&manifest.style, &manifest.pages, &manifest.script, &manifest.wasm] {
            if !address.strip_prefix('/').is_some_and(|path| files.contains_key(path)) {
                return Err(SiteError::Missing(address.clone()));
            }
        }
        let Manifest { style, pages, script, wasm } = manifest;
        let names = SiteFiles { style, pages, script, wasm };
        Ok(Self { files, names })
    }

    /// Without a file.
    #[cfg(test)]
    pub(crate) fn empty() -> Self {
        let none = || "/none".to_owned();
        Self { files: BTreeMap::new(), names: SiteFiles { style: none(), pages: none(), script: none(), wasm: none() } }
    }

    /// Where the browser finds style, script and WASM.
    pub(crate) fn files(&self) -> &SiteFiles {
        &self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(names: &[&str]) -> Files {
        let manifest = br#"{"style":"/pkg/a.css","pages":"/pkg/b.css","script":"/pkg/a.js","wasm":"/pkg/a.wasm"}"#;
        let files = names.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec()));
        files.chain([(MANIFEST.to_owned(), manifest.to_vec())]).collect()
    }

    #[test]
    fn a_site_that_is_not_built_says_how_to_build_it() {
        let error = Site::of(Files::new()).err().expect("there is no manifest");
        assert!(error.to_string().contains("make build"), "{error}");
        let error = Site::of(raw(&["pkg/a.css", "pkg/b.css", "pkg/a.js"])).err().expect("the WASM is missing");
        assert!(error.to_string().contains("/pkg/a.wasm"), "{error}");
    }

    #[test]
    fn the_compressed_copies_belong_to_their_file() {
        let site = Site::of(raw(&["pkg/a.css", "pkg/a.css.br", "pkg/a.css.gz", "pkg/b.css", "pkg/a.js", "pkg/a.wasm"]))
            .expect("it is whole");
        assert_eq!(site.files.keys().collect::<Vec<_>>(), ["pkg/a.css", "pkg/a.js", "pkg/a.wasm", "pkg/b.css"]);
    }
}
