//! Asks history in steps that it keeps: the further back, the longer they are.

use crate::backend::{Backend, BackendError};
use crate::query::SeriesQuery;
use forewatch::catalogue::{self, MetricType};
use forewatch::series::{Aggregation, Point, QueryAnswer};
use forewatch::time;

/// The answer to a query with a step, in that step, or in the shortest one that is kept of its time. A period before of
/// which only longer steps are kept is told in the query's all the same, so that it can be laid behind its own.
pub(crate) async fn told(backend: &dyn Backend, mut query: SeriesQuery) -> Result<QueryAnswer, BackendError> {
    let Some(step) = query.step else { return backend.series(query).await };
    let step = step.max(backend.shortest_step(query.from));
    query.step = Some(step);
    let Some(offset) = query.offset else { return backend.series(query).await };
    let back = time::from_unix_seconds(time::unix_seconds(query.from) - offset).unwrap_or(query.from);
    let longer = step.max(backend.shortest_step(back));
    if longer <= step {
        return backend.series(query).await;
    }
    let (from, to) = (time::unix_seconds(query.from), time::unix_seconds(query.to));
    let first = ((from - offset) / step).floor() * step + offset;
    let share = if adds_up(&query) { step / longer } else { 1.0 };
    query.step = Some(longer);
    let mut answer = backend.series(query).await?;
    for series in &mut answer.series {
        series.points = spread(&series.points, longer, (first, to, step), share);
    }
    answer.step = step;
    Ok(answer)
}

/// Whether the value of a long step is the sum of those of the short ones in it.
fn adds_up(query: &SeriesQuery) -> bool {
    let is_counter = catalogue::find(&query.metric).is_some_and(|it| it.metric().kind == MetricType::Counter);
    let over = query.over.or(if query.by.is_none() { query.agg } else { None });
    over.map_or(is_counter, |over| matches!(over, Aggregation::Increase | Aggregation::Sum | Aggregation::Count))
}

/// Points of long steps as points of short ones, from `first` until `to`: each has its `share` of the long one that it
/// begins in.
fn spread(points: &[Point], long: f64, (first, to, short): (f64, f64, f64), share: f64) -> Vec<Point> {
    let starts = (0..).map(|n: u32| first + f64::from(n) * short).take_while(|at| *at < to);
    let value = |at: f64| {
        let last = points[..points.partition_point(|point| point.0 <= at)].last()?;
        last.1.filter(|_| at < last.0 + long).map(|value| value * share)
    };
    starts.map(|at| (at, value(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_step_is_told_in_each_short_one_that_begins_in_it_and_what_adds_up_is_shared_out() {
        let points = [(0.0, Some(8.0)), (60.0, None), (120.0, Some(4.0))];
        let told = spread(&points, 60.0, (30.0, 200.0, 30.0), 0.5);
        let expected = [Some(4.0), None, None, Some(2.0), Some(2.0), None];
        assert_eq!(told, (1..).map(|n: u32| f64::from(n) * 30.0).zip(expected).collect::<Vec<_>>());
        assert_eq!(spread(&[], 60.0, (0.0, 60.0, 30.0), 1.0), [(0.0, None), (30.0, None)]);
    }
}
