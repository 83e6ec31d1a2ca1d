//! A driver that is played: the stand-in library in a folder of its own, with the file that it plays.

use forewatch_agent::probe::{Probe, Settings};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;

/// The readings of a card, by the stand-in's names.
#[derive(Clone)]
pub struct Card(Vec<(String, String)>);

impl Card {
    /// From a real `nvidia-smi -q -x` in the fixtures; what it does not give is not there.
    pub fn real(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nvidia-smi").join(name);
        let xml = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut card = Self(Vec::new());
        for (reading, tag) in [("name", "product_name"), ("uuid", "uuid"), ("pci_bus_id", "pci_bus_id")] {
            card.set(reading, element(&xml, tag).expect("every card says what it is"));
        }
        let (mib, milli) = (1_048_576.0, 1_000.0);
        for (reading, tag, factor) in [
            ("memory_total", "total", mib),
            ("memory_used", "used", mib),
            ("utilization", "gpu_util", 1.0),
            ("memory_utilization", "memory_util", 1.0),
            ("encoder", "encoder_util", 1.0),
            ("decoder", "decoder_util", 1.0),
            ("temperature", "gpu_temp", 1.0),
            ("slowdown", "gpu_temp_slow_threshold", 1.0),
            ("memory_temperature", "memory_temp", 1.0),
            ("fan", "fan_speed", 1.0),
            ("power", "power_draw", milli),
            ("power", "average_power_draw", milli),
            ("power_limit", "enforced_power_limit", milli),
            ("power_limit", "current_power_limit", milli),
            ("sm_clock", "sm_clock", 1.0),
            ("memory_clock", "mem_clock", 1.0),
            ("state", "performance_state", 1.0),
            ("pcie_generation", "current_link_gen", 1.0),
            ("pcie_width", "current_link_width", 1.0),
            ("pcie_tx", "tx_util", 1.0),
            ("pcie_rx", "rx_util", 1.0),
            ("pcie_replay", "replay_counter", 1.0),
            ("ecc_corrected", "dram_correctable", 1.0),
            ("ecc_uncorrected", "dram_uncorrectable", 1.0),
            ("remapped_corrected", "remapped_row_corr", 1.0),
            ("remapped_uncorrected", "remapped_row_unc", 1.0),
        ] {
            if let Some(value) = element(&xml, tag).and_then(number) {
                card.set(reading, value * factor);
            }
        }
        for (reading, tag) in [
            ("remapped_pending", "remapped_row_pending"),
            ("remapped_failed", "remapped_row_failure"),
            ("retired_pending", "pending_retirement"),
            ("mig", "current_mig"),
        ] {
            match element(&xml, tag) {
                Some("Yes" | "Enabled") => card.set(reading, 1),
                Some("No" | "Disabled") => card.set(reading, 0),
                _ => {}
            }
        }
        // Bits of nvmlClocksEventReasons.
        let reasons = [("gpu_idle", 0x1), ("sw_power_cap", 0x4)];
        let active = reasons.iter().filter(|(reason, _)| xml.contains(&format!("{reason}>Active<")));
        card.set("throttle", active.map(|(_, bit)| bit).sum::<u32>());
        card.set("compute", "");
        card
    }

    /// Changes or adds a reading.
    pub fn set(&mut self, reading: &str, value: impl ToString) {
        self.0.retain(|(known, _)| known != reading);
        self.0.push((reading.to_owned(), value.to_string()));
    }
}

fn element<'a>(xml: &'a str, tag: &str) -> Option<&'a str> {
    let from = xml.find(&format!("<{tag}>"))? + tag.len() + 2;
    Some(xml[from..].split('<').next()?.trim())
}

/// The number at the start of `16x`, `67.03 W` or `P0`; `None` of `N/A`.
fn number(text: &str) -> Option<f64> {
    let text = text.trim_start_matches('P');
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The library, and what it plays.
pub struct Driver {
    folder: TempDir,
}

impl Driver {
    /// A driver with these cards.
    pub fn playing(cards: &[Card]) -> Self {
        let driver = Self::not_yet();
        driver.install(cards);
        driver
    }

    /// Where a driver may be installed later.
    pub fn not_yet() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn install(&self, cards: &[Card]) {
        // A copy in each folder: a library that is loaded twice from one file would be one library.
        std::fs::copy(compiled(), self.library()).expect("the library is copied");
        self.play(cards);
    }

    /// Where the driver lists its devices.
    fn devices(&self) -> PathBuf {
        self.folder.path().join("gpus")
    }

    pub fn library(&self) -> PathBuf {
        self.folder.path().join("libnvidia-ml.so")
    }

    /// Changes what is played, at once.
    pub fn play(&self, cards: &[Card]) {
        let mut text = format!("driver 535.54.03\ncount {}\n", cards.len());
        for (index, Card(readings)) in cards.iter().enumerate() {
            for (reading, value) in readings {
                let _ = writeln!(text, "{index}.{reading} {value}");
            }
        }
        let new = self.folder.path().join("new");
        std::fs::write(&new, text).expect("a file");
        std::fs::rename(new, self.folder.path().join("play")).expect("it replaces the old one");
        for index in 0..cards.len() {
            std::fs::create_dir_all(self.devices().join(format!("0000:{index:02x}:00.0"))).expect("an entry");
        }
    }

    /// How often a device was asked for a reading.
    pub fn calls(&self, reading: &str) -> usize {
        let calls = std::fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default();
        calls.lines().filter(|line| *line == reading).count()
    }

    /// A probe that reads through it.
    pub fn probe(&self) -> Probe {
        Probe::start(self.settings())
    }

    /// One that looks for other devices so often.
    pub fn probe_that_rescans(&self, rescan: Duration) -> Probe {
        Probe::start(Settings { rescan, ..self.settings() })
    }

    /// One that looks so often at what is costly to read.
    pub fn probe_with_seldom(&self, seldom: Duration) -> Probe {
        Probe::start(Settings { seldom, ..self.settings() })
    }

    fn settings(&self) -> Settings {
        Settings { nvml_library: Some(self.library()), nvidia_devices: self.devices(), ..Settings::default() }
    }
}

fn compiled() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("stand-in-{}.so", std::process::id()));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nvml/stand_in.c");
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let status = Command::new(compiler)
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(source)
            .arg("-ldl")
            .status()
            .expect("a C compiler: set CC when it is not cc");
        assert!(status.success(), "the stand-in library compiles");
        library
    })
}
