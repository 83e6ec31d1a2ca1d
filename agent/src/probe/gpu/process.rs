//! Who uses a device: processes with their name, memory and share of the multiprocessors.

use super::asked::Asked;
use forewatch::Ratio;
use forewatch::gpu::GpuProcess;
use forewatch::ingest::limits;
use nvml_wrapper::Device;
use nvml_wrapper::enums::device::UsedGpuMemory;
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::struct_wrappers::device::{ProcessInfo, ProcessUtilizationSample};
use std::collections::BTreeMap;

/// Each process's share of the multiprocessors.
#[derive(Default)]
pub(super) struct Shares {
    by_pid: BTreeMap<u32, Ratio>,
    /// The driver's time stamp of the newest sample that was read, microseconds.
    seen: u64,
}

/// Reads them, most memory first; `None` when the device does not tell. Their shares are asked for when they are due,
/// and stay until then.
pub(super) fn read(
    device: &Device<'_>,
    asked: &mut Asked,
    shares: &mut Shares,
    shares_are_due: bool,
) -> Option<Vec<GpuProcess>> {
    let compute = asked.ask("processes", || device.running_compute_processes());
    let graphics = asked.ask("processes (graphics)", || device.running_graphics_processes());
    if compute.is_none() && graphics.is_none() {
        return None;
    }
    let processes = by_pid(compute.into_iter().flatten().chain(graphics.into_iter().flatten()));
    if shares_are_due && !processes.is_empty() {
        let samples = asked.ask("processes/sm_utilization", || none_when_not_found(device, shares.seen));
        shares.take(&samples.unwrap_or_default());
    }
    let mut processes: Vec<GpuProcess> = processes.into_values().collect();
    processes.sort_by_key(|process| std::cmp::Reverse(process.memory_used_bytes));
    processes.truncate(limits::PROCESSES);
    for process in &mut processes {
        process.name = name(process.pid);
        process.sm_utilization = shares.by_pid.get(&process.pid).copied();
    }
    Some(processes)
}

/// Nothing newer than what was seen is no error here.
fn none_when_not_found(device: &Device<'_>, seen: u64) -> Result<Vec<ProcessUtilizationSample>, NvmlError> {
    match device.process_utilization_stats(seen) {
        Err(NvmlError::NotFound) => Ok(Vec::new()),
        answer => answer,
    }
}

/// A process that computes and draws is told twice, with the same memory.
fn by_pid(infos: impl Iterator<Item = ProcessInfo>) -> BTreeMap<u32, GpuProcess> {
    let mut processes: BTreeMap<u32, GpuProcess> = BTreeMap::new();
    for info in infos {
        let memory_used_bytes = match info.used_gpu_memory {
            UsedGpuMemory::Used(bytes) => Some(bytes),
            UsedGpuMemory::Unavailable => None,
        };
        let process = processes.entry(info.pid).or_default();
        process.pid = info.pid;
        process.memory_used_bytes = process.memory_used_bytes.max(memory_used_bytes);
    }
    processes
}

impl Shares {
    /// The mean of what the driver sampled since it was asked before.
    fn take(&mut self, samples: &[ProcessUtilizationSample]) {
        let newer = self.seen;
        let mut sums: BTreeMap<u32, (f64, u32)> = BTreeMap::new();
        // The driver fills unused places with zeros, and old versions with shares beyond 100.
        for sample in samples.iter().filter(|sample| sample.timestamp > newer && sample.sm_util <= 100) {
            let (sum, count) = sums.entry(sample.pid).or_default();
            *sum += f64::from(sample.sm_util);
            *count += 1;
            self.seen = self.seen.max(sample.timestamp);
        }
        self.by_pid.clear();
        for (pid, (sum, count)) in sums {
            self.by_pid.extend(Ratio::clamped(sum / f64::from(count) / 100.0).map(|mean| (pid, mean)));
        }
    }
}

/// What the kernel calls the process; `None` when it has ended or is not of this host's.
fn name(pid: u32) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(name.trim_end().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(pid: u32, timestamp: u64, sm_util: u32) -> ProcessUtilizationSample {
        ProcessUtilizationSample { pid, timestamp, sm_util, mem_util: 0, enc_util: 0, dec_util: 0 }
    }

    fn info(pid: u32, used_gpu_memory: UsedGpuMemory) -> ProcessInfo {
        ProcessInfo { pid, used_gpu_memory, gpu_instance_id: None, compute_instance_id: None }
    }

    #[test]
    fn a_process_that_computes_and_draws_is_there_once() {
        let infos =
            [info(7, UsedGpuMemory::Used(10)), info(7, UsedGpuMemory::Used(10)), info(8, UsedGpuMemory::Unavailable)];
        let processes = by_pid(infos.into_iter());
        assert_eq!(
            processes.values().map(|p| (p.pid, p.memory_used_bytes)).collect::<Vec<_>>(),
            [(7, Some(10)), (8, None)]
        );
    }

    #[test]
    fn utilisation_is_the_mean_of_what_is_newer_than_the_last_look() {
        let mut shares = Shares { seen: 100, ..Shares::default() };
        let samples =
            [sample(7, 90, 99), sample(7, 110, 20), sample(7, 120, 40), sample(7, 130, 4_000), sample(0, 0, 0)];
        shares.take(&samples);
        assert_eq!(shares.by_pid.get(&7).copied(), Ratio::clamped(0.3));
        assert_eq!(shares.seen, 120);
    }

    #[test]
    fn a_process_has_the_name_that_the_kernel_gives_it() {
        if std::path::Path::new("/proc/self/comm").exists() {
            assert!(name(std::process::id()).is_some());
        }
        assert_eq!(name(u32::MAX), None);
    }
}
