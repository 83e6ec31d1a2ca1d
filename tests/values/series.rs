//! Aggregation, growth of counters, steps, and what a chart can show.

use forewatch::series::{Aggregation, brief, increase, quantile, step_for};
use proptest::prelude::*;

fn values() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1e12..1e12_f64, 1..60)
}

fn bounds(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)))
}

#[test]
fn nothing_aggregates_to_nothing() {
    for aggregation in Aggregation::ALL {
        assert_eq!(aggregation.apply(&[]), None, "{aggregation}");
    }
    assert_eq!(increase(None, &[5.0]), None);
    assert_eq!(increase(Some(3.0), &[5.0]), Some(2.0));
}

#[test]
fn quantiles_interpolate_between_the_closest_ranks() {
    let values = [4.0, 1.0, 3.0, 2.0];
    assert_eq!(quantile(&values, 0.5), Some(2.5));
    assert_eq!((quantile(&values, 0.0), quantile(&values, 1.0)), (Some(1.0), Some(4.0)));
}

#[test]
fn only_what_joins_series_may_join_them() {
    for word in ["rate", "increase", "first", "median"] {
        assert!(Aggregation::across(word).is_err(), "{word}");
    }
    assert_eq!(Aggregation::across("p95"), Ok(Aggregation::P95));
}

proptest! {
    #[test]
    fn a_mean_and_a_quantile_lie_between_the_smallest_and_the_largest(values in values(), q in -1.0..2.0_f64) {
        let (low, high) = bounds(&values);
        let slack = (high - low).abs() * 1e-9 + 1e-3;
        for aggregation in [
            Aggregation::Avg, Aggregation::Min, Aggregation::Max, Aggregation::Last, Aggregation::First,
            Aggregation::P50, Aggregation::P95, Aggregation::P99,
        ] {
            let value = aggregation.apply(&values).expect("a value");
            prop_assert!(value >= low - slack && value <= high + slack, "{aggregation} is {value}");
        }
        let value = quantile(&values, q).expect("a value");
        prop_assert!(value >= low - slack && value <= high + slack);
    }

    #[test]
    fn quantiles_rise_with_their_share(values in values(), a in 0.0..=1.0_f64, b in 0.0..=1.0_f64) {
        let (less, more) = (a.min(b), a.max(b));
        prop_assert!(quantile(&values, less).expect("a value") <= quantile(&values, more).expect("a value") + 1e-3);
    }

    #[test]
    fn a_counter_never_shrinks_whatever_resets(values in prop::collection::vec(0.0..1e15_f64, 0..60), before in prop::option::of(0.0..1e15_f64)) {
        if let Some(growth) = increase(before, &values) {
            prop_assert!(growth >= 0.0);
            let (first, last) = (before.unwrap_or_else(|| values[0]), values[values.len() - 1]);
            prop_assert!(growth >= (last - first) - 1.0, "{growth} from {first} to {last}");
        }
    }

    #[test]
    fn a_step_never_gives_more_points_than_asked_for(width in 0.0..1e10_f64, points in 1..20_000_usize) {
        let step = step_for(width, points);
        prop_assert!(step >= 1.0 && width / step <= points as f64 * (1.0 + 1e-9));
    }
}

#[test]
fn what_a_chart_cannot_show_is_rounded_away_and_whole_numbers_stay_whole() {
    for (value, short) in [
        (0.482_173_913_043_478_3, 0.482_17),
        (-0.000_123_456_789, -0.000_123_46),
        (72.345_678, 72.346),
        (123_456.0, 123_456.0),
        (1_234_567.8, 1_234_568.0),
        (0.0, 0.0),
    ] {
        assert!((brief(value) - short).abs() <= f64::EPSILON * short.abs(), "{value} becomes {}", brief(value));
    }
    assert!(brief(f64::NAN).is_nan() && brief(f64::MAX).is_finite());
}

proptest! {
    #[test]
    fn rounding_moves_a_value_by_less_than_a_chart_can_show(value in -1e15..1e15_f64) {
        prop_assert!((brief(value) - value).abs() <= value.abs() * 1e-4);
    }
}
