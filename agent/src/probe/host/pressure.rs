//! Linux pressure stall information: how long tasks waited for a CPU, memory or disks.

use forewatch::Ratio;
use forewatch::heartbeat::Pressure;
use std::path::Path;

/// Why a host may not tell it.
pub(super) const WHY_NOT: &str = "the kernel keeps no pressure stall information (Linux 4.20 and later; psi=1)";

/// Where the kernel tells it.
const FOLDER: &str = "/proc/pressure";

/// The share of the last 10 s; `None` where the kernel does not keep it.
pub(super) fn read() -> Option<Pressure> {
    read_from(Path::new(FOLDER))
}

fn read_from(folder: &Path) -> Option<Pressure> {
    let some = |name: &str| some_avg10(&std::fs::read_to_string(folder.join(name)).ok()?);
    let pressure = Pressure { cpu: some("cpu"), memory: some("memory"), io: some("io") };
    (pressure != Pressure::default()).then_some(pressure)
}

/// From `some avg10=1.23 avg60=… avg300=… total=…`: 0.0123.
fn some_avg10(text: &str) -> Option<Ratio> {
    let line = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let percent: f64 = line.split_whitespace().find_map(|word| word.strip_prefix("avg10="))?.parse().ok()?;
    Ratio::clamped(percent / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_the_last_ten_seconds_is_a_ratio() {
        let text = "some avg10=12.50 avg60=3.10 avg300=0.80 total=12345\nfull avg10=1.00 avg60=0 avg300=0 total=9\n";
        assert_eq!(some_avg10(text), Ratio::clamped(0.125));
        assert_eq!(some_avg10("full avg10=1.00"), None);
        assert_eq!(some_avg10("some avg10=x"), None);
    }

    #[test]
    fn a_kernel_without_pressure_information_gives_nothing_and_not_zero() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(read_from(folder.path()), None);
        std::fs::write(folder.path().join("io"), "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n").expect("a file");
        let pressure = read_from(folder.path()).expect("one of the three is there");
        assert_eq!((pressure.cpu, pressure.io), (None, Ratio::clamped(0.0)));
    }
}
