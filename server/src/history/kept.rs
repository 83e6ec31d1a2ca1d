//! How long history is kept.

use super::key::Tier;
use chrono::TimeDelta;

/// Raw samples stay this much longer than asked for, seconds: the hour that they are in is trimmed as a whole.
const HOUR: i64 = 3_600;

/// How long each tier is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub(crate) samples: TimeDelta,
    pub(crate) minutes: TimeDelta,
    pub(crate) hours: TimeDelta,
    pub(crate) days: TimeDelta,
}

impl Kept {
    /// The first time of which a tier tells, as of `now` (Unix seconds).
    pub(crate) fn since(&self, tier: Tier, now: i64) -> i64 {
        let kept = match tier {
            Tier::Raw => self.samples,
            Tier::Minute => self.minutes,
            Tier::Hour => self.hours,
            Tier::Day => self.days,
        };
        now.saturating_sub(kept.num_seconds())
    }

    /// The finest tier that tells of all from a time on, as of `now` (Unix seconds); the coarsest where none does.
    pub(super) fn finest(&self, from: i64, now: i64) -> Tier {
        Tier::ALL.into_iter().find(|tier| self.since(*tier, now) <= from).unwrap_or(Tier::Day)
    }

    /// The first slot of a tier that is not trimmed.
    pub(super) fn first_slot(&self, tier: Tier, now: i64) -> u32 {
        tier.slot(self.since(tier, now) - if tier == Tier::Raw { HOUR } else { 0 })
    }
}
