//! Where each device of a large fleet is drawn: hosts side by side as columns of cells, in rows, a group of hosts after
//! the other. Pure.

use super::fleet::groups;
use forewatch::worker::FleetGpu;
use std::collections::HashMap;
use std::ops::Range;

/// Pixels between two cells of a host.
const GAP: f64 = 1.0;
/// Pixels between two hosts of a row.
const APART: f64 = 2.0;
/// Pixels between two rows of hosts.
const ROWS_APART: f64 = 7.0;
/// Height of a group's heading.
pub const HEADING: f64 = 24.0;
/// Up to so many hosts have large cells.
const FEW: usize = 200;
/// A place of this width is a phone's.
const NARROW: f64 = 640.0;

/// A host of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Host {
    /// The left edge of its column.
    pub x: f64,
    /// The top of its first cell.
    pub y: f64,
    /// The places of its devices in the fleet's list, in their order.
    pub devices: Vec<usize>,
}

/// A group of hosts.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its name; empty when the fleet has no tags.
    pub name: String,
    /// The top of its heading.
    pub top: f64,
    /// Its hosts.
    pub hosts: Range<usize>,
    /// The most devices that a host of it has.
    deep: usize,
}

/// A device that is pointed at: the number of its host and its place on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The host's number in the plan.
    pub host: usize,
    /// The device's place on the host, from 0.
    pub device: usize,
}

/// A step from a device to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The host before.
    Left,
    /// The host after.
    Right,
    /// The device above, or the host above.
    Up,
    /// The device below, or the host below.
    Down,
    /// The first host.
    First,
    /// The last host.
    Last,
}

/// What decides where a device is drawn.
type Known = (String, String, Option<String>);

/// The plan of a fleet on so many pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Width, CSS pixels.
    pub width: f64,
    /// Height, CSS pixels.
    pub height: f64,
    /// Side of a cell, CSS pixels.
    pub cell: f64,
    /// Hosts in a row.
    columns: usize,
    /// The groups from the top.
    pub sites: Vec<Site>,
    /// The hosts, group by group.
    pub hosts: Vec<Host>,
    /// For each device of the list: its left edge, its top and the number of its group.
    pub places: Vec<(f64, f64, usize)>,
    known: Vec<Known>,
}

impl Plan {
    /// The plan of a fleet on `width` pixels.
    pub fn of(fleet: &[FleetGpu], width: f64) -> Self {
        let at: HashMap<(&str, u32), usize> =
            fleet.iter().enumerate().map(|(n, gpu)| ((gpu.worker_id.as_str(), gpu.index), n)).collect();
        let groups = groups(fleet);
        let count = groups.iter().map(|group| group.hosts.len()).sum();
        let cell = match (count, width < NARROW) {
            (0..=FEW, false) => 12.0,
            (_, false) => 8.0,
            (_, true) => 7.0,
        };
        let pitch = cell + APART;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "columns of a screen")]
        let columns = ((width + APART) / pitch).floor().max(1.0) as usize;
        let mut plan = Self {
            width,
            height: 0.0,
            cell,
            columns,
            sites: Vec::with_capacity(groups.len()),
            hosts: Vec::with_capacity(count),
            places: vec![(0.0, 0.0, 0); fleet.len()],
            known: fleet.iter().map(known).collect(),
        };
        for group in &groups {
            let deep = group.hosts.iter().map(|host| host.cells.len()).max().unwrap_or_default();
            let first = plan.hosts.len();
            let (top, row) = (plan.height, deep as f64 * (cell + GAP) - GAP + ROWS_APART);
            for (n, host) in group.hosts.iter().enumerate() {
                let (x, y) = ((n % columns) as f64 * pitch, top + HEADING + (n / columns) as f64 * row);
                let devices: Vec<usize> =
                    host.indexes.iter().filter_map(|index| at.get(&(host.id.as_str(), *index)).copied()).collect();
                for (place, device) in devices.iter().enumerate() {
                    plan.places[*device] = (x, y + place as f64 * (cell + GAP), plan.sites.len());
                }
                plan.hosts.push(Host { x, y, devices });
            }
            plan.height = top + HEADING + group.hosts.len().div_ceil(columns) as f64 * row;
            plan.sites.push(Site { name: group.name.clone(), top, hosts: first..plan.hosts.len(), deep });
        }
        plan
    }

    /// Whether it is still the plan: the same devices with the same names in the same groups, on the same width.
    pub fn fits(&self, fleet: &[FleetGpu], width: f64) -> bool {
        let same = |(gpu, (id, name, group)): (&FleetGpu, &Known)| {
            gpu.id == *id && gpu.worker_name == *name && gpu.group == *group
        };
        (self.width - width).abs() < 0.5 && self.known.len() == fleet.len() && fleet.iter().zip(&self.known).all(same)
    }

    /// The device at a place, or the nearest of its host.
    pub fn at(&self, x: f64, y: f64) -> Option<Spot> {
        let site = self.sites.get(self.sites.partition_point(|site| site.top <= y).checked_sub(1)?)?;
        let row = site.deep as f64 * (self.cell + GAP) - GAP + ROWS_APART;
        let (across, down) = (x / (self.cell + APART), (y - site.top - HEADING) / row);
        if across < 0.0 || down < 0.0 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows and columns, not negative")]
        let (column, line) = (across as usize, down as usize);
        let host = site.hosts.start + line * self.columns + column;
        let found = self.hosts.get(host).filter(|_| column < self.columns && site.hosts.contains(&host))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to the host's devices")]
        let device = ((y - found.y) / (self.cell + GAP)).max(0.0) as usize;
        Some(Spot { host, device: device.min(found.devices.len().checked_sub(1)?) })
    }

    /// The device that a step leads to; it stays where there is none.
    pub fn step(&self, from: Spot, step: Step) -> Spot {
        let last = self.hosts.len().saturating_sub(1);
        let is_lowest = self.hosts.get(from.host).is_none_or(|host| from.device + 1 >= host.devices.len());
        let (host, device) = match step {
            Step::Left => (from.host.saturating_sub(1), from.device),
            Step::Right => (from.host + 1, from.device),
            Step::Up if from.device > 0 => (from.host, from.device - 1),
            Step::Up if from.host < self.columns => (from.host, from.device),
            Step::Up => (from.host - self.columns, usize::MAX),
            Step::Down if !is_lowest => (from.host, from.device + 1),
            Step::Down if from.host + self.columns > last => (from.host, from.device),
            Step::Down => (from.host + self.columns, 0),
            Step::First => (0, 0),
            Step::Last => (last, 0),
        };
        let host = host.min(last);
        let devices = self.hosts.get(host).map_or(0, |host| host.devices.len());
        Spot { host, device: device.min(devices.saturating_sub(1)) }
    }

    /// The device's place in the fleet's list.
    pub fn device(&self, spot: Spot) -> Option<usize> {
        self.hosts.get(spot.host)?.devices.get(spot.device).copied()
    }
}

fn known(gpu: &FleetGpu) -> Known {
    (gpu.id.clone(), gpu.worker_name.clone(), gpu.group.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::WorkerId;
    use forewatch::worker::GpuMark;

    /// So many hosts of eight devices in each of some groups.
    fn fleet(sites: &[(&str, u32)]) -> Vec<FleetGpu> {
        let device = |site: &str, host: u32, index: u32| {
            let worker = format!("{site}-{host:04}");
            FleetGpu {
                id: format!("{worker}/{index}"),
                worker_id: WorkerId::new(&worker).expect("an id"),
                worker_name: worker,
                group: Some(format!("site:{site}")),
                index,
                name: None,
                utilization: None,
                memory_usage: None,
                temperature_celsius: None,
                mark: GpuMark::Ok,
            }
        };
        let hosts = |(site, count): &(&str, u32)| {
            let site = (*site).to_owned();
            (0..*count).flat_map(move |host| {
                let site = site.clone();
                (0..8).map(move |index| (site.clone(), host, index))
            })
        };
        sites.iter().flat_map(hosts).map(|(site, host, index)| device(&site, host, index)).collect()
    }

    #[test]
    fn no_two_of_eight_thousand_devices_share_a_pixel_and_all_lie_on_the_canvas() {
        let fleet = fleet(&[("fra", 400), ("ams", 300), ("iad", 299), ("lonely", 1)]);
        for width in [318.0, 358.0, 900.0, 1_180.0, 2_400.0] {
            let plan = Plan::of(&fleet, width);
            let mut taken = std::collections::HashSet::new();
            for (x, y, _) in &plan.places {
                assert!(*x >= 0.0 && x + plan.cell <= width && y + plan.cell <= plan.height, "{x} {y} at {width}");
                #[expect(clippy::cast_possible_truncation, reason = "pixels")]
                let pixels = (0..plan.cell as i64).flat_map(|dx| (0..plan.cell as i64).map(move |dy| (dx, dy)));
                #[expect(clippy::cast_possible_truncation, reason = "pixels")]
                let all_free = pixels.map(|(dx, dy)| taken.insert((*x as i64 + dx, *y as i64 + dy))).all(|free| free);
                assert!(all_free, "two devices at {x} {y}, {width} wide");
            }
        }
    }

    #[test]
    fn a_pointer_over_a_cell_finds_its_device_and_no_other() {
        let fleet = fleet(&[("fra", 130), ("ams", 97)]);
        let plan = Plan::of(&fleet, 600.0);
        for (n, gpu) in fleet.iter().enumerate() {
            let (x, y, _) = plan.places[n];
            let spot = plan.at(x + plan.cell / 2.0, y + plan.cell / 2.0).expect("a device");
            assert_eq!(plan.device(spot).map(|found| &fleet[found].id), Some(&gpu.id));
        }
        assert_eq!(plan.at(5.0, plan.sites[1].top + 2.0), None, "a heading is no device");
        assert_eq!((plan.at(-1.0, 50.0), plan.at(5.0, plan.height + 300.0)), (None, None));
    }

    #[test]
    fn steps_reach_every_host_and_stop_at_the_ends() {
        let fleet = fleet(&[("fra", 45), ("ams", 31)]);
        let plan = Plan::of(&fleet, 300.0);
        let mut spot = Spot { host: 0, device: 3 };
        let mut seen = vec![spot.host];
        while plan.step(spot, Step::Right) != spot {
            spot = plan.step(spot, Step::Right);
            seen.push(spot.host);
        }
        assert_eq!((seen, spot), ((0..76).collect::<Vec<_>>(), Spot { host: 75, device: 3 }));
        assert_eq!(plan.step(spot, Step::First), Spot { host: 0, device: 0 });
        assert_eq!(plan.step(Spot { host: 0, device: 0 }, Step::Up), Spot { host: 0, device: 0 });
        let below = plan.step(Spot { host: 2, device: 7 }, Step::Down);
        assert!((plan.hosts[below.host].x - plan.hosts[2].x).abs() < 0.1);
        assert_eq!(plan.step(below, Step::Up), Spot { host: 2, device: 7 });
    }

    #[test]
    fn a_plan_fits_until_a_device_comes_goes_or_moves() {
        let fleet = fleet(&[("fra", 10)]);
        let plan = Plan::of(&fleet, 600.0);
        assert!(plan.fits(&fleet, 600.0));
        assert!(!plan.fits(&fleet, 500.0) && !plan.fits(&fleet[1..], 600.0));
        let mut moved = fleet.clone();
        moved[3].group = Some("site:ams".to_owned());
        assert!(!plan.fits(&moved, 600.0));
        let mut busier = fleet.clone();
        busier[3].mark = GpuMark::Hot;
        assert!(plan.fits(&busier, 600.0), "what a device does is no reason to lay all out anew");
    }
}
