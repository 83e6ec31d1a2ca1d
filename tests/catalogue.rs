//! The catalogue of metrics, and records taken apart by it.

mod records;

use forewatch::catalogue::{METRICS, Metric, MetricType, Read, all, find};
use forewatch::reading::{of_queue, of_system, of_worker};
use forewatch::{GpuMetrics, Unit};
use std::collections::BTreeSet;

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !text.ends_with('_')
        && !text.contains("__")
}

#[test]
fn names_are_unique_and_read_subject_dot_reading() {
    let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), METRICS.len());
    for metric in METRICS {
        let (subject, reading) = metric.name.split_once('.').expect("subject.reading");
        assert!(is_word(subject) && is_word(reading), "{}", metric.name);
    }
}

#[test]
fn the_subject_says_which_record_a_metric_is_read_from_and_by_which_labels() {
    for metric in METRICS {
        let (subject, labels): (&str, &[&str]) = match metric.read {
            Read::System(_) => ("system.", &[]),
            Read::Derived(_) | Read::Worker(_) => ("worker.", &["worker"]),
            Read::Gpu(_) => ("gpu.", &["worker", "gpu"]),
            Read::Queue(_) => ("queue.", &["queue"]),
        };
        assert!(metric.name.starts_with(subject), "{}", metric.name);
        assert_eq!(metric.labels, labels, "{}", metric.name);
    }
}

#[test]
fn every_metric_is_explained_in_a_sentence_of_its_own() {
    let helps: BTreeSet<_> = METRICS
        .iter()
        .map(|metric| (metric.name.split('.').next(), metric.unit.prometheus_suffix(), metric.help))
        .collect();
    assert_eq!(helps.len(), METRICS.len());
    for Metric { name, help, .. } in METRICS {
        assert!(help.ends_with('.') && help.len() > 10 && !help.contains('\n'), "{name}: {help}");
        assert!(help.starts_with(|first: char| first.is_uppercase() || first == '1'), "{name}: {help}");
    }
}

#[test]
fn every_metric_is_found_by_its_name_and_no_other() {
    for (id, metric) in all() {
        assert_eq!(find(metric.name), Some(id));
        assert_eq!(id.metric(), metric);
        assert_eq!(METRICS[id.index()].name, metric.name);
        assert_eq!(find(&metric.name.to_uppercase()), None);
        assert_eq!(find(&metric.name[1..]), None);
    }
    assert_eq!(find(""), None);
    assert_eq!(find("worker."), None);
    assert_eq!(find("zzz.zzz"), None);
}

#[test]
fn prometheus_names_are_valid_unique_and_say_unit_and_kind() {
    let names: BTreeSet<_> = METRICS.iter().map(Metric::prometheus_name).collect();
    assert_eq!(names.len(), METRICS.len());
    for metric in METRICS {
        let name = metric.prometheus_name();
        assert!(name.starts_with("forewatch_") && is_word(&name), "{name}");
        assert_eq!(name.ends_with("_total"), metric.kind == MetricType::Counter, "{name}");
        let unit = metric.unit.prometheus_suffix();
        assert!(name.trim_end_matches("_total").ends_with(unit), "{name} in {unit}");
        // Rules of `promtool check metrics`: no type in the name, no unit but base units, no reserved ending.
        for reserved in ["_count", "_sum", "_bucket", "_info"] {
            assert!(!name.ends_with(reserved), "{name}");
        }
        for part in name.split('_') {
            assert!(!["gauge", "counter", "histogram", "summary", "ms", "percent", "mhz"].contains(&part), "{name}");
        }
    }
    let named = |name: &str| find(name).map(|id| id.metric().prometheus_name());
    assert_eq!(named("gpu.power_draw").as_deref(), Some("forewatch_gpu_power_draw_watts"));
    assert_eq!(named("gpu.energy").as_deref(), Some("forewatch_gpu_energy_joules_total"));
    assert_eq!(named("system.tasks_lost_events").as_deref(), Some("forewatch_system_tasks_lost_events_total"));
    assert_eq!(named("queue.pending").as_deref(), Some("forewatch_queue_pending"));
}

#[test]
fn a_full_record_gives_every_reading_of_its_subject_and_a_minimal_one_no_made_up_zero() {
    let (mut system, mut workers, mut gpus, mut queues) = (0, 0, 0, 0);
    for metric in METRICS {
        match metric.read {
            Read::System(_) => system += 1,
            Read::Derived(_) | Read::Worker(_) => workers += 1,
            Read::Gpu(_) => gpus += 1,
            Read::Queue(_) => queues += 1,
        }
    }
    let mut worker = records::worker();
    worker.gpus = (0..8).map(|index| GpuMetrics { index, ..records::gpu() }).collect();
    let mut seen = BTreeSet::new();
    of_worker(&worker, |id, gpu, value| {
        assert!(value.is_finite());
        assert_eq!(gpu.is_some(), matches!(id.metric().read, Read::Gpu(_)));
        assert!(seen.insert((id, gpu)), "{} twice", id.metric().name);
    });
    assert_eq!(seen.len(), workers + gpus * 8);

    let count = |each: &dyn Fn(&mut dyn FnMut())| {
        let mut count = 0;
        each(&mut || count += 1);
        count
    };
    assert_eq!(count(&|tick| of_system(&records::system(), |_, _| tick())), system);
    assert_eq!(count(&|tick| of_queue(&records::queue(), |_, _| tick())), queues);

    worker.gpus = vec![GpuMetrics::default()];
    of_worker(&worker, |id, gpu, _| {
        assert!(gpu.is_none(), "{} of a device that tells nothing", id.metric().name);
    });
}

#[test]
fn ratios_are_read_as_ratios() {
    of_worker(&records::worker(), |id, _, value| {
        if id.metric().unit == Unit::Ratio {
            assert!((0.0..=1.0).contains(&value), "{} is {value}", id.metric().name);
        }
    });
}
