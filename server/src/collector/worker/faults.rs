//! Faults of a worker's devices, remembered: who reports them may start again and know nothing of the last XID, and
//! tells nothing of a device that is no longer there.
//!
//! Both stay known until the host starts anew or the worker is forgotten, and count for a day.

use chrono::{DateTime, Utc};
use forewatch::GpuMetrics;
use forewatch::gpu::{XID_COUNTS_FOR, Xid};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Devices of a worker whose XID is remembered; beyond, the one seen longest ago is forgotten.
const DEVICES: usize = 256;
/// A device that is missing in so many reports in a row is gone: one alone may be an accident.
const GONE_AFTER: u32 = 2;

/// What is remembered of a worker's devices.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    /// The newest XID of each device, by its uuid or else its index.
    xids: BTreeMap<String, Xid>,
    /// The devices that were reported, by the same.
    #[serde(default)]
    devices: BTreeMap<String, Device>,
    /// The uptime that its host last told, seconds.
    uptime: Option<f64>,
}

/// A device that was reported.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Device {
    index: u32,
    /// The last report with it.
    seen: DateTime<Utc>,
    /// Reports without it since.
    missed: u32,
}

/// What a report told for the first time.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// The host began anew.
    pub(crate) is_restarted: bool,
    /// XIDs, by the device's index.
    pub(crate) xids: Vec<(u32, Xid)>,
}

impl Faults {
    /// The devices that are no longer there, by their index.
    pub(crate) fn gone(&self) -> impl Iterator<Item = u32> + '_ {
        self.devices.values().filter(|device| device.missed >= GONE_AFTER).map(|device| device.index)
    }

    fn count(&mut self, gpus: &[GpuMetrics], at: DateTime<Utc>) {
        for device in self.devices.values_mut() {
            device.missed = device.missed.saturating_add(1);
        }
        for gpu in gpus {
            self.devices.insert(name(gpu), Device { index: gpu.index, seen: at, missed: 0 });
        }
        self.devices.retain(|_, device| at - device.seen <= XID_COUNTS_FOR);
        while self.devices.len() > DEVICES
            && let Some(oldest) =
                self.devices.iter().min_by_key(|(_, device)| device.seen).map(|(name, _)| name.clone())
        {
            self.devices.remove(&oldest);
        }
    }

    /// Completes readings made at `at`: each device gets the newest XID that is known of it, and whether it is faulty.
    pub(crate) fn judge(&mut self, gpus: &mut [GpuMetrics], uptime: Option<f64>, at: DateTime<Utc>) -> News {
        let is_restarted = self.uptime.zip(uptime).is_some_and(|(before, now)| now < before);
        let mut news = News { is_restarted, xids: Vec::new() };
        if is_restarted {
            self.xids.clear();
            self.devices.clear();
        }
        self.uptime = uptime.or(self.uptime);
        self.count(gpus, at);
        for gpu in gpus {
            let device = name(gpu);
            let known = self.xids.get(&device).copied();
            gpu.xid_last = known.into_iter().chain(gpu.xid_last).max_by_key(|xid| xid.at);
            gpu.faulty = gpu.fault_as_of(at);
            if let Some(xid) = gpu.xid_last {
                if known != Some(xid) {
                    news.xids.push((gpu.index, xid));
                }
                self.xids.insert(device, xid);
            }
        }
        while self.xids.len() > DEVICES
            && let Some(oldest) = self.xids.iter().min_by_key(|(_, xid)| xid.at).map(|(device, _)| device.clone())
        {
            self.xids.remove(&oldest);
        }
        news
    }
}

fn name(gpu: &GpuMetrics) -> String {
    gpu.uuid.clone().unwrap_or_else(|| gpu.index.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn gpus(indexes: &[u32]) -> Vec<GpuMetrics> {
        let gpu =
            |index: &u32| GpuMetrics { index: *index, uuid: Some(format!("GPU-{index}")), ..GpuMetrics::default() };
        indexes.iter().map(gpu).collect()
    }

    const NONE: [u32; 0] = [];

    fn gone(faults: &Faults) -> Vec<u32> {
        faults.gone().collect()
    }

    #[test]
    fn a_device_that_is_missing_twice_is_gone_until_it_is_back_the_host_starts_anew_or_a_day_has_passed() {
        let at = |seconds| DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time");
        let mut faults = Faults::default();
        let mut report = |indexes: &[u32], uptime: f64, seconds: i64| {
            faults.judge(&mut gpus(indexes), Some(uptime), at(seconds));
            gone(&faults)
        };
        assert_eq!(report(&[0, 1], 100.0, 0), NONE);
        assert_eq!(report(&[0], 110.0, 10), NONE);
        assert_eq!(report(&[0], 120.0, 20), [1]);
        assert_eq!(report(&[0, 1], 130.0, 30), NONE);
        assert_eq!((report(&[0], 140.0, 40), report(&[0], 150.0, 50)), (vec![], vec![1]));
        assert_eq!(report(&[0], 5.0, 60), NONE);
        report(&[0, 1], 15.0, 70);
        report(&[0], 25.0, 80);
        assert_eq!(report(&[0], 86_000.0, 86_000), [1]);
        assert_eq!(report(&[0], 86_500.0, 70 + TimeDelta::days(1).num_seconds() + 1), NONE);
    }
}
