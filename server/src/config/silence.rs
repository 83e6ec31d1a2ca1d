//! The section `[[silence]]`: maintenance windows, as they are written.

use serde::Deserialize;
use std::collections::BTreeMap;

/// One window.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SilenceText {
    /// By which the alerts are marked.
    pub(crate) name: String,
    /// Labels with `*` for any text and `!` for "not"; all alerts when there is none.
    #[serde(rename = "where")]
    pub(crate) filter: BTreeMap<String, String>,
    /// On these days of every week; once when absent.
    pub(crate) days: Option<Vec<String>>,
    /// A time; with `days` a time of day.
    pub(crate) from: String,
    pub(crate) to: String,
    /// The zone of the times of day; UTC when absent.
    pub(crate) zone: Option<String>,
}
