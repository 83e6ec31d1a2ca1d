//! Reports that are made by a schedule and kept.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How often a report is made: of each calendar day, week (from Monday) or month, in its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each day.
    Day,
    /// Each week, from Monday to Sunday.
    Week,
    /// Each month.
    Month,
}

/// A report that was made by the schedule and is kept, in one or more forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeptReport {
    /// What tells it from all others: its schedule's name and its days.
    pub id: String,
    /// The schedule's name.
    pub name: String,
    /// What it is called, where the schedule says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How often one is made.
    pub every: Every,
    /// The time zone of its days: an IANA name.
    pub zone: String,
    /// Its first day in that zone, `2026-11-16`.
    pub first_day: String,
    /// Its last day.
    pub last_day: String,
    /// Where its period begins.
    pub from: DateTime<Utc>,
    /// Where its period ends.
    pub to: DateTime<Utc>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The report in each of its forms.
    pub files: Vec<KeptFile>,
}

/// A kept report in one form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeptFile {
    /// Its name, by which it is asked for.
    pub name: String,
    /// The form: `html`, `pdf`, `csv` or `json`.
    pub format: String,
    /// How large it is.
    pub bytes: u64,
}
