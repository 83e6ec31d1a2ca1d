//! Values as people read them.

use super::watches::Agg;
use forewatch::{Unit, catalogue, format};

/// A value of a unit.
pub(super) fn write(unit: Unit, value: f64) -> String {
    format::value(unit, value)
}

/// A value by the name that an alert records of its metric.
pub(crate) fn write_value(metric_name: &str, value: f64) -> String {
    let own = metric_name.split_once('.').map(|(_, reading)| reading);
    let unit = match (catalogue::find(metric_name), own) {
        (Some(id), _) => id.metric().unit,
        (None, Some("silence" | "run_time")) => Unit::Seconds,
        (None, Some(name)) => Agg::ALL.iter().find(|agg| agg.as_str() == name).map_or(Unit::Count, |agg| agg.unit()),
        (None, None) => Unit::Count,
    };
    write(unit, value)
}
