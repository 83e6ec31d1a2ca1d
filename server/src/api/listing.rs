//! Lists that are held in memory, in order and in pages. A cursor holds the last row's place in the
//! order and its id, so that rows may come and go between two pages without one being shown twice.

use crate::error::ApiError;
use app::backend::BackendError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use forewatch::list::Page;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A row's place in the order. What is unknown comes last either way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Place {
    Number(f64),
    /// By the first, then by the second.
    Pair(f64, f64),
    Text(String),
    Unknown,
}

impl Place {
    /// The place of a number that may be unknown.
    pub(super) fn number(value: Option<f64>) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Unknown, Self::Number)
    }

    fn compare(&self, other: &Self, direction: Direction) -> Ordering {
        let turned = |order: Ordering| if direction == Direction::Falling { order.reverse() } else { order };
        match (self, other) {
            (Self::Unknown, Self::Unknown) => Ordering::Equal,
            (Self::Unknown, _) => Ordering::Greater,
            (_, Self::Unknown) => Ordering::Less,
            (Self::Number(a), Self::Number(b)) => turned(a.total_cmp(b)),
            (Self::Text(a), Self::Text(b)) => turned(a.cmp(b)),
            (Self::Pair(a, b), Self::Pair(c, d)) => turned(a.total_cmp(c).then(b.total_cmp(d))),
            (Self::Number(_), _) | (Self::Pair(..), Self::Text(_)) => Ordering::Less,
            (Self::Text(_) | Self::Pair(..), _) => Ordering::Greater,
        }
    }
}

/// Which way an order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Rising,
    Falling,
}

/// What of a list is wanted.
pub(super) struct Wanted {
    pub(super) direction: Direction,
    pub(super) cursor: Option<String>,
    pub(super) limit: usize,
}

/// A row with its place and its id.
pub(super) struct Row<T> {
    pub(super) place: Place,
    pub(super) id: String,
    pub(super) record: T,
}

/// The page of `rows` that is wanted.
pub(super) fn page<T>(mut rows: Vec<Row<T>>, wanted: &Wanted) -> Result<Page<T>, ApiError> {
    let order = |a: (&Place, &str), b: (&Place, &str)| a.0.compare(b.0, wanted.direction).then_with(|| a.1.cmp(b.1));
    rows.sort_by(|a, b| order((&a.place, &a.id), (&b.place, &b.id)));
    let start = match &wanted.cursor {
        None => 0,
        Some(cursor) => {
            let (place, id) = read_cursor(cursor)?;
            rows.partition_point(|row| order((&row.place, &row.id), (&place, &id)) != Ordering::Greater)
        }
    };
    let total = rows.len();
    let mut items: Vec<_> = rows.into_iter().skip(start).take(wanted.limit).collect();
    let next_cursor = (start + items.len() < total).then(|| items.last().map(write_cursor)).flatten();
    Ok(Page {
        items: items.drain(..).map(|row| row.record).collect(),
        next_cursor,
        total: total as u64,
        total_exact: true,
    })
}

/// A store's refusal of a page. Everything else was checked as it was read, so what is wrong is the cursor.
pub(super) fn refused(error: BackendError) -> ApiError {
    match error {
        BackendError::Invalid(detail) => ApiError::field("cursor", detail),
        other => other.into(),
    }
}

fn write_cursor<T>(row: &Row<T>) -> String {
    let json = serde_json::to_vec(&(&row.place, &row.id)).expect("a finite number and two texts can always be written");
    URL_SAFE_NO_PAD.encode(json)
}

fn read_cursor(cursor: &str) -> Result<(Place, String), ApiError> {
    let json = URL_SAFE_NO_PAD.decode(cursor).ok();
    json.and_then(|json| serde_json::from_slice(&json).ok()).ok_or_else(|| {
        ApiError::field("cursor", "is not one that this server gave: take next_cursor of the page before, as it is")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(places: &[Option<f64>]) -> Vec<Row<usize>> {
        let row =
            |(n, place): (usize, &Option<f64>)| Row { place: Place::number(*place), id: format!("{n:03}"), record: n };
        places.iter().enumerate().map(row).collect()
    }

    fn wanted(direction: Direction, cursor: Option<String>) -> Wanted {
        Wanted { direction, cursor, limit: 2 }
    }

    #[test]
    fn pages_follow_each_other_without_gap_and_without_repetition() {
        let places = [Some(3.0), None, Some(1.0), Some(3.0), Some(2.0), None, Some(3.0)];
        for (direction, expected) in
            [(Direction::Rising, [2, 4, 0, 3, 6, 1, 5]), (Direction::Falling, [0, 3, 6, 4, 2, 1, 5])]
        {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = page(rows(&places), &wanted(direction, cursor)).expect("the cursor is ours");
                assert_eq!(page.total, 7);
                seen.extend(page.items);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{direction:?}");
        }
    }

    #[test]
    fn a_foreign_cursor_is_refused() {
        for cursor in ["", "abc", "%%%", "bnVsbA"] {
            assert!(page(rows(&[None]), &wanted(Direction::Rising, Some(cursor.to_owned()))).is_err(), "{cursor:?}");
        }
    }
}
