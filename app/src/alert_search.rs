//! What the list of alerts is asked for: the words of the page's address, and which alerts fit them.

use crate::query::AlertFilter;
use crate::server_fns::FIRST_ROWS;
use forewatch::alert::{AlertComponent, AlertState};
use forewatch::{Alert, AlertSeverity, RuleId, Timestamp, time};
use leptos_router::location::Url;

/// The words of the address. What cannot be read is left out: the list then shows more, never something else.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertSearch {
    /// The tab.
    pub tab: String,
    /// How bad.
    pub severity: Option<AlertSeverity>,
    /// About what.
    pub component: Option<AlertComponent>,
    /// About which one.
    pub component_id: Option<String>,
    /// Of which rule.
    pub rule: Option<RuleId>,
    /// Words in the title.
    pub q: Option<String>,
    /// Raised from then on: `now-24h`, or a time as RFC 3339 writes it.
    pub from: Option<String>,
    /// Raised before then.
    pub to: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl AlertSearch {
    /// Reads the address, of which `given` knows the words.
    pub fn of(given: impl Fn(&str) -> Option<String>) -> Self {
        // Which moment "now" is does not matter for whether it can be read.
        let moment = |key: &str| given(key).filter(|text| time::parse(text, Timestamp::UNIX_EPOCH).is_ok());
        Self {
            tab: given("state").unwrap_or_else(|| "active".to_owned()),
            severity: given("severity").and_then(|s| s.parse().ok()),
            component: given("component").and_then(|c| c.parse().ok()),
            component_id: given("component_id"),
            rule: given("rule").and_then(|rule| RuleId::new(&rule).ok()),
            q: given("q"),
            from: moment("from"),
            to: moment("to"),
            cursor: given("cursor"),
        }
    }

    /// The same as the server is asked.
    pub fn filter(&self, now: Timestamp) -> AlertFilter {
        let moment = |text: &Option<String>| time::parse(text.as_deref()?, now).ok();
        AlertFilter {
            state: Some(self.tab.clone()),
            severity: self.severity.into_iter().collect(),
            component: self.component,
            component_id: self.component_id.clone(),
            rule: self.rule.clone(),
            q: self.q.clone(),
            from: moment(&self.from),
            to: moment(&self.to),
            cursor: self.cursor.clone(),
            limit: FIRST_ROWS,
        }
    }

    /// Whether anything but the tab is asked for.
    pub fn is_filtered(&self) -> bool {
        *self != Self::of(|key| (key == "state").then(|| self.tab.clone()))
    }

    /// The address of all that it finds as a file.
    pub fn csv_address(&self) -> String {
        self.address(None).replacen("/alerts", "/alerts.csv", 1)
    }

    /// The address of the first page of the list with these filters, on another tab when one is named.
    pub fn address(&self, tab: Option<&str>) -> String {
        let words = [
            ("severity", self.severity.map(|s| s.as_str().to_owned())),
            ("component", self.component.map(|c| c.as_str().to_owned())),
            ("component_id", self.component_id.clone()),
            ("rule", self.rule.as_ref().map(ToString::to_string)),
            ("q", self.q.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
        ];
        let mut address = "/alerts?state=".to_owned() + &Url::escape(tab.unwrap_or(&self.tab));
        for (key, value) in words {
            if let Some(value) = value {
                address += &["&", key, "=", &Url::escape(&value)].concat();
            }
        }
        address
    }
}

/// Whether a live alert belongs on a tab.
pub fn belongs(alert: &Alert, tab: &str) -> bool {
    match tab {
        "acknowledged" => alert.is_active && alert.acknowledged,
        "suppressed" => alert.is_active && alert.suppressed_by.is_some(),
        "pending" => alert.state == AlertState::Pending,
        "resolved" => alert.state == AlertState::Resolved,
        _ => alert.is_active,
    }
}

/// Whether a live alert fits the other filters.
pub fn fits(alert: &Alert, filter: &AlertFilter) -> bool {
    let has = |q: &String| alert.title.to_lowercase().contains(&q.to_lowercase());
    (filter.severity.is_empty() || filter.severity.contains(&alert.severity))
        && filter.component.is_none_or(|c| c == alert.component)
        && filter.component_id.as_ref().is_none_or(|id| *id == alert.component_id)
        && filter.rule.as_ref().is_none_or(|rule| *rule == alert.rule_id)
        && filter.from.is_none_or(|from| from <= alert.timestamp)
        && filter.to.is_none_or(|to| alert.timestamp < to)
        && filter.q.as_ref().is_none_or(has)
}
