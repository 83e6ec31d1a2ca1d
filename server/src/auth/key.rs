//! The key that signs sessions: made of a random secret kept beside the store and of the password, so
//! that sessions outlive a restart and end when the password changes.

use super::AuthError;
use crate::cli::Serve;
use crate::config::{Secret, StoreUrl};
use cookie::Key;
use rand::RngCore;
use sha2::{Digest, Sha512};
use std::io::Write;
use std::path::Path;

/// The file beside the store, or with the records of one that lies elsewhere; readable by its owner only.
const FILE: &str = "session.key";
const BYTES: usize = 32;

/// The key for this store and password; a store in memory gets one that nobody keeps.
pub(super) fn session_key(store: Option<&StoreUrl>, password: &Secret) -> Result<Key, AuthError> {
    Ok(derive(&secret(store)?, password.expose()))
}

/// The key that signs links in messages: made of the same secret, and the same whoever may sign in.
pub(crate) fn link_key(store: Option<&StoreUrl>) -> Result<Vec<u8>, AuthError> {
    let mut hash = Sha512::new();
    hash.update(b"forewatch link key 1");
    hash.update(secret(store)?);
    Ok(hash.finalize().to_vec())
}

fn secret(store: Option<&StoreUrl>) -> Result<Vec<u8>, AuthError> {
    match store {
        Some(StoreUrl::Sqlite(path)) => kept(&path.parent().unwrap_or_else(|| Path::new(".")).join(FILE)),
        Some(StoreUrl::Redis(_)) => kept(&Serve::data_dir().join(FILE)),
        Some(StoreUrl::Memory) | None => Ok(random().to_vec()),
    }
}

/// SHA-512 of both parts, each with its length so that they cannot run into each other: 64 bytes, what a key needs.
fn derive(secret: &[u8], password: &str) -> Key {
    let mut hash = Sha512::new();
    hash.update(b"forewatch session key 1");
    for part in [secret, password.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    Key::from(&hash.finalize())
}

fn random() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

fn kept(path: &Path) -> Result<Vec<u8>, AuthError> {
    let error = |doing| move |source| AuthError::Key { path: path.display().to_string(), doing, source };
    match std::fs::read(path) {
        Ok(bytes) if bytes.len() == BYTES => Ok(bytes),
        Ok(_) => make(path).map_err(error("replaced")),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => make(path).map_err(error("written")),
        Err(source) => Err(error("read")(source)),
    }
}

/// Writes a new secret whole before it gets its name, and for its owner's eyes only.
fn make(path: &Path) -> std::io::Result<Vec<u8>> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let bytes = random();
    let part = path.with_extension("key.part");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, path)?;
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stays_over_a_restart_and_changes_with_the_password() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = StoreUrl::Sqlite(folder.path().join("forewatch.db"));
        let key = |password| session_key(Some(&store), &Secret::new(password)).expect("a key");
        assert_eq!(key("one"), key("one"));
        assert_ne!(key("one"), key("two"));
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let store = StoreUrl::Sqlite(folder.path().join("forewatch.db"));
        session_key(Some(&store), &Secret::new("p")).expect("a key");
        let mode = std::fs::metadata(folder.path().join(FILE)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
