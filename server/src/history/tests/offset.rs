//! The period before: the answer of another time, told as of this one.

use super::world::{DAY, World, query};
use forewatch::series::{Aggregation, Point, QueryAnswer};

fn bits(points: &[Point]) -> Vec<(u64, Option<u64>)> {
    points.iter().map(|(at, value)| (at.to_bits(), value.map(f64::to_bits))).collect()
}

#[test]
fn an_offset_tells_of_the_period_before_from_whichever_tier_has_it() {
    let mut world = World::new();
    for n in 0..2 * 8_640 {
        world.put("w", "worker.load_1m", None, (DAY + n * 10) * 1_000, (n * 37 % 1_000) as f64);
    }
    assert!(world.keeper.flush());
    let mut sources = Vec::new();
    // From samples alone, over each border between two tiers, and from each tier of buckets.
    for (now, step) in [
        (DAY + 2 * 86_400, 30.0),
        (DAY + 2 * 86_400, 300.0),
        (DAY + 2 * 86_400 + 40_000, 60.0),
        (DAY + 4 * 86_400, 300.0),
        (DAY + 8 * 86_400, 3_600.0),
        (DAY + 20 * 86_400, 3_600.0),
        (DAY + 91 * 86_400, 86_400.0),
        (DAY + 200 * 86_400, 86_400.0),
    ] {
        world.now = now;
        world.work();
        for over in [Aggregation::Avg, Aggregation::Max, Aggregation::Increase, Aggregation::P95] {
            let (from, to) = (DAY + 43_200, DAY + 2 * 86_400 - 600);
            let ask = |days: Option<i32>| -> QueryAnswer {
                let shift = i64::from(days.unwrap_or(0)) * 86_400;
                let mut query = query("worker.load_1m", from + shift, to + shift, step);
                (query.over, query.offset) = (Some(over), days.map(|days| f64::from(days) * 86_400.0));
                world.query(&query).expect("it can be answered")
            };
            let then = ask(None);
            for days in [1, 7] {
                let (now, offset) = (ask(Some(days)), f64::from(days) * 86_400.0);
                assert_eq!(now.source, then.source);
                assert_eq!(now.series.len(), then.series.len());
                for (now, then) in now.series.iter().zip(&then.series) {
                    let told: Vec<Point> = then.points.iter().map(|(at, value)| (at + offset, *value)).collect();
                    assert_eq!(bits(&now.points), bits(&told), "{over:?} at {step}");
                }
            }
            sources.push(then.source);
        }
    }
    for source in ["raw", "1m", "1h", "1d", "mixed"] {
        assert!(sources.iter().any(|answered| answered == source), "{source}: {sources:?}");
    }
}
