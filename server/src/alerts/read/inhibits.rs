//! Which rules keep which quiet: that their names exist, and an order in which causes come before symptoms.

use super::given::Given;
use crate::alerts::rule::Rule;
use crate::config::ConfigError;

/// Tells of names that no rule has.
pub(super) fn check(all: &[Given], ids: &[&str], mistakes: &mut Vec<ConfigError>) {
    for given in all {
        let Some(key) = &given.key else { continue };
        for (place, name) in given.text.inhibits.iter().flatten().enumerate() {
            if name != "*" && !ids.contains(&name.as_str()) {
                let known = ids.join(", ");
                let reason = format!("no rule is called \"{name}\": there are * for all, {known}");
                mistakes.push(ConfigError::new(format!("{key}.inhibits[{place}]"), reason));
            }
        }
    }
}

/// The rules, causes first and otherwise as they stand; and a circle, if there is one.
pub(super) fn in_order(rules: Vec<Rule>, all: &[Given]) -> (Vec<Rule>, Option<ConfigError>) {
    let mut left: Vec<Rule> = rules;
    let mut ordered: Vec<Rule> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_free = |rule: &Rule| left.iter().all(|other| other.id == rule.id || !other.inhibits(rule));
        match left.iter().position(is_free) {
            Some(place) => ordered.push(left.remove(place)),
            None => {
                let circle = circle(&left, all);
                ordered.append(&mut left);
                return (ordered, Some(circle));
            }
        }
    }
    (ordered, None)
}

/// Follows the rules that none can come first of, back to one that was met before.
fn circle(left: &[Rule], all: &[Given]) -> ConfigError {
    let mut way: Vec<&Rule> = Vec::new();
    let mut at = &left[0];
    while !way.iter().any(|met| met.id == at.id) {
        way.push(at);
        at = left.iter().find(|other| other.id != at.id && other.inhibits(at)).unwrap_or(at);
    }
    let start = way.iter().position(|met| met.id == at.id).unwrap_or(0);
    let names: Vec<&str> = [&at].into_iter().chain(way[start..].iter().rev()).map(|rule| rule.id.as_str()).collect();
    let written = |id: &str| all.iter().find(|given| given.text.id == id).and_then(|given| given.key.as_ref());
    let key =
        names.iter().find_map(|id| written(id)).map_or_else(|| "rule".to_owned(), |key| format!("{key}.inhibits"));
    ConfigError::new(
        key,
        format!("rules keep one another quiet in a circle, and nobody would be told: {}", names.join(" → ")),
    )
}
