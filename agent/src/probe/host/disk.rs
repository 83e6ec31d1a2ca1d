//! Space on the real file systems: each device once, without what lies in memory or only points elsewhere.

use std::{collections::BTreeMap, path::Path};
use sysinfo::{DiskRefreshKind, Disks};

/// File systems that hold nothing on a disk of this host: in memory, read-only images, layers over others, or
/// another machine's.
const NOT_A_DISK: [&str; 21] = [
    "9p",
    "aufs",
    "autofs",
    "cgroup",
    "cgroup2",
    "cifs",
    "devtmpfs",
    "efivarfs",
    "fuse.lxcfs",
    "fuse.sshfs",
    "iso9660",
    "nfs",
    "nfs4",
    "overlay",
    "proc",
    "ramfs",
    "smb3",
    "squashfs",
    "sysfs",
    "tmpfs",
    "virtiofs",
];

/// Bytes of the real file systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Space {
    pub(super) used: u64,
    pub(super) total: u64,
}

/// One mounted file system.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    device: String,
    kind: String,
    is_root: bool,
    space: Space,
}

/// Owns sysinfo's list of mounts.
pub(super) struct DiskProbe(Option<Disks>);

impl DiskProbe {
    pub(super) fn start() -> Self {
        let space_only = DiskRefreshKind::nothing().with_storage();
        Self(Disks::new_with_refreshed_list_specifics(space_only).ok())
    }

    pub(super) fn refresh(&mut self) {
        if let Some(disks) = &mut self.0 {
            disks.refresh_specifics(true, DiskRefreshKind::nothing().with_storage());
        }
    }

    pub(super) fn space(&self) -> Option<Space> {
        let mounts = self.0.iter().flat_map(|disks| disks.iter()).map(|disk| Mount {
            device: disk.name().to_string_lossy().into_owned(),
            kind: disk.file_system().to_string_lossy().into_owned(),
            is_root: disk.mount_point() == Path::new("/"),
            space: Space { used: disk.total_space().saturating_sub(disk.available_space()), total: disk.total_space() },
        });
        sum(mounts)
    }
}

/// Adds up the real file systems, a device that is mounted twice once. In a container there may be none: then
/// the root's layers stand for the disk they lie on.
fn sum(mounts: impl Iterator<Item = Mount>) -> Option<Space> {
    let mut real: BTreeMap<String, Space> = BTreeMap::new();
    let mut root = None;
    for mount in mounts.filter(|mount| mount.space.total > 0) {
        if mount.is_root {
            root = Some(mount.space);
        }
        if !NOT_A_DISK.contains(&mount.kind.as_str()) {
            real.insert(mount.device, mount.space);
        }
    }
    let joined = real.into_values().reduce(|sum, space| Space {
        used: sum.used.saturating_add(space.used),
        total: sum.total.saturating_add(space.total),
    });
    joined.or(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(device: &str, kind: &str, at: &str, used: u64, total: u64) -> Mount {
        Mount { device: device.into(), kind: kind.into(), is_root: at == "/", space: Space { used, total } }
    }

    #[test]
    fn a_device_that_is_mounted_twice_counts_once() {
        let mounts = [
            mount("/dev/sda1", "ext4", "/", 40, 100),
            mount("/dev/sda1", "ext4", "/var/lib/docker", 40, 100),
            mount("/dev/nvme0n1", "xfs", "/data", 5, 1000),
        ];
        assert_eq!(sum(mounts.into_iter()), Some(Space { used: 45, total: 1100 }));
    }

    #[test]
    fn what_lies_in_memory_or_on_another_machine_is_no_disk() {
        let mounts = [
            mount("tmpfs", "tmpfs", "/run", 1, 10),
            mount("server:/home", "nfs4", "/home", 500, 1000),
            mount("/dev/loop0", "squashfs", "/snap/core", 7, 7),
            mount("/dev/sda1", "btrfs", "/", 3, 9),
        ];
        assert_eq!(sum(mounts.into_iter()), Some(Space { used: 3, total: 9 }));
    }

    #[test]
    fn in_a_container_the_layers_of_the_root_stand_for_their_disk() {
        let mounts = [mount("overlay", "overlay", "/", 3, 9), mount("shm", "tmpfs", "/dev/shm", 0, 1)];
        assert_eq!(sum(mounts.into_iter()), Some(Space { used: 3, total: 9 }));
        assert_eq!(sum([mount("tmpfs", "tmpfs", "/run", 1, 10)].into_iter()), None);
    }
}
