//! What a device was asked for and did not give. What it can never give is not asked for again: a call that fails
//! costs as much as one that does not.

use crate::probe::Missing;
use nvml_wrapper::error::NvmlError;
use std::collections::BTreeMap;

/// Answers of one device, by the reading's name.
#[derive(Default)]
pub(super) struct Asked {
    refusals: BTreeMap<&'static str, Refusal>,
    is_lost: bool,
}

struct Refusal {
    reason: String,
    is_final: bool,
}

impl Asked {
    /// Begins a new round: a device that was lost may be back.
    pub(super) fn begin(&mut self) {
        self.is_lost = false;
    }

    /// Asks for a reading, unless the device is lost or has said that it never gives it.
    pub(super) fn ask<T>(&mut self, reading: &'static str, call: impl FnOnce() -> Result<T, NvmlError>) -> Option<T> {
        if self.is_lost || self.never_gives(reading) {
            return None;
        }
        match call() {
            Ok(value) => {
                self.refusals.remove(reading);
                Some(value)
            }
            Err(error) => {
                self.refuse(reading, &error);
                None
            }
        }
    }

    /// Whether the device has said that it never gives this.
    pub(super) fn never_gives(&self, reading: &'static str) -> bool {
        self.refusals.get(reading).is_some_and(|refusal| refusal.is_final)
    }

    /// Takes note of a refusal.
    pub(super) fn refuse(&mut self, reading: &'static str, error: &NvmlError) {
        let (reason, is_final) = match error {
            NvmlError::GpuLost | NvmlError::ResetRequired => {
                self.is_lost = true;
                return;
            }
            NvmlError::NotSupported => ("the device does not give it".to_owned(), true),
            NvmlError::FailedToLoadSymbol(_) | NvmlError::FunctionNotFound => {
                ("the driver is too old to give it".to_owned(), true)
            }
            NvmlError::NoPermission => ("this user may not read it: run the agent as root".to_owned(), true),
            NvmlError::InvalidArg => ("the driver does not know it".to_owned(), true),
            other => (other.to_string(), false),
        };
        self.refusals.insert(reading, Refusal { reason, is_final });
    }

    /// Whether the device fell off the bus, or needs a reset before it can be read again.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// What is missing of device `gpu`.
    pub(super) fn missing(&self, gpu: u32) -> impl Iterator<Item = Missing> {
        let refusals = self.refusals.iter().map(|(reading, refusal)| (*reading, refusal.reason.clone()));
        let lost =
            ("gpus", "the device fell off the bus or needs a reset: see dmesg, then restart the host".to_owned());
        let all: Vec<_> = if self.is_lost { vec![lost] } else { refusals.collect() };
        all.into_iter().map(move |(reading, reason)| Missing { gpu: Some(gpu), reading, reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_never_gives_is_asked_for_once() {
        let mut asked = Asked::default();
        let mut calls = 0;
        for _ in 0..3 {
            asked.begin();
            let answer: Option<u32> = asked.ask("fan_speed", || {
                calls += 1;
                Err(NvmlError::NotSupported)
            });
            assert_eq!(answer, None);
        }
        assert_eq!(calls, 1);
    }

    #[test]
    fn what_fails_once_is_asked_for_again() {
        let mut asked = Asked::default();
        assert_eq!(asked.ask("power_draw_watts", || Err::<u32, _>(NvmlError::Unknown)), None);
        assert_eq!(asked.missing(0).count(), 1);
        assert_eq!(asked.ask("power_draw_watts", || Ok(5)), Some(5));
        assert_eq!(asked.missing(0).count(), 0);
    }

    #[test]
    fn a_lost_device_is_asked_for_nothing_more_until_the_next_round() {
        let mut asked = Asked::default();
        assert_eq!(asked.ask("temperature_celsius", || Err::<u32, _>(NvmlError::GpuLost)), None);
        assert_eq!(asked.ask("power_draw_watts", || Ok(5)), None);
        assert!(asked.is_lost());
        assert_eq!(
            asked.missing(3).map(|missing| (missing.gpu, missing.reading)).collect::<Vec<_>>(),
            [(Some(3), "gpus")]
        );
        asked.begin();
        assert_eq!(asked.ask("power_draw_watts", || Ok(5)), Some(5));
    }
}
