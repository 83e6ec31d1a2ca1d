//! Traffic on the real interfaces: hardware where there is some, else everything but the loopback (a container's
//! only interface is virtual). Bridges and tunnels carry what the hardware carries already.

use std::{ffi::OsStr, path::Path};
use sysinfo::Networks;

/// Where Linux lists interfaces; hardware has a `device` in its folder.
const INTERFACES: &str = "/sys/class/net";

/// Owns sysinfo's list of interfaces.
pub(super) struct NetworkProbe(Option<Networks>);

impl NetworkProbe {
    pub(super) fn start() -> Self {
        Self(Networks::new_with_refreshed_list().ok())
    }

    /// Bytes received and sent since the interfaces came up; `None` without an interface.
    pub(super) fn read(&mut self) -> Option<(u64, u64)> {
        let networks = self.0.as_mut()?;
        networks.refresh(true);
        let all = networks.iter().map(|(name, data)| Interface {
            is_hardware: is_hardware(name),
            is_loopback: is_loopback(name),
            bytes: (data.total_received(), data.total_transmitted()),
        });
        sum(&all.collect::<Vec<_>>())
    }
}

struct Interface {
    is_hardware: bool,
    is_loopback: bool,
    bytes: (u64, u64),
}

fn is_hardware(name: &OsStr) -> bool {
    // The kernel allows no slash in a name.
    Path::new(INTERFACES).join(name).join("device").exists()
}

fn is_loopback(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    name == "lo" || name.strip_prefix("lo").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

fn sum(interfaces: &[Interface]) -> Option<(u64, u64)> {
    let has_hardware = interfaces.iter().any(|interface| interface.is_hardware);
    interfaces
        .iter()
        .filter(|interface| if has_hardware { interface.is_hardware } else { !interface.is_loopback })
        .map(|interface| interface.bytes)
        .reduce(|(rx, tx), (more_rx, more_tx)| (rx.saturating_add(more_rx), tx.saturating_add(more_tx)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: Interface = Interface { is_hardware: false, is_loopback: true, bytes: (900, 900) };
    const BRIDGE: Interface = Interface { is_hardware: false, is_loopback: false, bytes: (40, 4) };
    const CARD: Interface = Interface { is_hardware: true, is_loopback: false, bytes: (50, 5) };

    #[test]
    fn a_bridge_does_not_count_what_the_card_counts_already() {
        assert_eq!(sum(&[LOOPBACK, BRIDGE, CARD]), Some((50, 5)));
    }

    #[test]
    fn a_container_has_only_virtual_interfaces() {
        assert_eq!(sum(&[LOOPBACK, BRIDGE]), Some((40, 4)));
    }

    #[test]
    fn a_loopback_alone_is_no_network() {
        assert_eq!(sum(&[LOOPBACK]), None);
        for (name, answer) in [("lo", true), ("lo0", true), ("longhaul", false), ("eth0", false)] {
            assert_eq!(is_loopback(OsStr::new(name)), answer, "{name}");
        }
    }
}
