//! Which tier answers for which part of a range.

use super::steps::Steps;
use crate::history::key::Tier;
use std::ops::Range;

/// What an answer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MadeOf {
    /// What is kept in buckets, of the coarsest tier that fits.
    Buckets,
    /// Samples alone: nothing else tells it.
    Samples,
    /// Samples as long as they are kept, and what lies in buckets before.
    SamplesFirst,
}

/// Parts of a range, oldest first, each with the tier that answers for it. Unix seconds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan(pub(super) Vec<(Tier, Range<i64>)>);

impl Plan {
    /// The coarsest tier that a step is made of; before its time, the next coarser one; and raw samples from
    /// `rolled` on, up to when there are buckets, or as far as `made_of` asks for. Each border is one of the coarser
    /// tier's. `since` says from when on a tier is kept.
    #[expect(clippy::cast_possible_truncation, reason = "times of this world")]
    pub(super) fn of(steps: &Steps, made_of: MadeOf, rolled: i64, since: impl Fn(Tier) -> i64) -> Self {
        // A step more before the first, for growth from the value before it.
        let (from, to) = ((steps.from - steps.step).floor() as i64, steps.to.ceil() as i64);
        let fits = |tier: &Tier| {
            let bucket = tier.bucket_seconds() as f64;
            steps.step >= bucket && steps.step % bucket == 0.0
        };
        let ideal = Tier::ROLLUPS.into_iter().find(fits).unwrap_or(Tier::Raw);
        let mut parts = Vec::new();
        let mut end = to;
        let mut take = |tier: Tier, start: i64| {
            let start = start.clamp(from, end);
            if start < end {
                parts.push((tier, start..end));
                end = start;
            }
            end
        };
        if made_of == MadeOf::Samples {
            take(Tier::Raw, from);
        }
        // From the newest to the oldest: what is finer than asked for only where no whole bucket of the next tier is
        // made yet, or left of what is finer still; then each tier as long as it is kept.
        let mut made = rolled;
        for (tier, coarser) in [(Tier::Raw, Tier::Minute), (Tier::Minute, Tier::Hour), (Tier::Hour, Tier::Day)] {
            let border = floor(made, coarser);
            let is_finer = tier < ideal && !(tier == Tier::Raw && made_of == MadeOf::SamplesFirst);
            let end = take(tier, if is_finer { border } else { ceil(since(tier), coarser).min(border) });
            if end < to {
                made = made.min(end);
            }
        }
        take(Tier::Day, since(Tier::Day));
        parts.reverse();
        Self(parts)
    }

    /// The slots that it touches, in its order.
    pub(super) fn slots(&self) -> impl Iterator<Item = (Tier, u32)> {
        self.0.iter().flat_map(|(tier, span)| tier.slots(span).map(|slot| (*tier, slot)))
    }

    /// The parts that are answered from samples, and those from buckets.
    pub(super) fn split(self) -> (Self, Self) {
        let (samples, buckets) = self.0.into_iter().partition(|(tier, _)| *tier == Tier::Raw);
        (Self(samples), Self(buckets))
    }

    /// From when on buckets tell of all that lies in these parts, when the first whole hour that they tell of begins at
    /// `since`.
    pub(super) fn known_from(&self, since: i64) -> i64 {
        let unknown = self.0.iter().map(|(tier, part)| (part.start, ceil(since, *tier).min(part.end)));
        unknown.filter(|(start, end)| start < end).map(|(_, end)| end).max().unwrap_or(i64::MIN)
    }
}

fn floor(at: i64, tier: Tier) -> i64 {
    at.div_euclid(tier.bucket_seconds()) * tier.bucket_seconds()
}

fn ceil(at: i64, tier: Tier) -> i64 {
    floor(at + tier.bucket_seconds() - 1, tier)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    /// A noon, some years after the epoch.
    const NOW: i64 = 20_000 * DAY + 12 * 3_600 + 1_800;
    const ROLLED: i64 = NOW / 3_600 * 3_600;

    fn plan(made_of: MadeOf, width: i64, step: f64) -> Vec<(Tier, Range<i64>)> {
        let to = NOW as f64;
        let from = (((NOW - width) as f64) / step).floor() * step;
        let steps = Steps { from, to, step, offset: 0.0 };
        let kept = |tier| {
            NOW - match tier {
                Tier::Raw => DAY,
                Tier::Minute => 7 * DAY,
                Tier::Hour => 90 * DAY,
                Tier::Day => 730 * DAY,
            }
        };
        Plan::of(&steps, made_of, ROLLED, kept).0
    }

    fn tiers(width: i64, step: f64) -> Vec<Tier> {
        tiers_of(plan(MadeOf::Buckets, width, step))
    }

    fn tiers_of(plan: Vec<(Tier, Range<i64>)>) -> Vec<Tier> {
        plan.into_iter().map(|(tier, _)| tier).collect()
    }

    #[test]
    fn the_coarsest_tier_that_a_step_is_made_of_answers_and_raw_samples_do_up_to_now() {
        assert_eq!(tiers(3_600, 10.0), [Tier::Raw]);
        assert_eq!(tiers(6 * 3_600, 60.0), [Tier::Minute, Tier::Raw]);
        assert_eq!(tiers(6 * 3_600, 90.0), [Tier::Raw]);
        assert_eq!(tiers(3 * DAY, 300.0), [Tier::Minute, Tier::Raw]);
        assert_eq!(tiers(30 * DAY, 3_600.0), [Tier::Hour, Tier::Raw]);
        assert_eq!(tiers(365 * DAY, 86_400.0), [Tier::Day, Tier::Hour, Tier::Raw]);
    }

    #[test]
    fn where_a_tier_is_not_kept_any_more_the_next_coarser_one_answers() {
        assert_eq!(tiers(2 * DAY, 10.0), [Tier::Minute, Tier::Raw]);
        assert_eq!(tiers(30 * DAY, 60.0), [Tier::Hour, Tier::Minute, Tier::Raw]);
        assert_eq!(tiers(365 * DAY, 3_600.0), [Tier::Day, Tier::Hour, Tier::Raw]);
    }

    #[test]
    fn samples_first_answer_as_long_as_they_are_kept_and_then_whole_buckets_of_what_fits() {
        let tiers = |width, step| tiers_of(plan(MadeOf::SamplesFirst, width, step));
        assert_eq!(tiers(6 * 3_600, 60.0), [Tier::Raw]);
        assert_eq!(tiers(3 * DAY, 300.0), [Tier::Minute, Tier::Raw]);
        assert_eq!(tiers(30 * DAY, 3_600.0), [Tier::Hour, Tier::Minute, Tier::Raw]);
        assert_eq!(tiers(365 * DAY, 86_400.0), [Tier::Day, Tier::Hour, Tier::Minute, Tier::Raw]);
        let (_, raw) = plan(MadeOf::SamplesFirst, 365 * DAY, 86_400.0).pop().expect("there are parts");
        assert_eq!(raw, NOW - DAY..NOW);
    }

    #[test]
    fn what_lies_before_the_first_whole_bucket_is_not_known() {
        let plan = Plan(vec![
            (Tier::Day, 0..10 * DAY),
            (Tier::Hour, 10 * DAY..10 * DAY + 7_200),
            (Tier::Minute, 10 * DAY + 7_200..11 * DAY),
        ]);
        assert_eq!(plan.known_from(0), i64::MIN);
        assert_eq!(plan.known_from(3_600), DAY);
        assert_eq!(plan.known_from(5 * DAY), 5 * DAY);
        assert_eq!(plan.known_from(10 * DAY + 3_600), 10 * DAY + 3_600);
        assert_eq!(plan.known_from(10 * DAY + 10_800), 10 * DAY + 10_800);
        assert_eq!(plan.known_from(20 * DAY), 11 * DAY);
    }

    #[test]
    fn the_parts_of_a_plan_lie_side_by_side_at_borders_of_whole_buckets() {
        for width in [600, 3_600, 5 * 3_600, DAY, 2 * DAY, 9 * DAY, 100 * DAY, 700 * DAY] {
            for step in [1.0, 7.0, 60.0, 300.0, 3_600.0, 10_800.0, 86_400.0] {
                for made_of in [MadeOf::Buckets, MadeOf::SamplesFirst] {
                    let plan = plan(made_of, width, step);
                    assert_eq!(plan.last().map(|(_, part)| part.end), Some(NOW), "{width} {step}");
                    for pair in plan.windows(2) {
                        assert_eq!(pair[0].1.end, pair[1].1.start, "{width} {step}");
                        let border = pair[0].1.end;
                        assert_eq!(border, floor(border, pair[0].0.max(pair[1].0)), "{made_of:?} {width} {step}");
                    }
                }
            }
        }
    }
}
