//! Who this host is: the ids under which it reports.

use forewatch::{WorkerId, id};
use std::path::Path;

/// Where Linux keeps the id that a machine gets when it is installed.
const MACHINE_ID: &str = "/etc/machine-id";

/// The host's name; `localhost` when it has none that can be an identifier.
pub fn host_name() -> String {
    hostname::get()
        .ok()
        .and_then(|name| name.into_string().ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| id::check(name).is_ok())
        .unwrap_or_else(|| "localhost".to_owned())
}

/// What joins everything that reports from this host: its machine id, else its name.
pub fn host_id() -> String {
    machine_id(Path::new(MACHINE_ID)).unwrap_or_else(host_name)
}

/// The id of a worker that was given none: the host's name.
///
/// # Panics
///
/// Never: `host_name` returns only what can be an identifier.
pub fn worker_id() -> WorkerId {
    WorkerId::new(host_name()).expect("host_name returns only what can be an identifier")
}

/// The machine id in `file`: 32 hexadecimal digits. Images that are not set up yet say `uninitialized`, or nothing.
fn machine_id(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let text = text.trim();
    (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine_id_of(text: &str) -> Option<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("machine-id");
        std::fs::write(&file, text).expect("a file in it");
        machine_id(&file)
    }

    #[test]
    fn a_machine_id_is_32_hexadecimal_digits_and_nothing_else() {
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(machine_id_of(&format!("{id}\n")).as_deref(), Some(id));
        assert_eq!(machine_id_of("uninitialized\n"), None);
        assert_eq!(machine_id_of(""), None);
    }

    #[test]
    fn a_host_without_machine_id_still_has_an_identity() {
        assert_eq!(machine_id(Path::new("/nonexistent/machine-id")), None);
        assert!(id::check(&host_id()).is_ok());
        assert_eq!(worker_id().as_str(), host_name());
    }
}
