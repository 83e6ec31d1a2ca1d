//! Looks over what a worker says of itself: ranges, lengths and sizes of lists. What describes is cut, what
//! identifies or counts is refused when it cannot be right.

mod gpu;
mod samples;

use super::{Ignored, limits};
use crate::problem::FieldError;
use crate::{Heartbeat, Registration};
use std::fmt::Display;

/// Looks over a registration that lies at the pointer `at`.
pub(super) fn registration(registration: &mut Registration, at: &str) -> Result<(), Vec<FieldError>> {
    let mut check = Check::new(at);
    shorten(&mut registration.name);
    shorten(&mut registration.version);
    shorten(&mut registration.location.ip_address);
    blank_is_absent(&mut registration.host_id);
    blank_is_absent(&mut registration.location.hostname);
    check.identifier("/host_id", registration.host_id.as_deref());
    check.identifier("/location/hostname", registration.location.hostname.as_deref());
    check.interval(registration.interval);
    check.not_negative("/location/network_latency_ms", registration.location.network_latency_ms);
    let hardware = &mut registration.hardware;
    check.not_negative("/hardware/memory_gb", hardware.memory_gb);
    check.not_negative("/hardware/gpu_memory_gb", hardware.gpu_memory_gb);
    check.not_negative("/hardware/disk_space_gb", hardware.disk_space_gb);
    check.at_most("/hardware/gpu_models", hardware.gpu_models.len(), limits::GPUS);
    for model in &mut hardware.gpu_models {
        shorten_text(model);
    }
    check.names("/tags", &registration.tags, limits::TAGS);
    check.names("/supported_content_types", &registration.supported_content_types, limits::NAMES);
    check.names("/queues", &registration.queues, limits::NAMES);
    check.done()
}

/// Looks over a heartbeat that lies at the pointer `at`; samples of metrics that are not known are left out.
pub(super) fn heartbeat(beat: &mut Heartbeat, at: &str, ignored: &mut Ignored) -> Result<(), Vec<FieldError>> {
    let mut check = Check::new(at);
    shorten(&mut beat.version);
    blank_is_absent(&mut beat.host_id);
    check.identifier("/host_id", beat.host_id.as_deref());
    check.interval(beat.interval);
    let metrics = &beat.metrics;
    check.count("/metrics/active_tasks", metrics.active_tasks);
    check.count("/metrics/completed_tasks", metrics.completed_tasks);
    check.count("/metrics/failed_tasks", metrics.failed_tasks);
    check.seconds("/metrics/avg_task_duration_seconds", metrics.avg_task_duration_seconds);
    if let Some(host) = &beat.host {
        check.seconds("/host/network_latency", host.network_latency);
        check.not_negative("/host/uptime", host.uptime);
        for (index, load) in host.load_average.into_iter().flatten().enumerate() {
            check.not_negative(format_args!("/host/load_average/{index}"), Some(load));
        }
    }
    gpu::check(&mut beat.gpus, &mut check);
    samples::check(&mut beat.samples, &mut check, ignored);
    check.done()
}

/// Gathers what is wrong. Pointers are written only when something is.
struct Check<'a> {
    at: &'a str,
    errors: Vec<FieldError>,
}

impl<'a> Check<'a> {
    fn new(at: &'a str) -> Self {
        Self { at, errors: Vec::new() }
    }

    fn refuse(&mut self, pointer: impl Display, detail: impl Display) {
        if self.errors.len() < limits::ERRORS {
            self.errors.push(FieldError { pointer: format!("{}{pointer}", self.at), detail: detail.to_string() });
        }
    }

    fn done(self) -> Result<(), Vec<FieldError>> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }

    fn not_negative(&mut self, pointer: impl Display, value: Option<f64>) {
        self.within(pointer, value, limits::VALUE);
    }

    fn seconds(&mut self, pointer: impl Display, value: Option<f64>) {
        self.within(pointer, value, limits::SECONDS);
    }

    fn within(&mut self, pointer: impl Display, value: Option<f64>, most: f64) {
        if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
            self.refuse(pointer, format_args!("is {value}: it must be a finite number from 0 to {most}"));
        }
    }

    fn count(&mut self, pointer: impl Display, count: Option<u64>) {
        if let Some(count) = count.filter(|count| *count > limits::COUNT) {
            self.refuse(pointer, limits::too_many(count));
        }
    }

    fn interval(&mut self, seconds: Option<f64>) {
        if let Some(seconds) = seconds.filter(|seconds| !(*seconds > 0.0 && *seconds <= limits::INTERVAL)) {
            self.refuse(
                "/interval",
                format_args!("is {seconds}: send the seconds to the next heartbeat, over 0 and at most a day"),
            );
        }
    }

    fn identifier(&mut self, pointer: impl Display, text: Option<&str>) {
        if let Some(Err(error)) = text.map(crate::id::check) {
            self.refuse(pointer, error);
        }
    }

    fn at_most(&mut self, pointer: impl Display, entries: usize, most: usize) -> bool {
        if entries > most {
            self.refuse(pointer, format_args!("has {entries} entries: at most {most} are taken"));
        }
        entries <= most
    }

    fn names(&mut self, pointer: &str, names: &[String], most: usize) {
        if self.at_most(pointer, names.len(), most) {
            for (index, name) in names.iter().enumerate() {
                self.identifier(format_args!("{pointer}/{index}"), Some(name));
            }
        }
    }
}

/// Cuts a descriptive text; a blank one is as if it were not there.
fn shorten(text: &mut Option<String>) {
    blank_is_absent(text);
    if let Some(text) = text {
        shorten_text(text);
    }
}

fn shorten_text(text: &mut String) {
    if text.len() > limits::LABEL {
        *text = limits::cut(text, limits::LABEL);
    }
}

fn blank_is_absent(text: &mut Option<String>) {
    if text.as_deref().is_some_and(|text| text.trim().is_empty()) {
        *text = None;
    }
}
