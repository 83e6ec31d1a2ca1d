//! The rows in view, and the places in the page in which they are drawn. A place that scrolls out of view at one end
//! comes in again at the other with another worker: nothing is made anew, and only what differs is written.

use super::window::Window;
use crate::roster::RosterRow;
use forewatch::WorkerId;

/// The rows in view.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct InView {
    /// How many rows are before them.
    first: usize,
    /// How many places there are.
    slots: usize,
    rows: Vec<RosterRow>,
}

impl InView {
    /// The rows of a list that a window shows.
    pub(super) fn of(listed: &[RosterRow], window: Window) -> Self {
        let Window { first, last, slots, .. } = window;
        Self { first, slots, rows: listed.get(first..last).unwrap_or_default().to_vec() }
    }

    /// The rows, each with the place in which it is drawn.
    pub(super) fn placed(&self) -> Vec<(usize, RosterRow)> {
        self.rows.iter().enumerate().map(|(n, row)| ((self.first + n) % self.slots, row.clone())).collect()
    }

    /// The rows.
    #[cfg(feature = "hydrate")]
    pub(super) fn rows(&self) -> &[RosterRow] {
        &self.rows
    }

    /// The worker that is drawn in a place, and the number of its row in the list, from 0.
    pub(super) fn worker(&self, slot: usize) -> Option<(usize, WorkerId)> {
        let offset = (slot + self.slots - self.first % self.slots) % self.slots;
        match self.rows.get(offset)? {
            RosterRow::Worker(id) => Some((self.first + offset, id.clone())),
            RosterRow::Group(_) => None,
        }
    }

    /// The number of a group's head in the list, from 0.
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        let is_head = |row: &RosterRow| matches!(row, RosterRow::Group(head) if head.name == name);
        self.rows.iter().position(is_head).map(|n| self.first + n)
    }
}

/// The number by which a screen reader knows a row of the list; the head of the table is the first.
pub(super) fn row_index(number: Option<usize>) -> Option<String> {
    number.map(|number| (number + 2).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::GroupHead;

    /// A group's head and 99 workers.
    fn listed() -> Vec<RosterRow> {
        let head = RosterRow::Group(GroupHead { name: "fra".to_owned(), ..GroupHead::default() });
        let worker = |n: u32| RosterRow::Worker(WorkerId::new(format!("w-{n}")).expect("an id"));
        std::iter::once(head).chain((1..100).map(worker)).collect()
    }

    fn window(first: usize, last: usize) -> Window {
        Window { first, last, above: 0.0, below: 0.0, slots: 10 }
    }

    #[test]
    fn each_place_shows_one_row_and_keeps_it_as_long_as_it_is_in_view() {
        let listed = listed();
        let before = InView::of(&listed, window(20, 30));
        let after = InView::of(&listed, window(23, 33));
        let mut kept = 0;
        for (slot, row) in before.placed() {
            let (number, id) = before.worker(slot).expect("a worker");
            assert_eq!((RosterRow::Worker(id.clone()), listed[number].clone()), (row.clone(), row));
            let (then, other) = after.worker(slot).expect("a worker");
            assert_eq!(other == id, number >= 23, "row {number} in place {slot}, then row {then}");
            kept += usize::from(other == id);
        }
        assert_eq!(kept, 7);
    }

    #[test]
    fn a_group_is_no_worker_and_has_its_number_while_it_is_in_view() {
        let top = InView::of(&listed(), window(0, 10));
        assert_eq!((top.worker(0), top.group("fra")), (None, Some(0)));
        assert_eq!(top.worker(1), Some((1, WorkerId::new("w-1").expect("an id"))));
        assert_eq!(InView::of(&listed(), window(5, 15)).group("fra"), None);
    }

    #[test]
    fn at_the_end_of_a_short_list_there_are_places_without_a_row() {
        let few = InView::of(&listed()[..4], window(0, 4));
        assert_eq!((few.placed().len(), few.worker(4), few.worker(9)), (4, None, None));
    }
}
