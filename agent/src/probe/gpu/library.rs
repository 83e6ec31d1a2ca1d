//! Opens the driver's library and says in words why it cannot be opened.

use nvml_wrapper::{Nvml, error::NvmlError};
use std::{ffi::OsStr, path::PathBuf};

/// The names under which a driver installs its library, newest way first. The second is there only with a
/// development package.
#[cfg(not(windows))]
const NAMES: [&str; 2] = ["libnvidia-ml.so.1", "libnvidia-ml.so"];
#[cfg(windows)]
const NAMES: [&str; 1] = ["nvml.dll"];

/// Which library to load.
pub(super) struct Library(Option<PathBuf>);

impl Library {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self(path)
    }

    pub(super) fn open(&self) -> Result<Nvml, NvmlError> {
        let load = |name: &OsStr| Nvml::builder().lib_path(name).init();
        if let Some(path) = &self.0 {
            return load(path.as_os_str());
        }
        let mut result = load(OsStr::new(NAMES[0]));
        for name in &NAMES[1..] {
            if matches!(result, Err(NvmlError::LibloadingError(_))) {
                result = load(OsStr::new(name));
            }
        }
        result
    }
}

/// Why there is no driver to ask, and what to do where something can be done.
pub(super) fn reason(error: &NvmlError) -> String {
    match error {
        NvmlError::LibloadingError(error) => format!(
            "no NVIDIA driver library ({error}): on a host with GPUs install the driver; in a container make the \
             driver's libraries visible (NVIDIA Container Toolkit, capability \"utility\")"
        ),
        NvmlError::DriverNotLoaded => "the NVIDIA driver is installed but not loaded: load it (modprobe nvidia)".into(),
        NvmlError::LibRmVersionMismatch => {
            "the NVIDIA library and the loaded driver have different versions: restart the host".into()
        }
        NvmlError::NoPermission => {
            "no permission to talk to the NVIDIA driver: let this user read /dev/nvidiactl and /dev/nvidia*".into()
        }
        other => format!("the NVIDIA driver cannot be asked: {other}"),
    }
}
