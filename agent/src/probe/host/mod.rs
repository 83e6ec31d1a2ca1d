//! Reads the machine: CPU, memory, load, uptime, and through its parts disks, network and pressure.

mod disk;
mod network;
mod pressure;

use super::Missing;
use disk::DiskProbe;
use forewatch::Ratio;
use forewatch::heartbeat::HostReading;
use network::NetworkProbe;
use std::time::Instant;
use sysinfo::{MINIMUM_CPU_UPDATE_INTERVAL, System};

/// Owns sysinfo's view of the machine.
pub(super) struct HostProbe {
    system: Option<System>,
    cpu_since: Instant,
    disks: DiskProbe,
    network: NetworkProbe,
    last: Option<HostReading>,
}

impl HostProbe {
    pub(super) fn start() -> Self {
        let mut system = System::new().inspect_err(|error| tracing::warn!(%error, "the system cannot be read")).ok();
        if let Some(system) = &mut system {
            system.refresh_cpu_usage();
            system.refresh_memory();
        }
        Self {
            system,
            cpu_since: Instant::now(),
            disks: DiskProbe::start(),
            network: NetworkProbe::start(),
            last: None,
        }
    }

    pub(super) fn cores(&self) -> Option<u32> {
        let cores = self.system.as_ref()?.cpus().len();
        u32::try_from(cores).ok().filter(|cores| *cores > 0)
    }

    pub(super) fn memory_bytes(&self) -> Option<u64> {
        self.system.as_ref().map(System::total_memory).filter(|total| *total > 0)
    }

    pub(super) fn disk_bytes(&self) -> Option<u64> {
        self.disks.space().map(|space| space.total)
    }

    pub(super) fn read(&mut self) -> HostReading {
        let cpu_usage = self.cpu();
        let memory = self.memory();
        self.disks.refresh();
        let disk = self.disks.space();
        let network = self.network.read();
        let reading = HostReading {
            cpu_usage,
            memory_used_bytes: memory.map(|(used, _)| used),
            memory_total_bytes: memory.map(|(_, total)| total),
            disk_used_bytes: disk.map(|space| space.used),
            disk_total_bytes: disk.map(|space| space.total),
            load_average: System::load_average().ok().map(|load| [load.one, load.five, load.fifteen]),
            network_rx_bytes: network.map(|(received, _)| received),
            network_tx_bytes: network.map(|(_, sent)| sent),
            network_latency: None,
            uptime: System::uptime().ok().map(|seconds| seconds as f64),
            pressure: pressure::read(),
        };
        self.last = Some(reading.clone());
        reading
    }

    /// Load over all cores since the reading before; nothing when that was too short ago to tell.
    fn cpu(&mut self) -> Option<Ratio> {
        let system = self.system.as_mut()?;
        if self.cpu_since.elapsed() < MINIMUM_CPU_UPDATE_INTERVAL {
            return None;
        }
        system.refresh_cpu_usage();
        self.cpu_since = Instant::now();
        Ratio::clamped(f64::from(system.global_cpu_usage()) / 100.0)
    }

    /// Used (total minus available) and total, bytes.
    fn memory(&mut self) -> Option<(u64, u64)> {
        let system = self.system.as_mut()?;
        system.refresh_memory();
        let total = system.total_memory();
        (total > 0).then(|| (total.saturating_sub(system.available_memory()), total))
    }

    /// What the last reading lacked; nothing before the first. The round trip is the sender's to measure, so it is not among it.
    pub(super) fn missing(&self) -> Vec<Missing> {
        let Some(last) = &self.last else { return Vec::new() };
        let absent: [(&'static str, bool, &str); 7] = [
            ("cpu_usage", last.cpu_usage.is_none(), "two readings lie too close together to tell a load"),
            ("memory_used_bytes", last.memory_used_bytes.is_none(), "the system does not tell its memory"),
            ("disk_used_bytes", last.disk_used_bytes.is_none(), "no file system on a disk is mounted here"),
            ("load_average", last.load_average.is_none(), "the system does not tell its load average"),
            ("network_rx_bytes", last.network_rx_bytes.is_none(), "there is no network interface but the loopback"),
            ("uptime", last.uptime.is_none(), "the system does not tell when it started"),
            ("pressure", last.pressure.is_none(), pressure::WHY_NOT),
        ];
        absent
            .into_iter()
            .filter(|(_, is_absent, _)| *is_absent)
            .map(|(reading, _, reason)| Missing { gpu: None, reading, reason: reason.to_owned() })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_readings_too_close_together_tell_no_load_rather_than_zero() {
        let mut host = HostProbe::start();
        host.cpu_since = Instant::now();
        assert_eq!(host.read().cpu_usage, None);
        assert!(host.missing().iter().any(|missing| missing.reading == "cpu_usage"));
    }

    #[test]
    fn this_host_tells_its_memory_and_its_cores() {
        let mut host = HostProbe::start();
        let reading = host.read();
        assert!(reading.memory_usage().is_some_and(|usage| usage.get() > 0.0));
        assert!(reading.memory_used_bytes <= reading.memory_total_bytes);
        assert!(host.cores().is_some());
        assert!(reading.uptime.is_some_and(|uptime| uptime > 0.0));
    }
}
