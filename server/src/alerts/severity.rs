//! How bad an alert is: by its rule, raised in steps as the value goes on.

use super::rule::Op;
use forewatch::AlertSeverity;

/// The severities of a rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Severities {
    /// From the threshold on.
    pub(crate) first: AlertSeverity,
    /// From each of these values on, the farthest last.
    pub(crate) steps: Vec<Step>,
}

/// A severity from a value on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub(crate) at: f64,
    pub(crate) severity: AlertSeverity,
}

impl Severities {
    /// The severity at a value, given the one before. A step that was reached holds until the value has gone back by
    /// `slack`, as far as the rule itself needs to clear: no flutter between two severities.
    pub(super) fn at(
        &self,
        op: Op,
        value: Option<f64>,
        slack: f64,
        before: Option<AlertSeverity>,
        bound: impl Fn(f64) -> f64,
    ) -> AlertSeverity {
        let Some(value) = value else {
            return before.filter(|before| self.has(*before)).unwrap_or(self.first);
        };
        let reached = |step: &&Step| {
            let held = before.is_some_and(|before| before >= step.severity);
            op.holds(value, if held { op.back(bound(step.at), slack) } else { bound(step.at) })
        };
        self.steps.iter().rev().find(reached).map_or(self.first, |step| step.severity)
    }

    fn has(&self, severity: AlertSeverity) -> bool {
        self.first == severity || self.steps.iter().any(|step| step.severity == severity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::AlertSeverity::{Critical, Error, Warning};

    #[test]
    fn a_severity_rises_at_its_step_and_falls_once_the_value_has_gone_back() {
        let steps = vec![Step { at: 0.95, severity: Error }, Step { at: 0.97, severity: Critical }];
        let severities = Severities { first: Warning, steps };
        let at = |value, before| severities.at(Op::Above, value, 0.05, before, |at| at);
        assert_eq!(at(Some(0.91), None), Warning);
        assert_eq!(at(Some(0.96), Some(Warning)), Error);
        assert_eq!(at(Some(0.98), Some(Warning)), Critical);
        assert_eq!(at(Some(0.93), Some(Critical)), Critical);
        assert_eq!(at(Some(0.915), Some(Critical)), Error);
        assert_eq!(at(Some(0.895), Some(Critical)), Warning);
        assert_eq!((at(None, Some(Critical)), at(None, None)), (Critical, Warning));
    }

    #[test]
    fn a_rule_on_small_values_rises_downwards() {
        let severities = Severities { first: Warning, steps: vec![Step { at: 1.0, severity: Critical }] };
        let at = |value, before| severities.at(Op::Below, Some(value), 2.0, before, |at| at);
        assert_eq!((at(4.0, None), at(0.5, Some(Warning)), at(2.5, Some(Critical))), (Warning, Critical, Critical));
        assert_eq!(at(3.0, Some(Critical)), Warning);
    }
}
