//! A rule is data: what it looks at, from where on that is bad, for how long, and what to say.

use super::pattern::Where;
use super::severity::Severities;
use super::template::Template;
use super::watches::Watches;
use chrono::TimeDelta;
use forewatch::RuleId;
use forewatch::rule::RuleOrigin;

/// When an alert is raised, how bad it is, and what it says.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: RuleId,
    pub(crate) origin: RuleOrigin,
    pub(crate) watches: Watches,
    /// The subjects that are meant, of all that it could look at.
    pub(crate) filter: Where,
    /// How a value is compared with the threshold.
    pub(crate) op: Op,
    /// True from here on.
    pub(crate) threshold: f64,
    /// Once it fires it stays true up to here: never beyond the threshold.
    pub(crate) clear: f64,
    /// True for this long before it fires.
    pub(crate) lasts: TimeDelta,
    /// False for this long before it is resolved.
    pub(crate) keep_firing: TimeDelta,
    pub(crate) severities: Severities,
    /// Resolved by hand and still true after this is open again.
    pub(crate) renotify: TimeDelta,
    /// The alerts that say nothing new while one of this rule is active.
    pub(crate) inhibits: Inhibits,
    /// The title, the description, and where it stands what to do.
    pub(crate) title: Template,
    pub(crate) description: Template,
    pub(crate) runbook: Option<Template>,
}

/// How a value is compared with a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Op {
    pub(crate) const ALL: [Self; 4] = [Self::Above, Self::AtLeast, Self::Below, Self::AtMost];

    /// The sign in a configuration.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }

    /// Whether the comparison holds.
    pub(crate) fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Above => value > bound,
            Self::AtLeast => value >= bound,
            Self::Below => value < bound,
            Self::AtMost => value <= bound,
        }
    }

    /// Whether a bound lies farther than another one.
    pub(super) fn is_beyond(self, bound: f64, other: f64) -> bool {
        if self.is_upward() { bound > other } else { bound < other }
    }

    /// Whether it asks for large values.
    pub(crate) fn is_upward(self) -> bool {
        matches!(self, Self::Above | Self::AtLeast)
    }

    /// A bound, moved back by so much: where it holds for more values.
    pub(super) fn back(self, bound: f64, by: f64) -> f64 {
        if self.is_upward() { bound - by } else { bound + by }
    }
}

/// What an active alert keeps quiet: alerts of these rules that are about the same subject, or about what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inhibits {
    /// Those of all rules but such as are as general as this one.
    All,
    /// Those of the rules named; maybe none.
    These(Vec<RuleId>),
}

impl Inhibits {
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::These(rules) if rules.is_empty())
    }
}

impl Rule {
    /// Whether an active alert of this rule keeps one of another rule quiet, when that is about something of it.
    pub(super) fn inhibits(&self, other: &Self) -> bool {
        match &self.inhibits {
            Inhibits::These(rules) => rules.contains(&other.id),
            Inhibits::All => other.inhibits != Inhibits::All || self.watches.rank() < other.watches.rank(),
        }
    }
}
