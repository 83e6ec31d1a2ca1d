//! The rows in view, and the places in the page in which they are drawn. A place that scrolls out of view at one end
//! comes in again at the other with another row: nothing is made anew, and only what differs is written. While one scrolls
//! a place stays where it lies in the page and is shifted to where it is seen, which lays nothing out anew; it is put where
//! it belongs when one stops.

use super::window::Window;
use crate::roster::RosterRow;
use forewatch::WorkerId;
use std::ops::Range;

/// The rows in view.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct InView {
    /// How many rows are before them.
    first: usize,
    /// How many places there are.
    slots: usize,
    /// The place of row 0; that of the next row is the next one, and the first comes after the last.
    origin: usize,
    rows: Vec<RosterRow>,
    lying: Lying,
}

/// How the places lie in the page.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Lying {
    /// The number of the row that belongs where the first place lies.
    first: usize,
    /// The first place; that which lies after it is the next one, and the first comes after the last.
    top: usize,
    /// How many rows the page holds room for.
    count: usize,
}

impl InView {
    /// The rows of a list that a window shows; `before` is what it showed before. Where some are left for later, what their
    /// places showed stands in them.
    pub(super) fn of(listed: &[RosterRow], window: Window, before: Option<&Self>) -> Self {
        let Window { first, last, count, slots, .. } = window;
        // Of a list without a row for every place the first places are in use.
        let before = before.filter(|before| before.slots == slots && last - first == slots);
        let origin = match before {
            Some(before) if first.abs_diff(before.first) < slots => before.origin,
            _ => (before.map_or(0, |before| before.lying.top) + slots - first % slots) % slots,
        };
        let lying = match before {
            Some(Self { lying, .. }) if window.is_moving && lying.count == count => *lying,
            _ => Lying { first, top: (origin + first) % slots, count },
        };
        let mut view = Self { first, slots, origin, rows: listed.get(first..last).unwrap_or_default().to_vec(), lying };
        if let (Some(before), Some((top, bottom))) = (before, window.seen) {
            for number in (first..last).filter(|number| !(top..bottom).contains(number)) {
                if let Some((_, held)) = before.row(view.slot(number)) {
                    view.rows[number - first].clone_from(held);
                }
            }
        }
        view
    }

    /// The place of a row, by its number in the list.
    fn slot(&self, number: usize) -> usize {
        (self.origin + number) % self.slots
    }

    /// How many places are in use: the first ones.
    pub(super) fn places(&self) -> usize {
        self.rows.len()
    }

    /// The rows.
    #[cfg(feature = "hydrate")]
    pub(super) fn rows(&self) -> &[RosterRow] {
        &self.rows
    }

    /// The row that is drawn in a place, and its number in the list, from 0.
    pub(super) fn row(&self, slot: usize) -> Option<(usize, &RosterRow)> {
        let offset = (slot + self.slots - self.slot(self.first)) % self.slots;
        Some((self.first + offset, self.rows.get(offset)?))
    }

    /// The worker that is drawn in a place.
    pub(super) fn worker(&self, slot: usize) -> Option<WorkerId> {
        match self.row(slot)?.1 {
            RosterRow::Worker(id) => Some(id.clone()),
            RosterRow::Group(_) => None,
        }
    }

    /// The name of the group whose head is drawn in a place.
    pub(super) fn group(&self, slot: usize) -> Option<String> {
        match self.row(slot)?.1 {
            RosterRow::Group(head) => Some(head.name.clone()),
            RosterRow::Worker(_) => None,
        }
    }

    /// The number by which a screen reader knows the row in a place; the head of the table is the first.
    pub(super) fn row_index(&self, slot: usize) -> Option<String> {
        Some((self.row(slot)?.0 + 2).to_string())
    }

    /// The rows where the places lie: the page holds room for those before and after them.
    pub(super) fn room(&self) -> Range<usize> {
        self.lying.first..self.lying.first + self.rows.len()
    }

    /// By how many rows a place is seen further down than it lies.
    #[expect(clippy::cast_possible_wrap, reason = "numbers of rows")]
    pub(super) fn shift(&self, slot: usize) -> isize {
        let lies_at = self.lying.first + (slot + self.slots - self.lying.top) % self.slots;
        self.row(slot).map_or(0, |(number, _)| number as isize - lies_at as isize)
    }

    /// The places in the order in which they lie in the page.
    #[cfg(any(feature = "hydrate", test))]
    fn lie(&self) -> Vec<usize> {
        (0..self.rows.len()).map(|n| (self.lying.top + n) % self.slots).collect()
    }

    /// The places in the order in which they lie, each with whether it lay there when the page had them as `before`; that of
    /// the row which is `held` by the focus did where it can. Places that have just been made lie in the order of their numbers.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn order(&self, before: Option<&Self>, held: Option<usize>) -> Vec<(usize, bool)> {
        let (now, then) = (self.lie(), before.map_or_else(|| (0..self.rows.len()).collect(), Self::lie));
        // One order is the other, turned: either what was above or what was below stays, and the other goes around it.
        let turned = then.iter().position(|slot| now.first() == Some(slot)).filter(|_| then.len() == now.len());
        let Some(turned) = turned else {
            let lay_at = |slot| Some(before?.lying.first + then.iter().position(|then| *then == slot)?);
            let stays = |n: usize, slot| lay_at(slot) == Some(self.lying.first + n);
            return now.into_iter().enumerate().map(|(n, slot)| (slot, stays(n, slot))).collect();
        };
        let kept = now.len() - turned;
        let held = held.and_then(|held| now.iter().position(|slot| *slot == held));
        let upper_stays = held.map_or(kept >= turned, |held| held < kept);
        now.into_iter().enumerate().map(|(n, slot)| (slot, turned == 0 || (n < kept) == upper_stays)).collect()
    }

    /// The place in which what was drawn in `slot` before is drawn now; none when it is out of view.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn place_of(&self, before: &Self, slot: usize) -> Option<usize> {
        let (_, held) = before.row(slot)?;
        let is_it = |row: &RosterRow| match (row, held) {
            (RosterRow::Worker(id), RosterRow::Worker(held)) => id == held,
            (RosterRow::Group(head), RosterRow::Group(held)) => head.name == held.name,
            _ => false,
        };
        self.rows.iter().position(is_it).map(|n| self.slot(self.first + n))
    }
}

#[cfg(test)]
mod tests;
