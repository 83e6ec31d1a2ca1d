//! Names for what holds a device's clocks down.

use nvml_wrapper::bitmasks::device::ThrottleReasons;

/// NVML's reasons and their names, in the order of its bits.
const REASONS: [(ThrottleReasons, &str); 10] = [
    (ThrottleReasons::GPU_IDLE, "gpu_idle"),
    (ThrottleReasons::APPLICATIONS_CLOCKS_SETTING, "applications_clocks_setting"),
    (ThrottleReasons::SW_POWER_CAP, "sw_power_cap"),
    (ThrottleReasons::HW_SLOWDOWN, "hw_slowdown"),
    (ThrottleReasons::SYNC_BOOST, "sync_boost"),
    (ThrottleReasons::SW_THERMAL_SLOWDOWN, "sw_thermal_slowdown"),
    (ThrottleReasons::HW_THERMAL_SLOWDOWN, "hw_thermal_slowdown"),
    (ThrottleReasons::HW_POWER_BRAKE_SLOWDOWN, "hw_power_brake_slowdown"),
    (ThrottleReasons::DISPLAY_CLOCK_SETTING, "display_clock_setting"),
    (ThrottleReasons::NONE, "none"),
];

/// The names of the reasons that apply; an empty list when none does.
pub(super) fn names(reasons: ThrottleReasons) -> Vec<String> {
    REASONS
        .iter()
        .filter(|(reason, _)| !reason.is_empty() && reasons.contains(*reason))
        .map(|(_, name)| (*name).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_that_nvml_knows_has_a_name() {
        let known = REASONS.iter().fold(ThrottleReasons::empty(), |all, (reason, _)| all | *reason);
        assert_eq!(known, ThrottleReasons::all());
    }

    #[test]
    fn no_reason_is_an_empty_list() {
        assert!(names(ThrottleReasons::NONE).is_empty());
        assert_eq!(
            names(ThrottleReasons::SW_POWER_CAP | ThrottleReasons::HW_THERMAL_SLOWDOWN),
            ["sw_power_cap", "hw_thermal_slowdown"]
        );
    }
}
