//! Waits for XID errors: the driver reports them once, as they happen, so a thread of its own listens.
//!
//! Each device has an event set of its own, so that an error is known by its set: a device that has just fallen
//! off the bus does not answer who it is.

use chrono::Utc;
use forewatch::gpu::Xid;
use nvml_wrapper::bitmasks::event::EventTypes;
use nvml_wrapper::enums::event::XidError;
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::{EventSet, Nvml};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::{collections::BTreeMap, time::Duration};

/// One round over all devices takes this long, so an error is seen within it.
const ROUND: Duration = Duration::from_secs(1);

/// The newest XID of each device: bounded by the number of devices.
type Newest = Arc<Mutex<BTreeMap<u32, Xid>>>;

/// Owns the listening thread; it ends within a round after this is dropped.
pub(super) struct XidWatch {
    newest: Newest,
    unsupported: Vec<(u32, String)>,
    stop: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl XidWatch {
    pub(super) fn start(nvml: &Arc<Nvml>, devices: u32) -> Self {
        let (supported, unsupported): (Vec<_>, Vec<_>) =
            (0..devices).map(|index| (index, can_listen(nvml, index))).partition(|(_, answer)| answer.is_ok());
        let mut watch = Self {
            newest: Newest::default(),
            unsupported: unsupported.into_iter().filter_map(|(index, answer)| Some((index, answer.err()?))).collect(),
            stop: Arc::default(),
            listener: None,
        };
        let supported: Vec<u32> = supported.into_iter().map(|(index, _)| index).collect();
        if !supported.is_empty() {
            let (nvml, newest, stop) = (Arc::clone(nvml), Arc::clone(&watch.newest), Arc::clone(&watch.stop));
            let listener =
                thread::Builder::new().name("xid".into()).spawn(move || listen(&nvml, &supported, &newest, &stop));
            match listener {
                Ok(listener) => watch.listener = Some(listener),
                Err(error) => watch.unsupported.push((0, format!("no thread to listen for it: {error}"))),
            }
        }
        watch
    }

    /// The newest error of a device since the agent started.
    pub(super) fn last(&self, index: u32) -> Option<Xid> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).get(&index).copied()
    }

    /// The devices that do not report XID errors, and why.
    pub(super) fn why_not(&self) -> impl Iterator<Item = (u32, &str)> {
        self.unsupported.iter().map(|(index, reason)| (*index, reason.as_str()))
    }

    /// Ends the listening, and waits for the round that is under way.
    pub(super) fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if self.listener.take().is_some_and(|listener| listener.join().is_err()) {
            tracing::error!("the thread that listens for XID errors panicked");
        }
    }
}

impl Drop for XidWatch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn can_listen(nvml: &Nvml, index: u32) -> Result<(), String> {
    let types = nvml.device_by_index(index).and_then(|device| device.supported_event_types());
    match types {
        Ok(types) if types.contains(EventTypes::CRITICAL_XID_ERROR) => Ok(()),
        Ok(_) | Err(NvmlError::NotSupported) => Err("the device does not report XID errors".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn event_set(nvml: &Nvml, index: u32) -> Result<EventSet<'_>, NvmlError> {
    let set = nvml.create_event_set()?;
    nvml.device_by_index(index)?.register_events(EventTypes::CRITICAL_XID_ERROR, set).map_err(|error| error.error)
}

fn listen(nvml: &Nvml, devices: &[u32], newest: &Newest, stop: &AtomicBool) {
    let mut sets: Vec<(u32, EventSet<'_>)> = Vec::with_capacity(devices.len());
    for index in devices {
        match event_set(nvml, *index) {
            Ok(set) => sets.push((*index, set)),
            Err(error) => tracing::warn!(gpu = index, %error, "cannot listen for XID errors of a GPU"),
        }
    }
    while !sets.is_empty() && !stop.load(Ordering::Relaxed) {
        let share = ROUND / u32::try_from(sets.len()).unwrap_or(u32::MAX);
        sets.retain(|(index, set)| match set.wait(u32::try_from(share.as_millis()).unwrap_or(u32::MAX)) {
            Ok(event) => {
                if let Some(XidError::Value(code)) = event.event_data {
                    tracing::error!(gpu = index, xid = code, "a GPU reports an XID error");
                    let xid = Xid { code, at: Utc::now() };
                    newest.lock().unwrap_or_else(PoisonError::into_inner).insert(*index, xid);
                }
                true
            }
            Err(NvmlError::Timeout) => true,
            // Answered at once while the device is away: wait here instead, its last words may still come.
            Err(NvmlError::GpuLost | NvmlError::ResetRequired) => {
                thread::sleep(share);
                true
            }
            Err(error) => {
                tracing::warn!(gpu = index, %error, "no longer listens for XID errors of a GPU");
                false
            }
        });
    }
}
