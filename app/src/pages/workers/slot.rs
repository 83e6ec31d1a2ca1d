//! The rows in view, and the places in the page in which they are drawn. A place that scrolls out of view at one end
//! comes in again at the other with another row: nothing is made anew, and only what differs is written. Where all rows are
//! others every place stays where it is.

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
    /// The place of row 0; that of the next row is the next one, and the first comes after the last.
    origin: usize,
    rows: Vec<RosterRow>,
}

impl InView {
    /// The rows of a list that a window shows; `before` is what it showed before. Where some are left for later, what their
    /// places showed stands in them.
    pub(super) fn of(listed: &[RosterRow], window: Window, before: Option<&Self>) -> Self {
        let Window { first, last, slots, .. } = window;
        // Of a list without a row for every place the first places are in use.
        let before = before.filter(|before| before.slots == slots && last - first == slots);
        let origin = match before {
            Some(before) if first.abs_diff(before.first) < slots => before.origin,
            _ => (before.map_or(0, |before| before.slot(before.first)) + slots - first % slots) % slots,
        };
        let mut view = Self { first, slots, origin, rows: listed.get(first..last).unwrap_or_default().to_vec() };
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

    /// The places in the order of their rows, each with whether it lies where it must when the page still has them as they
    /// were `before`. Places that have just been made lie in the order of their numbers.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn order(&self, before: Option<&Self>) -> Vec<(usize, bool)> {
        let places = |view: &Self| (view.first..view.first + view.rows.len()).map(|n| view.slot(n)).collect::<Vec<_>>();
        let now = places(self);
        let all_stay = before.map_or_else(|| (0..now.len()).collect(), places) == now;
        let stays = |number: usize, slot: usize| {
            all_stay || before.and_then(|before| before.row(slot)).is_some_and(|(then, _)| then == number)
        };
        let placed = |(n, slot): (usize, usize)| (slot, stays(self.first + n, slot));
        now.into_iter().enumerate().map(placed).collect()
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
mod tests {
    use super::*;
    use crate::roster::GroupHead;

    fn worker(n: usize) -> WorkerId {
        WorkerId::new(format!("w-{n}")).expect("an id")
    }

    /// A group's head and 99 workers.
    fn listed() -> Vec<RosterRow> {
        let head = RosterRow::Group(GroupHead { name: "fra".to_owned(), ..GroupHead::default() });
        std::iter::once(head).chain((1..100).map(|n| RosterRow::Worker(worker(n)))).collect()
    }

    fn window(first: usize, last: usize) -> Window {
        Window { first, last, above: 0.0, below: 0.0, slots: 10, seen: None }
    }

    /// What the page shows from the top, once the places have been put in order.
    fn page(before: &mut Vec<usize>, order: &[(usize, bool)]) {
        let staying: Vec<usize> = order.iter().filter(|(_, stays)| *stays).map(|(slot, _)| *slot).collect();
        before.retain(|slot| staying.contains(slot));
        assert_eq!(*before, staying, "those that stay lie in their order");
        *before = order.iter().map(|(slot, _)| *slot).collect();
    }

    #[test]
    fn a_row_keeps_its_place_and_lies_still_as_long_as_it_is_in_view() {
        let listed = listed();
        let mut before = InView::of(&listed, window(0, 10), None);
        let mut lying: Vec<usize> = (0..10).collect();
        page(&mut lying, &before.order(None));
        for first in [3, 4, 11, 90, 88, 2, 0] {
            let now = InView::of(&listed, window(first, first + 10), Some(&before));
            page(&mut lying, &now.order(Some(&before)));
            let shown: Vec<_> = lying.iter().map(|slot| now.row(*slot).map(|(_, row)| row.clone())).collect();
            assert_eq!(shown, listed[first..first + 10].iter().cloned().map(Some).collect::<Vec<_>>());
            let stay = now.order(Some(&before)).iter().filter(|(_, stays)| *stays).count();
            let expected = match first.abs_diff(before.first) {
                // All are others: each is written where it is.
                10.. => 10,
                moved => 10 - moved,
            };
            assert_eq!(stay, expected, "from {} to {first}", before.first);
            before = now;
        }
    }

    #[test]
    fn after_a_jump_only_what_is_seen_is_written() {
        let listed = listed();
        let before = InView::of(&listed, window(3, 13), None);
        for first in [50, 11] {
            let far = Window { seen: Some((first + 2, first + 5)), ..window(first, first + 10) };
            let now = InView::of(&listed, far, Some(&before));
            let written = (0..10).filter(|slot| now.row(*slot).map(|row| row.1) != before.row(*slot).map(|row| row.1));
            let seen: Vec<_> =
                (first + 2..first + 5).filter(|number| *number >= 13).map(|number| now.slot(number)).collect();
            assert_eq!(written.collect::<Vec<_>>().len(), seen.len(), "from 3 to {first}");
            assert!(seen.iter().all(|slot| now.row(*slot).is_some_and(|(number, row)| *row == listed[number])));
            assert_eq!(InView::of(&listed, window(first, first + 10), Some(&now)).rows, listed[first..first + 10]);
        }
    }

    #[test]
    fn places_that_are_made_far_down_the_list_lie_in_its_order() {
        let far = InView::of(&listed(), window(23, 33), None);
        assert_eq!(far.order(None), (0..10).map(|slot| (slot, true)).collect::<Vec<_>>());
    }

    #[test]
    fn of_a_list_that_has_become_short_the_first_places_are_in_use() {
        let all = listed();
        let far = InView::of(&all, window(23, 33), None);
        let few = InView::of(&all[..4], window(0, 4), Some(&far));
        assert_eq!(few.order(Some(&far)).iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }

    #[test]
    fn a_row_is_found_again_where_it_has_come_to_lie() {
        let all = listed();
        let before = InView::of(&all, window(20, 30), None);
        let then = |listed: &[RosterRow], first| InView::of(listed, window(first, first + 10), Some(&before));
        assert_eq!(then(&all, 25).place_of(&before, 7), Some(7), "its place is its own");
        assert_eq!(then(&all, 40).place_of(&before, 7), None);
        let one_more = [&[RosterRow::Worker(worker(500))], &all[..]].concat();
        assert_eq!(then(&one_more, 20).place_of(&before, 7), Some(8), "one came in before it");
        let top = InView::of(&all, window(0, 10), None);
        assert_eq!(
            InView::of(&one_more, window(0, 10), Some(&top)).place_of(&top, 0),
            Some(1),
            "the head of its group too"
        );
    }

    #[test]
    fn a_place_shows_a_group_or_a_worker_and_says_which_row_it_is() {
        let top = InView::of(&listed(), window(0, 10), None);
        assert_eq!((top.worker(0), top.group(0)), (None, Some("fra".to_owned())));
        assert_eq!((top.worker(1), top.group(1)), (Some(worker(1)), None));
        assert_eq!(InView::of(&listed(), window(5, 15), None).row_index(2), Some("9".to_owned()));
    }

    #[test]
    fn at_the_end_of_a_short_list_there_are_places_without_a_row() {
        let few = InView::of(&listed()[..4], window(0, 4), None);
        assert_eq!((few.places(), few.worker(4), few.row_index(9)), (4, None, None));
    }
}
