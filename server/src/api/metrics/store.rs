//! How the store fares, and what it takes.

use super::text::{Kind, Text};
use crate::collector::clock;
use crate::store::{Figures, Health, TierSize};
use forewatch::store::StorePart;

/// Whether it can be written, and what came of it when not.
pub(super) fn health(text: &mut Text, health: &Health) {
    let flag = |is_so: bool| Some(f64::from(u8::from(is_so)));
    let fails = health.fails(StorePart::Log);
    let help = "1 from a commit that the journal refused until it takes commits again, else 0.";
    text.family("forewatch_journal_failing", Kind::Gauge, help).sample(&[], flag(fails));
    let help = "1 while a part of the store can be written, as far as is known, else 0.";
    let mut family = text.family("forewatch_store_writable", Kind::Gauge, help);
    for part in StorePart::ALL {
        family.sample(&[("part", part.as_str())], flag(!health.fails(part)));
    }
    let figures = health.figures(clock());
    let counts: [(&str, &str, fn(&Figures) -> f64); 4] = [
        ("forewatch_store_outages_total", "Times the store, or a part of it, could not be written.", |f| {
            f.outages as f64
        }),
        ("forewatch_store_outage_seconds_total", "Seconds in which that was so.", |f| f.seconds),
        (
            "forewatch_store_events_refused_total",
            "Events refused because the store could not be written, each as often as its sender came with it.",
            |f| f.events_refused as f64,
        ),
        ("forewatch_samples_missed_total", "Samples that are missing because the store could not be written.", |f| {
            f.samples_missed as f64
        }),
    ];
    for (name, help, read) in counts {
        text.family(name, Kind::Counter, help).sample(&[], Some(read(&figures)));
    }
}

/// What the store's files take, all together and each.
pub(super) fn sizes(text: &mut Text, sizes: Option<[(&str, u64); 3]>) {
    let all = sizes.map(|sizes| sizes.iter().map(|(_, bytes)| *bytes as f64).sum());
    text.family("forewatch_store_bytes", Kind::Gauge, "Bytes that the store's files take.").sample(&[], all);
    let mut family = text.family(
        "forewatch_store_file_bytes",
        Kind::Gauge,
        "Bytes that one of the store's files and its journal take.",
    );
    // A file without a byte is none: that part of the store lies elsewhere.
    for (file, bytes) in sizes.into_iter().flatten().filter(|(_, bytes)| *bytes > 0) {
        family.sample(&[("file", file)], Some(bytes as f64));
    }
}

/// What history's blocks take.
pub(super) fn tiers(text: &mut Text, tiers: &[TierSize]) {
    let readings: [(&str, &str, fn(&TierSize) -> u64); 2] = [
        ("forewatch_history_bytes", "Bytes of the blocks of history, by tier.", |size| size.bytes),
        ("forewatch_history_blocks", "Blocks of history, by tier.", |size| size.blocks),
    ];
    for (name, help, read) in readings {
        let mut family = text.family(name, Kind::Gauge, help);
        for size in tiers {
            family.sample(&[("tier", size.tier.word())], Some(read(size) as f64));
        }
    }
}
