//! How numbers read.

use forewatch::Unit;
use forewatch::format::{
    UNKNOWN, age, bytes, bytes_per_second, celsius, count, duration, field, hertz, joules, number, optional, per_hour,
    per_second, period, ratio, setting, value, watts,
};
use proptest::prelude::*;

const UNITS: [Unit; 11] = [
    Unit::Ratio,
    Unit::Seconds,
    Unit::Bytes,
    Unit::BytesPerSecond,
    Unit::Watts,
    Unit::Joules,
    Unit::Celsius,
    Unit::Hertz,
    Unit::PerSecond,
    Unit::PerHour,
    Unit::Count,
];

fn reads(format: fn(f64) -> String, expected: &[(f64, &str)]) {
    for (value, text) in expected {
        assert_eq!(format(*value), *text, "for {value:e}");
    }
}

#[test]
fn sizes_read_in_decimal_units() {
    reads(
        bytes,
        &[
            (0.0, "0 B"),
            (512.0, "512 B"),
            (0.5, "0.5 B"),
            (0.001, "<0.1 B"),
            (999.0, "999 B"),
            (1000.0, "1.0 kB"),
            (999_960.0, "1.0 MB"),
            (3.2e9, "3.2 GB"),
            (141e9, "141 GB"),
            (80e9, "80.0 GB"),
            (2.5e18, "2.5 EB"),
            (-3.2e9, "−3.2 GB"),
        ],
    );
    assert_eq!(bytes_per_second(3.2e6), "3.2 MB/s");
}

#[test]
fn durations_read_in_the_two_largest_units() {
    reads(
        duration,
        &[
            (0.0, "0 s"),
            (0.000_000_1, "<1 µs"),
            (0.000_25, "250 µs"),
            (0.34, "340 ms"),
            (0.9996, "1.0 s"),
            (4.2, "4.2 s"),
            (9.96, "10 s"),
            (59.4, "59 s"),
            (59.6, "1 min 00 s"),
            (64.0, "1 min 04 s"),
            (3599.6, "1 h 00 min"),
            (7_530.0, "2 h 05 min"),
            (273_600.0, "3 d 4 h"),
            (86_400.0 * 1_234.0, "1,234 d"),
            (-64.0, "−1 min 04 s"),
        ],
    );
}

#[test]
fn ages_read_in_whole_seconds_and_never_below_zero() {
    reads(
        age,
        &[
            (-0.3, "0 s"),
            (3.9, "3 s"),
            (246.0, "4 min 06 s"),
            (7_500.0, "2 h 05 min"),
            (273_600.0, "3 d 4 h"),
            (f64::NAN, UNKNOWN),
        ],
    );
}

#[test]
fn ratios_read_in_percent_and_are_whole_only_when_exact() {
    reads(
        ratio,
        &[
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.87, "87 %"),
            (0.034, "3.4 %"),
            (0.05, "5 %"),
            (0.000_001, "<0.1 %"),
            (0.9999, "99.9 %"),
            (0.993, "99.3 %"),
            (12.5, "1,250 %"),
        ],
    );
}

#[test]
fn counts_read_with_thousands_apart() {
    assert_eq!(count(0), "0");
    assert_eq!(count(9_040), "9,040");
    assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    reads(
        number,
        &[
            (9_040.0, "9,040"),
            (100.0, "100"),
            (0.25, "0.25"),
            (3.7, "3.70"),
            (1_234.5, "1,234"),
            (-12.0, "−12"),
            (-0.001, ">−0.01"),
            (-0.0, "0"),
        ],
    );
}

#[test]
fn rates_read_in_the_unit_that_fits() {
    reads(
        per_second,
        &[(0.0, "0 /min"), (12.4, "12.4 /s"), (0.77, "46.2 /min"), (0.05, "3 /min"), (2.5 / 3600.0, "2.5 /h")],
    );
    reads(per_hour, &[(9_040.0, "9,040 /h"), (0.0, "0 /h"), (1.5, "1.5 /h")]);
}

#[test]
fn power_energy_heat_and_clocks_read_as_on_a_data_sheet() {
    reads(watts, &[(318.0, "318 W"), (4.25, "4.2 W"), (7.0, "7 W"), (999.7, "1.00 kW"), (2_020.0, "2.02 kW")]);
    reads(joules, &[(820.0, "820 J"), (3_600.0, "1.00 Wh"), (4.5e6, "1.25 kWh"), (7.2e9, "2.00 MWh")]);
    reads(celsius, &[(79.4, "79 °C"), (-3.0, "−3 °C"), (-0.2, "0 °C")]);
    reads(hertz, &[(2.46e9, "2.46 GHz"), (810e6, "810 MHz"), (50.0, "50 Hz"), (999.9e6, "1.00 GHz")]);
}

#[test]
fn what_is_not_a_number_reads_as_unknown() {
    for unit in UNITS {
        for not_a_number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(value(unit, not_a_number), UNKNOWN, "{unit:?}");
        }
        assert_eq!(optional(unit, None), UNKNOWN);
    }
}

#[test]
fn zero_reads_without_a_sign_in_every_unit() {
    for unit in UNITS {
        assert_eq!(value(unit, -0.0), value(unit, 0.0), "{unit:?}");
        assert!(value(unit, 0.0).starts_with('0'), "{unit:?}");
    }
}

proptest! {
    #[test]
    fn any_number_reads_as_short_text_with_its_sign(number in any::<f64>(), unit in prop::sample::select(&UNITS)) {
        let text = value(unit, number);
        prop_assert!(text.chars().count() <= 32, "{text}");
        if text.starts_with('−') || text.starts_with(">−") {
            prop_assert!(number < 0.0);
        }
    }

    #[test]
    fn counts_lose_no_digit(number in any::<u64>()) {
        prop_assert_eq!(count(number).replace(',', ""), number.to_string());
    }

    #[test]
    fn a_share_that_is_not_all_never_reads_as_all(share in 0.0..1.0_f64) {
        prop_assert_ne!(ratio(share), "100 %");
        prop_assert!(share == 0.0 || ratio(share) != "0 %");
    }
}

#[test]
fn what_is_set_reads_exactly_and_without_what_is_nothing() {
    reads(
        period,
        &[
            (0.0, "0 s"),
            (0.5, "0.5 s"),
            (30.0, "30 s"),
            (90.0, "1 min 30 s"),
            (120.0, "2 min"),
            (3_600.0, "1 h"),
            (5_400.0, "1 h 30 min"),
            (7.0 * 86_400.0, "7 d"),
            (90_061.0, "1 d 1 h 1 min 1 s"),
            (f64::NAN, UNKNOWN),
        ],
    );
    reads(|set| setting(Unit::Ratio, set), &[(0.9, "90 %"), (0.07, "7 %"), (0.975, "97.5 %"), (0.0, "0 %")]);
    assert_eq!(setting(Unit::Seconds, 300.0), "5 min");
    assert_eq!(setting(Unit::Bytes, 8e9), "8.0 GB");
    reads(|set| field(Unit::Bytes, set), &[(8e9, "8000000000"), (-0.000_000_01, "0"), (1.5, "1.5")]);
    assert_eq!(field(Unit::Ratio, 0.975), "97.5 %");
}
