//! The marks of severity: shape, colour and a word. Only critical is filled.

use super::icon::{Glyph, Icon};
use forewatch::AlertSeverity;
use leptos::prelude::*;

/// The icon and the colour's class of a severity.
pub fn mark(severity: AlertSeverity) -> (Glyph, &'static str) {
    match severity {
        AlertSeverity::Critical => (Glyph::Critical, "c-critical"),
        AlertSeverity::Error => (Glyph::Error, "c-error"),
        AlertSeverity::Warning => (Glyph::Warning, "c-warning"),
        AlertSeverity::Info => (Glyph::Info, "c-info"),
    }
}

/// The word that people read.
pub fn word(severity: AlertSeverity) -> &'static str {
    match severity {
        AlertSeverity::Critical => "Critical",
        AlertSeverity::Error => "Error",
        AlertSeverity::Warning => "Warning",
        AlertSeverity::Info => "Info",
    }
}

/// A severity as a badge.
#[component]
pub fn SeverityBadge(
    /// How bad it is.
    severity: AlertSeverity,
) -> impl IntoView {
    let (glyph, _) = mark(severity);
    view! {
        <span class=format!("badge {}", severity.as_str())>
            <Icon glyph/>
            {word(severity)}
        </span>
    }
}

/// A severity as a mark alone, with its word for those who do not see it.
#[component]
pub fn SeverityMark(
    /// How bad it is.
    severity: AlertSeverity,
) -> impl IntoView {
    let (glyph, class) = mark(severity);
    view! {
        <span class="sev">
            <Icon glyph class/>
            <span class="vh">{word(severity)}</span>
        </span>
    }
}
