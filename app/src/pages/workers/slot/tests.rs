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
        assert_eq!((now.room(), now.shift(4)), (first..first + 10, 0));
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
            assert_eq!((20 + n).checked_add_signed(now.shift(slot)), Some(number), "at {first}");
            assert_eq!(*row, listed[number]);
        }
        before = now;
    }
    let still = InView::of(&listed, window(0, 10), Some(&before));
    assert!((0..10).all(|slot| still.shift(slot) == 0) && still.room() == (0..10));
    let more = Window { is_moving: true, count: 101, ..window(5, 15) };
    assert_eq!(InView::of(&listed, more, Some(&still)).room(), 5..15, "room is made for a row that is new");
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
