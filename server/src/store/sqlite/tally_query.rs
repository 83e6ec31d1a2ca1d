//! Reading tallies and what single records count, a row at a time: no answer holds more than its groups.

use super::filter::matching;
use super::query::SqliteRecords;
use super::tallies::{open, read};
use super::tally_days::rolled;
use super::{failed, record};
use crate::stats::{DAY, Finished, Grain, Key, Tally};
use crate::store::{Finest, Next, StoreError, Tallied, TallyReader};
use app::query::TaskFilter;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params, params_from_iter};
use std::ops::Range;

const DOING: &str = "reading tallies";

impl TallyReader for SqliteRecords {
    fn tallies(
        &self,
        of: &Tallied,
        each: &mut dyn FnMut(i64, Key, Tally) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.with(|connection| {
            // One sight for all parts.
            let transaction = connection.unchecked_transaction().map_err(failed(DOING))?;
            for (grain, span) in parts(of, rolled(&transaction, of.dimension)?) {
                rows(&transaction, of, grain, span, each)?;
            }
            Ok(())
        })
    }

    fn finished(
        &self,
        filter: &TaskFilter,
        span: Range<DateTime<Utc>>,
        each: &mut dyn FnMut(Finished) -> Next,
    ) -> Result<(), StoreError> {
        let mut sql = matching(filter);
        sql.between("ended", Some(span.start), Some(span.end));
        self.with(|connection| {
            let doing = "reading what ended";
            let mut select = connection
                .prepare_cached(&format!("SELECT record FROM {}", sql.from("tasks")))
                .map_err(failed(doing))?;
            let mut rows = select.query(params_from_iter(&sql.values)).map_err(failed(doing))?;
            while let Some(row) = rows.next().map_err(failed(doing))? {
                let record = record::json(row.get_ref(0).map_err(failed(doing))?)?;
                if let Some(task) = read(&record)?
                    && each(task) == Next::Enough
                {
                    break;
                }
            }
            Ok(())
        })
    }
}

/// The grains that answer for a range, oldest first. `rolled` is up to when there are days.
fn parts(of: &Tallied, rolled: i64) -> Vec<(Grain, Range<i64>)> {
    let Range { start, end } = of.span;
    let first = (start + DAY - 1).div_euclid(DAY) * DAY;
    let last = (end.div_euclid(DAY) * DAY).min(rolled);
    if of.grain == Finest::Own || first >= last {
        return vec![(Grain::Fine, start..end)];
    }
    let mut parts = vec![(Grain::Fine, start..first), (Grain::Day, first..last), (Grain::Fine, last..end)];
    parts.retain(|(_, span)| !span.is_empty());
    parts
}

fn rows(
    connection: &Connection,
    of: &Tallied,
    grain: Grain,
    span: Range<i64>,
    each: &mut dyn FnMut(i64, Key, Tally) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT begin, key, body FROM tally WHERE grain = ? AND dimension = ? AND begin >= ? AND begin < ? \
             ORDER BY begin, key",
        )
        .map_err(failed(DOING))?;
    let mut rows =
        select.query(params![grain.number(), of.dimension.number(), span.start, span.end]).map_err(failed(DOING))?;
    while let Some(row) = rows.next().map_err(failed(DOING))? {
        let begin = row.get(0).map_err(failed(DOING))?;
        let key = row.get_ref(1).and_then(|value| Ok(Key::read(value.as_str()?))).map_err(failed(DOING))?;
        let body = row.get_ref(2).and_then(|value| Ok(value.as_blob()?)).map_err(failed(DOING))?;
        each(begin, key, open(body)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Dimension;

    fn parts_of(span: Range<i64>, grain: Finest, rolled: i64) -> Vec<(Grain, Range<i64>)> {
        parts(&Tallied { dimension: Dimension::Queue, span, grain }, rolled)
    }

    #[test]
    fn whole_days_that_are_made_answer_for_their_part_and_no_second_is_told_twice() {
        let hour = 3_600;
        assert_eq!(
            parts_of(DAY - hour..4 * DAY + hour, Finest::Days, 3 * DAY),
            [(Grain::Fine, DAY - hour..DAY), (Grain::Day, DAY..3 * DAY), (Grain::Fine, 3 * DAY..4 * DAY + hour)]
        );
        assert_eq!(parts_of(DAY..3 * DAY, Finest::Days, 9 * DAY), [(Grain::Day, DAY..3 * DAY)]);
        assert_eq!(parts_of(hour..2 * hour, Finest::Days, 9 * DAY), [(Grain::Fine, hour..2 * hour)]);
        assert_eq!(parts_of(DAY..3 * DAY, Finest::Own, 9 * DAY), [(Grain::Fine, DAY..3 * DAY)]);
        assert_eq!(parts_of(DAY..3 * DAY, Finest::Days, i64::MIN), [(Grain::Fine, DAY..3 * DAY)]);
    }
}
