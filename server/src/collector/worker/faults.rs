//! Faults of a worker's devices, remembered: who reports them may start again and know nothing of the last XID.
//!
//! An XID stays known until the host starts anew or the worker is forgotten, and counts as a fault for a day.

use chrono::{DateTime, Utc};
use forewatch::GpuMetrics;
use forewatch::gpu::Xid;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Devices of a worker whose XID is remembered; beyond, the one seen longest ago is forgotten.
const DEVICES: usize = 256;

/// What is remembered of a worker's devices.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    /// The newest XID of each device, by its uuid or else its index.
    xids: BTreeMap<String, Xid>,
    /// The uptime that its host last told, seconds.
    uptime: Option<f64>,
}

impl Faults {
    /// Completes readings made at `at`: each device gets the newest XID that is known of it, and whether it is faulty.
    pub(super) fn judge(&mut self, gpus: &mut [GpuMetrics], uptime: Option<f64>, at: DateTime<Utc>) {
        if self.uptime.zip(uptime).is_some_and(|(before, now)| now < before) {
            self.xids.clear();
        }
        self.uptime = uptime.or(self.uptime);
        for gpu in gpus {
            let device = gpu.uuid.clone().unwrap_or_else(|| gpu.index.to_string());
            let known = self.xids.get(&device).copied();
            gpu.xid_last = known.into_iter().chain(gpu.xid_last).max_by_key(|xid| xid.at);
            gpu.faulty = gpu.fault_as_of(at);
            if let Some(xid) = gpu.xid_last {
                self.xids.insert(device, xid);
            }
        }
        while self.xids.len() > DEVICES
            && let Some(oldest) = self.xids.iter().min_by_key(|(_, xid)| xid.at).map(|(device, _)| device.clone())
        {
            self.xids.remove(&oldest);
        }
    }
}
