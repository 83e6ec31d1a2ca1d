//! What changed in a span: every metric's mean against its mean in the same length just before.
//!
//! The measure is the difference of the means in units of the spread: the standard deviation of the values around
//! their own means, pooled over both sides (Cohen's d). A metric that hardly wavers would change by infinitely many
//! of them: to the spread is added what nobody would call a change, a fiftieth of the value and a fixed least amount.

use super::answer::{Change, Changes};
use super::question::Question;
use super::span::Span;
use crate::backend::{Backend, BackendError};
use forewatch::catalogue::METRICS;
use forewatch::series::{Point, step_for};
use forewatch::{Unit, time};
use std::time::{Duration, Instant};

/// Steps of both sides together.
const STEPS: usize = 120;
/// Values that each side needs.
const FEWEST: usize = 3;
/// From this score on a change is told.
const LEAST: f64 = 0.5;
/// Changes that are told at most.
const MOST: usize = 24;
/// No further metric is looked at after this long.
const PATIENCE: Duration = Duration::from_secs(8);
/// Counts over all of the retention: they drift whatever happens, and their span differs from the one before always.
const DRIFTING: [&str; 5] =
    ["system.completed", "system.failed", "system.cancelled", "worker.completed", "worker.failed"];

/// Compares every metric, all its series together.
pub async fn changes(backend: &dyn Backend, span: Span) -> Result<Changes, BackendError> {
    let beyond = || BackendError::Invalid("The time lies beyond the calendar.".to_owned());
    let from = time::from_unix_seconds(span.from - span.seconds()).ok_or_else(beyond)?;
    let to = time::from_unix_seconds(span.to).ok_or_else(beyond)?;
    let step = step_for(2.0 * span.seconds(), STEPS).max(backend.shortest_step(from));
    let begun = Instant::now();
    let mut found = Changes { span, compared: 0, unknown: 0, left_out: 0, changes: Vec::new() };
    for metric in METRICS.iter().filter(|metric| !DRIFTING.contains(&metric.name)) {
        if begun.elapsed() > PATIENCE {
            found.left_out += 1;
            continue;
        }
        let answer = backend.series(Question::of(metric.name).query(from, to, step, None)).await?;
        let points = answer.series.into_iter().next().map(|series| series.points).unwrap_or_default();
        let (before, within) = sides(&points, span, step);
        match compare(&before, &within, least(metric.unit)) {
            Some((before, within, score)) => {
                found.compared += 1;
                if score.abs() >= LEAST {
                    found.changes.push(Change { metric: metric.name.to_owned(), before, within, score });
                }
            }
            None => found.unknown += 1,
        }
    }
    found.changes.sort_by(|a, b| b.score.abs().total_cmp(&a.score.abs()));
    found.changes.truncate(MOST);
    Ok(found)
}

/// The values before the span and within it; a step that reaches into both belongs to neither.
fn sides(points: &[Point], span: Span, step: f64) -> (Vec<f64>, Vec<f64>) {
    let known = || points.iter().filter_map(|(at, value)| Some((*at, (*value)?))).filter(|(_, v)| v.is_finite());
    let before = known().filter(|(at, _)| at + step <= span.from).map(|(_, value)| value).collect();
    let within = known().filter(|(at, _)| *at >= span.from).map(|(_, value)| value).collect();
    (before, within)
}

/// Both means, and the difference between them in units of the spread; `None` when a side has too few values.
fn compare(before: &[f64], within: &[f64], least: f64) -> Option<(f64, f64, f64)> {
    if before.len() < FEWEST || within.len() < FEWEST {
        return None;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let squares = |values: &[f64], mean: f64| values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    let (was, is) = (mean(before), mean(within));
    let variance = (squares(before, was) + squares(within, is)) / (before.len() + within.len() - 2) as f64;
    let ignored = least.max(0.02 * was.abs().max(is.abs()));
    let spread = (variance + ignored * ignored).sqrt();
    let score = if spread > 0.0 { (is - was) / spread } else { 0.0 };
    Some((was, is, score))
}

/// The amount of a unit that nobody would call a change.
fn least(unit: Unit) -> f64 {
    match unit {
        Unit::Ratio => 0.005,
        Unit::Celsius => 0.5,
        Unit::Seconds => 0.01,
        Unit::Watts => 1.0,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(mean: f64, by: f64) -> Vec<f64> {
        (0..20).map(|n| mean + if n % 2 == 0 { by } else { -by }).collect()
    }

    fn score(before: &[f64], within: &[f64]) -> f64 {
        compare(before, within, 0.0).expect("there are enough values").2
    }

    #[test]
    fn a_move_counts_by_how_much_the_metric_usually_wavers() {
        let (calm, wild) = (score(&wave(10.0, 1.0), &wave(14.0, 1.0)), score(&wave(10.0, 8.0), &wave(14.0, 8.0)));
        assert!(calm > 3.5 && calm < 4.0, "{calm}");
        assert!(wild > 0.4 && wild < 0.5, "{wild}");
        assert!((score(&wave(14.0, 1.0), &wave(10.0, 1.0)) + calm).abs() < 1e-9);
        assert!(score(&wave(10.0, 3.0), &wave(10.0, 3.0)).abs() < 1e-9);
    }

    #[test]
    fn what_never_wavers_has_a_finite_score_and_a_hair_is_no_change() {
        assert!(score(&[0.0; 5], &[0.0; 5]).abs() < 1e-9);
        assert!(score(&[4.0; 5], &[8.0; 5]).is_finite());
        assert!(score(&[100.0; 5], &[100.5; 5]) < LEAST);
        let hair = compare(&[0.0; 5], &[0.001; 5], least(Unit::Ratio)).expect("there are enough values");
        assert!(hair.2 < LEAST);
    }

    #[test]
    fn too_few_values_are_not_compared_and_a_step_across_the_border_is_left_out() {
        assert_eq!(compare(&[1.0, 2.0], &[1.0, 2.0, 3.0], 0.0), None);
        let points: Vec<Point> = (0..8).map(|n| (f64::from(n) * 10.0, Some(f64::from(n)))).collect();
        let span = Span { from: 45.0, to: 80.0 };
        let (before, within) = sides(&points, span, 10.0);
        assert_eq!((before, within), (vec![0.0, 1.0, 2.0, 3.0], vec![5.0, 6.0, 7.0]));
    }
}
