//! What the list of alerts is asked for: the words of the page's address, and which alerts fit them.

use crate::escape::escape;
use crate::query::AlertFilter;
use crate::server_fns::FIRST_ROWS;
use forewatch::alert::{AlertComponent, AlertState};
use forewatch::time::TimeDelta;
use forewatch::{Alert, AlertSeverity, RuleId, Timestamp, time};

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
    /// Raised on this day or later, UTC: `2026-11-24`.
    pub since: Option<String>,
    /// Raised on this day or earlier.
    pub until: Option<String>,
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
            since: given("since").filter(|text| day(text).is_some()),
            until: given("until").filter(|text| day(text).is_some()),
            cursor: given("cursor"),
        }
    }

    /// The same as the server is asked.
    pub fn filter(&self, now: Timestamp) -> AlertFilter {
        let moment = |text: &Option<String>| time::parse(text.as_deref()?, now).ok();
        let since = self.since.as_deref().and_then(day);
        let until = self.until.as_deref().and_then(day).map(|day| day + TimeDelta::days(1));
        AlertFilter {
            state: Some(self.tab.clone()),
            severity: self.severity.into_iter().collect(),
            component: self.component,
            component_id: self.component_id.clone(),
            rule: self.rule.clone(),
            q: self.q.clone(),
            from: moment(&self.from).into_iter().chain(since).max(),
            to: moment(&self.to).into_iter().chain(until).min(),
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
            ("since", self.since.clone()),
            ("until", self.until.clone()),
        ];
        let mut address = "/alerts?state=".to_owned() + &escape(tab.unwrap_or(&self.tab));
        for (key, value) in words {
            if let Some(value) = value {
                address += &["&", key, "=", &escape(&value)].concat();
            }
        }
        address
    }
}

/// When a day begins, in UTC, as a form's field has it.
fn day(text: &str) -> Option<Timestamp> {
    time::parse(&[text, "T00:00:00Z"].concat(), Timestamp::UNIX_EPOCH).ok()
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
        && filter.component_id.as_ref().is_none_or(|id| forewatch::pattern::fits(id, &alert.component_id))
        && filter.rule.as_ref().is_none_or(|rule| *rule == alert.rule_id)
        && filter.from.is_none_or(|from| from <= alert.timestamp)
        && filter.to.is_none_or(|to| alert.timestamp < to)
        && filter.q.as_ref().is_none_or(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(query: &str) -> AlertSearch {
        let given = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        AlertSearch::of(|key| given(key).map(str::to_owned))
    }

    fn at(text: &str) -> Option<Timestamp> {
        time::parse(text, Timestamp::UNIX_EPOCH).ok()
    }

    #[test]
    fn two_days_are_a_time_with_both_of_them_and_narrow_what_else_is_asked() {
        let now = at("2026-11-24T14:00:00Z").expect("a time");
        let asked = search("state=all&since=2026-11-20&until=2026-11-22");
        let filter = asked.filter(now);
        assert_eq!((filter.from, filter.to), (at("2026-11-20T00:00:00Z"), at("2026-11-23T00:00:00Z")));
        assert_eq!(asked.address(None), "/alerts?state=all&since=2026-11-20&until=2026-11-22");
        assert!(asked.is_filtered());
        let narrowed = search("since=2026-11-20&from=now-24h&until=2026-11-24&to=2026-11-24T12:00:00Z").filter(now);
        assert_eq!((narrowed.from, narrowed.to), (at("2026-11-23T14:00:00Z"), at("2026-11-24T12:00:00Z")));
    }

    #[test]
    fn what_is_no_day_is_left_out() {
        for wrong in ["yesterday", "2026-13-01", "now-1d", "2026-11-24T14:00:00Z"] {
            assert_eq!(search(&["since=", wrong].concat()).since, None, "{wrong}");
        }
    }
}
