//! What a metric is called in Prometheus.

use super::{Metric, MetricType};

impl Metric {
    /// Its name on `/metrics`: the prefix `forewatch_`, its own name with underscores, its unit unless the name ends
    /// in it already, and `_total` for a counter. `gpu.power_draw` is `forewatch_gpu_power_draw_watts`, `gpu.energy`
    /// is `forewatch_gpu_energy_joules_total`. It follows the [naming rules] that `promtool check metrics` enforces.
    ///
    /// [naming rules]: https://prometheus.io/docs/practices/naming/
    pub fn prometheus_name(&self) -> String {
        let mut name = format!("forewatch_{}", self.name.replace('.', "_"));
        let unit = self.unit.prometheus_suffix();
        if !unit.is_empty() && !name.ends_with(unit) {
            name.push('_');
            name.push_str(unit);
        }
        if self.kind == MetricType::Counter {
            name.push_str("_total");
        }
        name
    }
}
