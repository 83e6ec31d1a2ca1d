//! The rows in view, and the places in the page in which they are drawn. A place that scrolls out of view at one end
//! comes in again at the other with another row: nothing is made anew, and only what differs is written. While one scrolls
//! a place stays where it lies in the page and is shifted to where it is seen, which lays nothing out anew; it is put where
//! it belongs when one stops.

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
    lying: Lying,
}

/// How the places lie in the page.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Lying {
    /// The row whose height ends where the first place lies.
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

    /// How many rows the page holds room for above the places, and below them.
    pub(super) fn room(&self) -> (usize, usize) {
        (self.lying.first, self.lying.count.saturating_sub(self.lying.first + self.rows.len()))
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
            let lay_at = |slot| then.iter().position(|then| *then == slot);
            let stays = |n: usize, slot| {
                before
                    .is_some_and(|before| lay_at(slot).map(|at| before.lying.first + at) == Some(self.lying.first + n))
            };
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
        Window { first, last, count: 100, height: 40.0, slots: 10, is_moving: false, seen: None }
    }

    /// What the page shows from the top, once the places have been put in order.
    fn page(before: &mut Vec<usize>, order: &[(usize, bool)]) {
        let staying: Vec<usize> = order.iter().filter(|(_, stays)| *stays).map(|(slot, _)| *slot).collect();
        before.retain(|slot| staying.contains(slot));
        assert_eq!(*before, staying, "those that stay lie in their order");
        *before = order.iter().map(|(slot, _)| *slot).collect();
    }

    fn stay(order: &[(usize, bool)]) -> usize {
        order.iter().filter(|(_, stays)| *stays).count()
    }

    #[test]
    fn rows_lie_in_the_order_of_the_list_and_as_few_as_can_be_are_moved() {
        let listed = listed();
        let mut before = InView::of(&listed, window(0, 10), None);
        let mut lying: Vec<usize> = (0..10).collect();
        page(&mut lying, &before.order(None, None));
        for first in [3, 4, 11, 90, 88, 2, 0] {
            let now = InView::of(&listed, window(first, first + 10), Some(&before));
            let order = now.order(Some(&before), None);
            page(&mut lying, &order);
            let shown: Vec<_> = lying.iter().map(|slot| now.row(*slot).map(|(_, row)| row.clone())).collect();
            assert_eq!(shown, listed[first..first + 10].iter().cloned().map(Some).collect::<Vec<_>>());
            assert_eq!((now.room(), now.shift(4)), ((first, 90 - first), 0));
            let expected = match first.abs_diff(before.first) {
                // All are others: each is written where it is.
                10.. => 10,
                moved => moved.max(10 - moved),
            };
            assert_eq!(stay(&order), expected, "from {} to {first}", before.first);
            before = now;
        }
    }

    #[test]
    fn while_it_moves_rows_are_shifted_to_where_they_belong_and_stay_where_they_lie() {
        let listed = listed();
        let top = InView::of(&listed, window(20, 30), None);
        let mut before = top.clone();
        for first in [23, 27, 41, 80, 90, 12, 0] {
            let moving = Window { is_moving: true, ..window(first, first + 10) };
            let now = InView::of(&listed, moving, Some(&before));
            assert_eq!((stay(&now.order(Some(&before), None)), now.room()), (10, top.room()), "at {first}");
            for (n, slot) in now.lie().into_iter().enumerate() {
                let (number, row) = now.row(slot).expect("a row for every place");
                assert_eq!(20 + n as isize + now.shift(slot), number as isize, "at {first}");
                assert_eq!(*row, listed[number]);
            }
            before = now;
        }
        let still = InView::of(&listed, window(0, 10), Some(&before));
        assert!((0..10).all(|slot| still.shift(slot) == 0) && still.room() == (0, 90));
        let more = Window { is_moving: true, count: 101, ..window(5, 15) };
        assert_eq!(InView::of(&listed, more, Some(&still)).room(), (5, 86), "room is made for a row that is new");
    }

    #[test]
    fn the_row_that_has_the_focus_is_not_moved() {
        let listed = listed();
        let before = InView::of(&listed, window(20, 30), None);
        for (first, held) in [(23, 29), (27, 29), (13, 21)] {
            let now = InView::of(&listed, window(first, first + 10), Some(&before));
            let held = now.slot(held);
            let order = now.order(Some(&before), Some(held));
            assert!(order.contains(&(held, true)), "from 20 to {first}");
            page(&mut before.lie(), &order);
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
        assert_eq!(far.order(None, None), (0..10).map(|slot| (slot, true)).collect::<Vec<_>>());
    }

    #[test]
    fn of_a_list_that_has_become_short_the_first_places_are_in_use() {
        let all = listed();
        let far = InView::of(&all, window(23, 33), None);
        let few = InView::of(&all[..4], Window { count: 4, ..window(0, 4) }, Some(&far));
        assert_eq!(few.order(Some(&far), None).iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), [0, 1, 2, 3]);
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
        let few = InView::of(&listed()[..4], Window { count: 4, ..window(0, 4) }, None);
        assert_eq!((few.places(), few.worker(4), few.row_index(9)), (4, None, None));
    }
}
