//! Times and spans.

use forewatch::Timestamp;
use forewatch::time::{TimeDelta, from_unix_seconds, parse, parse_span, seconds_between, unix_seconds};
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-11-24T14:00:00Z".parse().expect("a time")
}

#[test]
fn times_may_be_relative_to_now() {
    for (text, seconds) in [
        ("now", 0),
        ("now-1h", -3_600),
        ("now-90s", -90),
        ("now+5m", 300),
        ("now-7d", -604_800),
        ("now-2w", -1_209_600),
    ] {
        assert_eq!(parse(text, now()), Ok(now() + TimeDelta::seconds(seconds)), "{text}");
    }
}

#[test]
fn what_is_not_a_time_is_refused_with_what_would_be() {
    for text in [
        "",
        "now-",
        "now1h",
        "now--1h",
        "now-1",
        "now-1x",
        "now-ä",
        "now-9223372036854775807y",
        "Now",
        "2026-11-24",
        "2026-11-24T14:00:00",
        "2026-02-30T00:00:00Z",
        "1764000000",
    ] {
        let error = parse(text, now()).expect_err(text).to_string();
        assert!(error.contains("RFC 3339") && error.contains("now-1h"), "{error}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_reading_a_time_panic(text in any::<String>(), offset in "now[-+]?[0-9]{0,25}.{0,3}") {
        let _ = (parse(&text, now()), parse_span(&text));
        let _ = (parse(&offset, now()), parse_span(&offset));
    }

    #[test]
    fn a_time_survives_as_text_and_as_unix_seconds(micros in -60_000_000_000_000_000_i64..250_000_000_000_000_000) {
        let at = from_unix_seconds(micros as f64 / 1e6).expect("within the calendar");
        prop_assert_eq!(parse(&at.to_rfc3339(), now()), Ok(at));
        let again = from_unix_seconds(unix_seconds(at)).expect("within the calendar");
        // A float has 52 bits: at the far ends of this range that is some 30 microseconds.
        prop_assert!(seconds_between(at, again).abs() < 1e-4);
    }

    #[test]
    fn no_number_makes_a_time_panic(seconds in any::<f64>()) {
        if let Some(at) = from_unix_seconds(seconds) {
            prop_assert!((unix_seconds(at) - seconds).abs() <= seconds.abs() * 1e-9 + 1e-6);
        }
        prop_assert!(from_unix_seconds(f64::NAN).is_none() && from_unix_seconds(f64::INFINITY).is_none());
    }
}
