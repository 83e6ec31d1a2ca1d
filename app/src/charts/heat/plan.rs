//! Where each device of a large fleet is drawn: hosts side by side as columns of cells, in rows; groups of hosts side by side
//! and one below the other, as their [`Grid`] has it. Pure.

use super::fleet::groups;
use super::grid::{GAP, Grid, HEADING, Size};
use forewatch::worker::FleetGpu;
use std::collections::HashMap;
use std::ops::Range;

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
    /// Its left edge.
    pub left: f64,
    /// The top of its heading.
    pub top: f64,
    /// Its hosts.
    pub hosts: Range<usize>,
    /// From the top of a row of its hosts to the next one's.
    row: f64,
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
    /// The device above, or the nearest host above.
    Up,
    /// The device below, or the nearest host below.
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
    /// How large what is.
    pub grid: Grid,
    /// The groups in the order of reading.
    pub sites: Vec<Site>,
    /// The hosts, group by group.
    pub hosts: Vec<Host>,
    /// For each device of the list: its left edge and its top.
    pub places: Vec<(f64, f64)>,
    known: Vec<Known>,
}

impl Plan {
    /// The plan of a fleet on `width` pixels.
    pub fn of(fleet: &[FleetGpu], width: f64) -> Self {
        let at: HashMap<(&str, u32), usize> =
            fleet.iter().enumerate().map(|(n, gpu)| ((gpu.worker_id.as_str(), gpu.index), n)).collect();
        let groups = groups(fleet);
        let deep =
            |group: &super::fleet::Group| group.hosts.iter().map(|host| host.cells.len()).max().unwrap_or_default();
        let sizes: Vec<Size> =
            groups.iter().map(|group| Size { hosts: group.hosts.len(), deep: deep(group) }).collect();
        let grid = Grid::of(&sizes, width);
        let mut plan = Self {
            width,
            height: 0.0,
            grid,
            sites: Vec::with_capacity(groups.len()),
            hosts: Vec::with_capacity(sizes.iter().map(|size| size.hosts).sum()),
            places: vec![(0.0, 0.0); fleet.len()],
            known: fleet.iter().map(known).collect(),
        };
        let mut top = 0.0;
        for (number, (group, size)) in groups.iter().zip(&sizes).enumerate() {
            if number % grid.across == 0 {
                top = plan.height;
            }
            let (first, left, row) = (plan.hosts.len(), grid.left(number), grid.row(size.deep));
            for (n, host) in group.hosts.iter().enumerate() {
                let x = left + (n % grid.columns) as f64 * grid.pitch();
                let y = top + HEADING + (n / grid.columns) as f64 * row;
                let devices: Vec<usize> =
                    host.indexes.iter().filter_map(|index| at.get(&(host.id.as_str(), *index)).copied()).collect();
                for (place, device) in devices.iter().enumerate() {
                    plan.places[*device] = (x, y + place as f64 * (grid.cell + GAP));
                }
                plan.hosts.push(Host { x, y, devices });
            }
            plan.height = plan.height.max(top + grid.height_of(*size));
            plan.sites.push(Site { name: group.name.clone(), left, top, hosts: first..plan.hosts.len(), row });
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
        self.sites.iter().find_map(|site| self.within(site, x - site.left, y - site.top - HEADING))
    }

    /// The device at a place within a group, from the corner of its first cell.
    fn within(&self, site: &Site, x: f64, y: f64) -> Option<Spot> {
        if x < 0.0 || y < 0.0 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows and columns, not negative")]
        let (column, line) = ((x / self.grid.pitch()) as usize, (y / site.row) as usize);
        let number = site.hosts.start + line * self.grid.columns + column;
        let is_its_own = column < self.grid.columns && site.hosts.contains(&number);
        let host = self.hosts.get(number).filter(|_| is_its_own)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to the host's devices")]
        let device = ((y - line as f64 * site.row) / (self.grid.cell + GAP)).max(0.0) as usize;
        Some(Spot { host: number, device: device.min(host.devices.len().checked_sub(1)?) })
    }

    /// The device that a step leads to; it stays where there is none.
    pub fn step(&self, from: Spot, step: Step) -> Spot {
        let last = self.hosts.len().saturating_sub(1);
        let is_lowest = self.hosts.get(from.host).is_none_or(|host| from.device + 1 >= host.devices.len());
        let (host, device) = match step {
            Step::Left => (from.host.saturating_sub(1), from.device),
            Step::Right => (from.host + 1, from.device),
            Step::Up if from.device > 0 => (from.host, from.device - 1),
            Step::Up => self
                .nearest(from.host, |there, here| here - there)
                .map_or((from.host, from.device), |host| (host, usize::MAX)),
            Step::Down if !is_lowest => (from.host, from.device + 1),
            Step::Down => {
                self.nearest(from.host, |there, here| there - here).map_or((from.host, from.device), |host| (host, 0))
            }
            Step::First => (0, 0),
            Step::Last => (last, 0),
        };
        let host = host.min(last);
        let devices = self.hosts.get(host).map_or(0, |host| host.devices.len());
        Spot { host, device: device.min(devices.saturating_sub(1)) }
    }

    /// The host nearest to another of those for which `beyond` (their top, the other's) is positive.
    fn nearest(&self, from: usize, beyond: fn(f64, f64) -> f64) -> Option<usize> {
        let here = self.hosts.get(from)?;
        let far = |there: &Host| {
            let down = beyond(there.y, here.y);
            (down > 0.0).then(|| down + (there.x - here.x).abs())
        };
        let found = self.hosts.iter().enumerate().filter_map(|(n, there)| Some((n, far(there)?)));
        found.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(n, _)| n)
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
pub(super) mod tests;
