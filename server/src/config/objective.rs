//! The section `[[objective]]`, as it is written: what it means is found out by [`crate::alerts`].

use super::Span;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One objective. Everything is optional, so that a mistake in one key never hides those in others.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ObjectiveText {
    pub(crate) id: String,
    /// What people call it; made of what it asks for when absent.
    pub(crate) title: Option<String>,
    /// Labels with `*` for any text and `!` for "not"; all tasks when there is none.
    #[serde(rename = "where")]
    pub(crate) filter: BTreeMap<String, String>,
    /// The share of tasks that is to go well.
    pub(crate) target: Option<f64>,
    /// Tasks are to start within this of their submission; to succeed when absent.
    pub(crate) start_within: Option<Span>,
    /// Over this long; 28 days when absent.
    pub(crate) period: Option<Span>,
}
