//! Readings that NVML gives only by field number, in one call.

use super::Asked;
use forewatch::gpu::RemappedRows;
use nvml_wrapper::Device;
use nvml_wrapper::enums::device::SampleValue;
use nvml_wrapper::structs::device::FieldId;
use nvml_wrapper::sys_exports::field_id;

/// The fields, each with the reading that it is for.
const FIELDS: [(&str, u32); 5] = [
    ("memory_temperature_celsius", field_id::NVML_FI_DEV_MEMORY_TEMP),
    ("remapped_rows/corrected", field_id::NVML_FI_DEV_REMAPPED_COR),
    ("remapped_rows/uncorrected", field_id::NVML_FI_DEV_REMAPPED_UNC),
    ("remapped_rows/pending", field_id::NVML_FI_DEV_REMAPPED_PENDING),
    ("remapped_rows/failed", field_id::NVML_FI_DEV_REMAPPED_FAILURE),
];

/// What the fields give.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) memory_temperature_celsius: Option<f64>,
    pub(super) remapped_rows: Option<RemappedRows>,
}

impl Fields {
    /// Asks for the fields that the device has not said never to give.
    pub(super) fn read(device: &Device<'_>, asked: &mut Asked) -> Self {
        let wanted: Vec<usize> = (0..FIELDS.len()).filter(|at| !asked.never_gives(FIELDS[*at].0)).collect();
        if wanted.is_empty() {
            return Self::default();
        }
        let ids: Vec<FieldId> = wanted.iter().map(|at| FieldId(FIELDS[*at].1)).collect();
        let Some(answers) = asked.ask("remapped_rows", || device.field_values_for(&ids)) else {
            return Self::default();
        };
        let mut values = [None; FIELDS.len()];
        for (at, answer) in wanted.into_iter().zip(answers) {
            values[at] =
                asked.ask(FIELDS[at].0, || answer.and_then(|sample| sample.value)).and_then(|value| whole(&value));
        }
        let [temperature, corrected, uncorrected, pending, failed] = values;
        let rows = || {
            Some(RemappedRows {
                corrected: u32::try_from(corrected?).ok()?,
                uncorrected: u32::try_from(uncorrected?).ok()?,
                pending: pending? != 0,
                failed: failed? != 0,
            })
        };
        Self {
            // A card without the sensor may answer 0 instead of refusing; memory at 0 °C is nowhere in use.
            memory_temperature_celsius: temperature
                .filter(|t| *t > 0)
                .and_then(|t| u32::try_from(t).ok())
                .map(f64::from),
            remapped_rows: rows(),
        }
    }
}

fn whole(value: &SampleValue) -> Option<u64> {
    match *value {
        SampleValue::U32(value) => Some(u64::from(value)),
        SampleValue::U64(value) => Some(value),
        SampleValue::I64(value) => u64::try_from(value).ok(),
        SampleValue::F64(_) => None,
    }
}
