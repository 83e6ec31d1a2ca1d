//! What this host can report, for people and for programs: `forewatch-agent probe`.

use crate::probe::{Missing, Probe, Reading, Settings};
use forewatch::format;
use forewatch::{GpuMetrics, Ratio, Registration};
use serde::Serialize;
use std::fmt::Write as _;
use std::{thread, time::Duration};

/// A load needs two looks; between them lies this.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// One look at the host, with what it lacks.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What the host is.
    pub registration: Registration,
    /// What it reads now.
    pub reading: Reading,
    /// What it cannot read, and why.
    pub missing: Vec<Missing>,
}

impl Report {
    /// Looks at this host for half a second.
    pub fn take(settings: Settings) -> Self {
        let mut probe = Probe::start(settings);
        probe.read();
        thread::sleep(BETWEEN_LOOKS);
        let reading = probe.read();
        Self { registration: probe.registration(), reading, missing: probe.missing() }
    }

    /// As aligned text.
    pub fn text(&self) -> String {
        let mut rows = self.host_rows();
        for gpu in &self.reading.gpus {
            rows.push((String::new(), String::new()));
            rows.extend(gpu_rows(gpu));
        }
        let mut text = aligned(&rows);
        if !self.missing.is_empty() {
            text.push_str("\nNot read on this host:\n");
            let rows: Vec<_> = self.missing.iter().map(|missing| (place(missing), missing.reason.clone())).collect();
            text.push_str(&aligned(&rows));
        }
        text
    }

    fn host_rows(&self) -> Vec<(String, String)> {
        let (host, known) = (&self.reading.host, &self.registration);
        let mut rows = vec![row("worker", known.worker_id.as_str())];
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                rows.push(row(name, &value));
            }
        };
        add("host id", known.host_id.clone());
        add("cores", known.hardware.cpu_cores.map(|cores| cores.to_string()));
        add("cpu", host.cpu_usage.map(percent));
        add("load average", host.load_average.map(|load| load.map(|l| format!("{l:.2}")).join("  ")));
        add("memory", of(host.memory_used_bytes, host.memory_total_bytes));
        add("disk", of(host.disk_used_bytes, host.disk_total_bytes));
        add("received", host.network_rx_bytes.map(bytes));
        add("sent", host.network_tx_bytes.map(bytes));
        add("uptime", host.uptime.map(format::age));
        if let Some(pressure) = host.pressure {
            let parts = [("cpu", pressure.cpu), ("memory", pressure.memory), ("io", pressure.io)];
            let told = parts.into_iter().filter_map(|(name, share)| Some(format!("{name} {}", percent(share?))));
            add("pressure", Some(told.collect::<Vec<_>>().join("  ")));
        }
        add("gpus", Some(self.reading.gpus.len().to_string()));
        rows
    }
}

fn gpu_rows(gpu: &GpuMetrics) -> Vec<(String, String)> {
    let mut rows = vec![row(&format!("gpu {}", gpu.index), gpu.name.as_deref().unwrap_or("unknown device"))];
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            rows.push(row(&format!("  {name}"), &value));
        }
    };
    let watts = |watts: Option<f64>| watts.map(|watts| format!("{watts:.0} W"));
    let celsius = |degrees: Option<f64>| degrees.map(|degrees| format!("{degrees:.0} °C"));
    let clock = |hertz: Option<f64>| hertz.map(|hertz| format!("{:.0} MHz", hertz / 1e6));
    add("uuid", gpu.uuid.clone());
    add("driver", gpu.driver_version.clone());
    add("load", gpu.utilization.map(percent));
    add("memory", of(gpu.memory_used_bytes, gpu.memory_total_bytes));
    add("temperature", celsius(gpu.temperature_celsius));
    add("memory temperature", celsius(gpu.memory_temperature_celsius));
    add("power", watts(gpu.power_draw_watts));
    add("power limit", watts(gpu.power_limit_watts));
    add("sm clock", clock(gpu.sm_clock_hz));
    add("memory clock", clock(gpu.memory_clock_hz));
    add("held down by", gpu.throttle_reasons.as_ref().filter(|r| !r.is_empty()).map(|r| r.join(", ")));
    add("processes", gpu.processes.as_ref().map(|processes| processes.len().to_string()));
    add("last xid", gpu.xid_last.map(|xid| xid.code.to_string()));
    rows
}

fn row(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn place(missing: &Missing) -> String {
    match missing.gpu {
        Some(gpu) => format!("gpu {gpu} {}", missing.reading),
        None => missing.reading.to_owned(),
    }
}

fn percent(share: Ratio) -> String {
    format!("{:.1} %", share.get() * 100.0)
}

fn bytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

fn of(used: Option<u64>, total: Option<u64>) -> Option<String> {
    Some(format!("{} of {}", bytes(used?), bytes(total?)))
}

fn aligned(rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    rows.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{}", format!("{name:width$}  {value}").trim_end());
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_host_without_a_driver_is_told_why_it_has_no_gpus() {
        let nvml_library = Some(PathBuf::from("/nonexistent/libnvidia-ml.so"));
        let report = Report::take(Settings { nvml_library, ..Settings::default() });
        let text = report.text();
        assert!(text.contains("Not read on this host:") && text.contains("install the driver"), "{text}");
        let json = serde_json::to_value(&report).expect("a report is JSON");
        assert_eq!(json["reading"]["gpus"], serde_json::json!([]));
        assert!(json["missing"].as_array().is_some_and(|all| all.iter().any(|m| m["reading"] == "gpus")));
        assert!(report.reading.host.cpu_usage.is_some(), "two looks tell a load");
    }
}
