//! What is left of the budgets of objectives, and how fast they are used.

use super::text::{Kind, Text};
use crate::alerts::objective_status;
use crate::collector::Fleet;
use forewatch::objective::ObjectiveStatus;

/// Writes the objectives' numbers; what is not known has no sample.
pub(super) fn write(text: &mut Text, fleet: &Fleet) {
    let objectives: Vec<ObjectiveStatus> =
        fleet.objectives.iter().map(|counted| objective_status(counted, fleet.now)).collect();
    if objectives.is_empty() {
        return;
    }
    let mut left = text.family(
        "forewatch_objective_budget_left_ratio",
        Kind::Gauge,
        "What is left of an objective's budget as a share of it; below 0 where more went wrong than may.",
    );
    for status in &objectives {
        left.sample(&[("objective", &status.objective.objective_id)], status.budget_left);
    }
    let mut burn = text.family(
        "forewatch_objective_burn_rate",
        Kind::Gauge,
        "How fast an objective's budget is used, by window; 1 uses it up in exactly its period.",
    );
    for status in &objectives {
        for window in &status.windows {
            let seconds = window.seconds.to_string();
            burn.sample(
                &[("objective", &status.objective.objective_id), ("window_seconds", &seconds)],
                window.burn_rate,
            );
        }
    }
}
