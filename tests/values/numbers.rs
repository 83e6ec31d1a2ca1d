//! Ratios and percentages.

use forewatch::{Percent, Ratio};
use proptest::prelude::*;

#[test]
fn what_is_not_a_finite_share_is_refused() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -f64::MIN_POSITIVE, 1.0 + f64::EPSILON] {
        assert!(Ratio::new(bad).is_err(), "{bad}");
    }
    for bad in [f64::NAN, f64::INFINITY, -0.001, 100.000_001] {
        assert!(Percent::new(bad).is_err(), "{bad}");
    }
    assert!(Ratio::clamped(f64::NAN).is_none() && Ratio::clamped(f64::INFINITY).is_none());
}

#[test]
fn a_share_of_nothing_is_unknown() {
    assert_eq!(Ratio::of(0, 0), None);
    assert_eq!(Ratio::of(5, 0), None);
    assert_eq!(Ratio::of(9, 3), Ratio::new(1.0).ok());
}

proptest! {
    #[test]
    fn a_ratio_is_always_within_its_bounds(value in any::<f64>(), part in any::<u64>(), whole in any::<u64>()) {
        prop_assert_eq!(Ratio::new(value).is_ok(), (0.0..=1.0).contains(&value));
        prop_assert_eq!(Percent::new(value).is_ok(), (0.0..=100.0).contains(&value));
        prop_assert_eq!(Ratio::clamped(value).is_some(), value.is_finite());
        for ratio in [Ratio::new(value).ok(), Ratio::clamped(value), Ratio::of(part, whole)].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&ratio.get()));
        }
    }

    #[test]
    fn a_percentage_is_a_hundredth_of_itself_as_a_ratio(percent in 0.0..=100.0_f64) {
        let ratio = Ratio::from(Percent::new(percent).expect("within bounds")).get();
        prop_assert!((0.0..=1.0).contains(&ratio));
        prop_assert!((ratio * 100.0 - percent).abs() < 1e-9);
    }
}
