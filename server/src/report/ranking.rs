//! Rankings: of what ended by one thing, the largest each in a row, and all others together in one.

use crate::stats::{Gathered, Key, Tally, group};
use forewatch::TaskGroup;
use forewatch::report::{Compared, Ranking};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Rows of a ranking, without that of all others.
const ROWS: usize = 20;

/// The ranking of what ended in a period, beside what ended before it.
pub(super) fn of(now: Gathered, before: Option<Gathered>) -> Ranking {
    let mut tallies: Vec<(Key, Tally)> = now.into_tallies().collect();
    let mut earlier: HashMap<Key, Tally> = before.into_iter().flat_map(Gathered::into_tallies).collect();
    let total = tallies.len() as u64;
    // What had no room of its own when it was counted is of the others, however large.
    tallies.sort_by(|(a, a_tally), (b, b_tally)| {
        let rank = |key: &Key, tally: &Tally| (*key == Key::Other, Reverse(tally.counts.all()));
        rank(a, a_tally).cmp(&rank(b, b_tally)).then_with(|| named(a).cmp(&named(b)))
    });
    let largest = tallies.iter().take_while(|(key, _)| *key != Key::Other).count().min(ROWS);
    let others = tallies.split_off(largest);
    let mut rows: Vec<Compared<TaskGroup>> = tallies
        .iter()
        .map(|(key, tally)| Compared {
            now: group(key, tally),
            before: earlier.remove(key).map(|tally| group(key, &tally)),
        })
        .collect();
    if !others.is_empty() {
        let sum = |tallies: &mut dyn Iterator<Item = &Tally>| {
            tallies.fold(Tally::default(), |mut sum, tally| {
                sum.add(tally);
                sum
            })
        };
        let now = group(&Key::Other, &sum(&mut others.iter().map(|(_, tally)| tally)));
        let before = (!earlier.is_empty()).then(|| group(&Key::Other, &sum(&mut earlier.values())));
        rows.push(Compared { now, before });
    }
    Ranking { rows, total }
}

/// In which order equally large ones stand.
fn named(key: &Key) -> Option<&str> {
    match key {
        Key::Named(name) => Some(name),
        Key::None | Key::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{By, Finished, Kept, Span, gather};
    use crate::store::{Next, StoreError, Tallied, TallyReader};
    use app::query::TaskFilter;
    use chrono::{DateTime, TimeDelta, Utc};
    use std::ops::Range;

    /// Tallies alone: how many completed, by key.
    struct Told(Vec<(Key, u64)>);

    impl TallyReader for Told {
        fn tallies(
            &self,
            _: &Tallied,
            each: &mut dyn FnMut(i64, Key, Tally) -> Result<(), StoreError>,
        ) -> Result<(), StoreError> {
            self.0.iter().try_for_each(|(key, completed)| {
                let mut tally = Tally::default();
                tally.counts.completed = *completed;
                each(0, key.clone(), tally)
            })
        }

        fn finished(
            &self,
            _: &TaskFilter,
            _: Range<DateTime<Utc>>,
            _: &mut dyn FnMut(Finished) -> Next,
        ) -> Result<(), StoreError> {
            Ok(())
        }
    }

    fn gathered(told: Vec<(Key, u64)>) -> Gathered {
        let kept = Kept { tasks: TimeDelta::days(7), hours: TimeDelta::days(90) };
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        let span: Span = (now - TimeDelta::hours(2), now);
        let [gathered] = gather(&Told(told), [By::Name], span, kept, now).expect("it is told");
        gathered
    }

    fn name(n: u64) -> Key {
        Key::Named(format!("name-{n:02}"))
    }

    /// Key, count and count before of each row.
    fn rows(ranking: &Ranking) -> Vec<(Option<&str>, bool, u64, Option<u64>)> {
        let row = |row: &'_ Compared<TaskGroup>| row.before.as_ref().map(|before| before.total);
        ranking.rows.iter().map(|r| (r.now.key.as_deref(), r.now.is_other, r.now.total, row(r))).collect()
    }

    #[test]
    fn the_largest_have_a_row_each_and_all_others_one_behind_them_so_that_nothing_is_missing() {
        // 1 + 2 + … + 30; and what had no room when it was counted is larger than any of them.
        let told = (1..=30).map(|n| (name(n), n)).chain([(Key::Other, 1_000)]).collect();
        let before = [(name(30), 7), (name(3), 2), (name(99), 4), (Key::Other, 50)].to_vec();
        let ranking = of(gathered(told), Some(gathered(before)));
        assert_eq!((ranking.total, ranking.rows.len()), (31, ROWS + 1));
        let rows = rows(&ranking);
        assert_eq!(rows[0], (Some("name-30"), false, 30, Some(7)));
        assert_eq!(rows[19], (Some("name-11"), false, 11, None));
        assert_eq!(rows[20], (Some("other"), true, 1_000 + 55, Some(50 + 2 + 4)));
        assert_eq!(rows.iter().map(|(.., now, _)| now).sum::<u64>(), 1_000 + 465);
    }

    #[test]
    fn where_all_have_a_row_there_are_no_others_and_equal_ones_stand_by_name() {
        let ranking = of(gathered(vec![(name(2), 5), (Key::None, 5), (name(1), 5), (name(3), 0)]), None);
        let expected = [(None, false, 5, None), (Some("name-01"), false, 5, None), (Some("name-02"), false, 5, None)];
        assert_eq!((rows(&ranking), ranking.total), (expected.to_vec(), 3));
    }
}
