//! Alert rules as they are shown: what each watches, and how close it is to firing.

use crate::alert::{AlertComponent, AlertSeverity};
use crate::worker::words;
use crate::{RuleId, Unit, format};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleOrigin {
    /// It comes with Forewatch.
    Default,
    /// It comes with Forewatch, and the configuration changes it.
    Changed,
    /// It is the configuration's own.
    Configured,
}

words!(RuleOrigin { Default => "default", Changed => "changed", Configured => "configured" });

/// A rule now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleStatus {
    /// The rule.
    pub rule_id: RuleId,
    /// Where it comes from.
    pub origin: RuleOrigin,
    /// What its alerts are about; a rule on tasks may have several.
    pub components: Vec<AlertComponent>,
    /// What it looks at: a metric's name, or a kind of its own.
    pub watches: String,
    /// When it fires, in words.
    #[serde(default)]
    pub condition: String,
    /// Whether the past tells enough to try it.
    #[serde(default)]
    pub can_be_tried: bool,
    /// What its values count.
    pub unit: Unit,
    /// The conditions on its subjects, by label.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, String>,
    /// How a value is compared with the threshold: `>`, `>=`, `<` or `<=`.
    pub op: String,
    /// True from here on.
    pub threshold: f64,
    /// Once it fires it stays true up to here.
    pub clear: f64,
    /// True for so many seconds before it fires.
    pub for_seconds: f64,
    /// False for so many seconds before it is resolved.
    pub keep_firing_seconds: f64,
    /// How bad it is from the threshold on.
    pub severity: AlertSeverity,
    /// How bad it is from other values on.
    #[serde(default)]
    pub severities: Vec<SeverityStep>,
    /// Subjects that it looks at now.
    pub subjects: u64,
    /// Subjects of which nothing can be said now.
    pub unknown: u64,
    /// Its alerts that are active now.
    pub active: u64,
    /// Its alerts that are true, not yet for long enough.
    pub pending: u64,
    /// The subject that is closest to its threshold, or farthest beyond it.
    pub nearest: Option<Nearest>,
}

/// A severity from a value on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeverityStep {
    /// From this value on.
    pub at: f64,
    /// How bad it is then.
    pub severity: AlertSeverity,
}

/// How close a rule is to firing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Nearest {
    /// What the subject's alert would be about.
    pub component: AlertComponent,
    /// Which one.
    pub component_id: String,
    /// What people call it.
    pub name: String,
    /// Its value now.
    pub value: f64,
    /// Its threshold; of a device's temperature, its own.
    pub threshold: f64,
    /// Whether it is beyond it; absent where that cannot be said, as of too few tasks.
    pub is_true: Option<bool>,
    /// The value as a share of the threshold, 1 and more being true; the other way round where small values are bad.
    /// Absent where the threshold is zero.
    pub share: Option<f64>,
}

/// What a rule would have done in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleTrial {
    /// The rule.
    pub rule_id: RuleId,
    /// From then on.
    pub from: DateTime<Utc>,
    /// Until then.
    pub to: DateTime<Utc>,
    /// Seconds between two values that were looked at; absent where it could not be tried.
    pub step: Option<f64>,
    /// What is to be known of how it was tried, or why it could not be.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How often it would have fired.
    pub firings: u64,
    /// For how long in all, seconds.
    pub firing_seconds: f64,
    /// The times at which it would have fired, oldest first, at most [`MAX_FIRINGS`].
    #[serde(default)]
    pub times: Vec<Firing>,
}

impl RuleTrial {
    /// What it would have done, in a sentence without a subject.
    pub fn outcome(&self) -> String {
        match (self.step, self.firings) {
            (None, _) => "not tried".to_owned(),
            (Some(_), 0) => "would not have fired".to_owned(),
            (Some(_), 1) => format!("would have fired once, for {}", format::age(self.firing_seconds)),
            (Some(_), firings) => format!(
                "would have fired {} times, for {} in all",
                format::count(firings),
                format::age(self.firing_seconds)
            ),
        }
    }
}

/// Firings that a trial lists.
pub const MAX_FIRINGS: usize = 500;

/// One time at which a rule would have fired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Firing {
    /// The labels of what it would have been about.
    pub labels: BTreeMap<String, String>,
    /// When it would have fired.
    pub from: DateTime<Utc>,
    /// When it would have been resolved; absent while it still would be firing at the end.
    pub to: Option<DateTime<Utc>>,
    /// The farthest value meanwhile.
    pub peak: f64,
}
