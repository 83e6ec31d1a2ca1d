//! The fleet as the heat map shows it: groups of hosts, hosts with devices. Pure.

use forewatch::worker::{FleetGpu, GpuMark};

/// The id of the heading of either map.
pub const GPU_LOAD: &str = "gpu-load";

/// One device's cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// A load, in ten steps 0..=9.
    Load(u8),
    /// A fault that needs a person.
    Fault,
    /// At its slowdown temperature.
    Hot,
    /// Held down.
    Throttled,
    /// In maintenance.
    Maintenance,
    /// No reading.
    Nothing,
}

impl Cell {
    /// The cell of a device.
    pub fn of(gpu: &FleetGpu) -> Self {
        match gpu.mark {
            GpuMark::Fault => Self::Fault,
            GpuMark::Hot => Self::Hot,
            GpuMark::Throttled => Self::Throttled,
            GpuMark::Maintenance => Self::Maintenance,
            GpuMark::Offline => Self::Nothing,
            GpuMark::Ok => match gpu.utilization {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a ratio: 0..=9")]
                Some(load) => Self::Load((load.get() * 10.0).floor().min(9.0) as u8),
                None => Self::Nothing,
            },
        }
    }

    /// Its classes.
    pub fn class(self) -> &'static str {
        const LOADS: [&str; 10] = [
            "cell l0", "cell l1", "cell l2", "cell l3", "cell l4", "cell l5", "cell l6", "cell l7", "cell l8",
            "cell l9",
        ];
        match self {
            Self::Load(step) => LOADS[usize::from(step.min(9))],
            Self::Fault => "cell flag",
            Self::Hot | Self::Throttled => "cell flag e",
            Self::Maintenance => "cell maint",
            Self::Nothing => "cell none",
        }
    }

    /// A number for it, below [`Self::KINDS`].
    pub fn kind(self) -> usize {
        match self {
            Self::Load(step) => usize::from(step.min(9)),
            Self::Fault => 10,
            Self::Hot => 11,
            Self::Throttled => 12,
            Self::Maintenance => 13,
            Self::Nothing => 14,
        }
    }

    /// How many kinds there are.
    pub const KINDS: usize = 15;

    /// Whether it asks for attention.
    pub fn is_marked(self) -> bool {
        matches!(self, Self::Fault | Self::Hot | Self::Throttled)
    }
}

/// A host with its devices.
#[derive(Debug, Clone, PartialEq)]
pub struct Host {
    /// The worker's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What stands above its column: what tells it from others of its group.
    pub short: String,
    /// Its devices in order.
    pub cells: Vec<Cell>,
    /// Their numbers on the host.
    pub indexes: Vec<u32>,
    /// Mean load of the devices that give one.
    pub mean: Option<f64>,
}

/// Hosts that are drawn together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name; empty when the fleet has no tags.
    pub name: String,
    /// Its hosts by name.
    pub hosts: Vec<Host>,
    /// Mean load of its devices.
    pub mean: Option<f64>,
}

/// The fleet in groups: the largest first, hosts by name.
pub fn groups(fleet: &[FleetGpu]) -> Vec<Group> {
    let mut sorted: Vec<&FleetGpu> = fleet.iter().collect();
    sorted.sort_by(|a, b| (group(a), host_of(a), a.index).cmp(&(group(b), host_of(b), b.index)));
    let whole = |devices: &[&FleetGpu]| Group {
        name: group(devices[0]).to_owned(),
        hosts: devices.chunk_by(|a, b| host_of(a) == host_of(b)).map(host).collect(),
        mean: mean(devices.iter().copied()),
    };
    let mut groups: Vec<Group> = sorted.chunk_by(|a, b| group(a) == group(b)).map(whole).collect();
    groups.sort_by(|a, b| b.hosts.len().cmp(&a.hosts.len()).then_with(|| a.name.cmp(&b.name)));
    groups
}

fn group(gpu: &FleetGpu) -> &str {
    gpu.group.as_deref().unwrap_or_default()
}

fn host_of(gpu: &FleetGpu) -> (&str, &str) {
    (&gpu.worker_name, &gpu.worker_id)
}

/// The host of some devices, which are in order.
fn host(devices: &[&FleetGpu]) -> Host {
    let FleetGpu { worker_id, worker_name, .. } = devices[0];
    Host {
        id: worker_id.to_string(),
        name: worker_name.clone(),
        short: short(worker_name),
        cells: devices.iter().map(|gpu| Cell::of(gpu)).collect(),
        indexes: devices.iter().map(|gpu| gpu.index).collect(),
        mean: mean(devices.iter().copied()),
    }
}

/// Mean load of devices that give one.
pub fn mean<'a>(devices: impl Iterator<Item = &'a FleetGpu>) -> Option<f64> {
    let (sum, count) = devices
        .filter_map(|gpu| gpu.utilization)
        .fold((0.0, 0_u32), |(sum, count), load| (sum + load.get(), count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// What is short enough for a column: the last number of the host's own name, else its first letters.
fn short(name: &str) -> String {
    let own = name.split('.').next().unwrap_or(name);
    let digits: Vec<&str> = own.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match digits.last() {
        Some(number) => number[number.len().saturating_sub(3)..].to_owned(),
        None => own.chars().take(3).collect(),
    }
}
