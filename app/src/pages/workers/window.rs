//! Which rows of a long table are in view. Rows have one height, and heads of groups have one, measured once they are
//! there; what lies above and below is held open by fillers. While one scrolls, rows are shifted only; when it stops they
//! are put in order. On the server, and until the page is mounted, the window is the first rows.

use crate::server_fns::FIRST_ROWS;
use leptos::html::Table;
use leptos::prelude::*;
use std::ops::Range;

/// Rows drawn beyond the edges of the screen, so that scrolling shows no gap.
const SPARE: usize = 8;

/// A part of the rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    /// The first row that is drawn.
    pub(super) first: usize,
    /// The row after the last.
    pub(super) last: usize,
    /// How many rows there are.
    pub(super) count: usize,
    /// The height of a row, pixels; 0 where it is not known.
    pub(super) height: f64,
    /// Rows that are drawn wherever the window is; fewer only where there are no more.
    pub(super) slots: usize,
    /// Whether it is being moved: rows are put in order when it stops.
    pub(super) is_moving: bool,
    /// After a jump, the first row that is seen and the one after the last: the others are left for the next frame.
    pub(super) seen: Option<(usize, usize)>,
}

impl Window {
    /// The window onto `count` rows, of which some are heads of groups.
    fn of(count: usize, heads: &[usize], view: View) -> Self {
        let View { height, scrolled, screen, is_far, is_moving, .. } = view;
        // The first row that ends below a place: rows lie one after the other.
        let row = |pixels: f64| {
            let (mut from, mut to) = (0, count);
            while from < to {
                let middle = usize::midpoint(from, to);
                if view.height_of(0..middle + 1, heads) <= pixels { from = middle + 1 } else { to = middle }
            }
            from
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows of a screen")]
        let slots = (screen / height).ceil().max(1.0) as usize + 1 + 2 * SPARE;
        let drawn = slots.min(count);
        let first = row(scrolled).saturating_sub(SPARE).min(count - drawn);
        let last = first + drawn;
        let seen = is_far.then(|| (row(scrolled), row(scrolled + screen) + 1));
        Self { first, last, count, height, slots, is_moving, seen }
    }
}

/// What the browser measures, pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct View {
    /// Height of a row.
    height: f64,
    /// Height of the head of a group.
    head: f64,
    /// How far the top of the screen lies below the first row.
    scrolled: f64,
    /// Height of the screen.
    screen: f64,
    /// Whether it was scrolled further than a screen at once.
    is_far: bool,
    /// Whether it is being scrolled, and rows can be shifted.
    is_moving: bool,
}

impl View {
    /// The height of some of the rows.
    fn height_of(&self, rows: Range<usize>, heads: &[usize]) -> f64 {
        if rows.is_empty() {
            return 0.0;
        }
        let before = |row| heads.partition_point(|head| *head < row);
        let heads = (before(rows.end) - before(rows.start)) as f64;
        rows.len() as f64 * self.height - heads * (self.height - self.head)
    }
}

/// The window onto a table's rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowWindow {
    /// The table.
    pub(super) table: NodeRef<Table>,
    view: RwSignal<Option<View>>,
    heads: Memo<Vec<usize>>,
    range: Memo<Window>,
}

impl RowWindow {
    /// A window onto `count` rows, of which some are heads of groups.
    pub(super) fn new(count: Signal<usize>, heads: Memo<Vec<usize>>) -> Self {
        let table = NodeRef::new();
        let view = RwSignal::new(None::<View>);
        #[cfg(feature = "hydrate")]
        browser::watch(table, view);
        let range = Memo::new(move |_| match view.get() {
            Some(view) => Window::of(count.get(), &heads.read(), view),
            None => {
                let (count, slots) = (count.get(), FIRST_ROWS + SPARE);
                Window { first: 0, last: count.min(slots), count, height: 0.0, slots, is_moving: false, seen: None }
            }
        });
        Self { table, view, heads, range }
    }

    /// The rows in view.
    pub(super) fn range(self) -> Window {
        self.range.get()
    }

    /// The height of some of the rows, pixels; 0 until they are measured.
    pub(super) fn height_of(self, rows: Range<usize>) -> f64 {
        self.view.get().map_or(0.0, |view| view.height_of(rows, &self.heads.read()))
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::View;
    use leptos::html::Table;
    use leptos::leptos_dom::helpers::debounce;
    use leptos::prelude::*;
    use std::cell::RefCell;
    use std::time::Duration;
    use wasm_bindgen::JsCast;

    /// Where rows are cards, pixels.
    const PHONE: f64 = 640.0;
    /// How long nothing has scrolled when rows are put in order.
    const REST: Duration = Duration::from_millis(120);

    /// Measures after mounting, on scrolling and on resizing, at most once a frame.
    pub(super) fn watch(table: NodeRef<Table>, view: RwSignal<Option<View>>) {
        let waiting = StoredValue::new(false);
        // The page may be gone by the time the frame comes.
        let measured = move |is_moving| {
            let before = view.try_get_untracked()?;
            let new = look(&table.try_get_untracked().flatten()?, before)?;
            let is_far = before.is_some_and(|before| (new.scrolled - before.scrolled).abs() > new.screen);
            // The bars of a phone's browser come and go while one scrolls.
            let screen = before.map_or(0.0, |before| before.screen).max(new.screen);
            view.set(Some(View { is_far, is_moving: is_moving && new.is_moving, screen, ..new }));
            Some(is_far)
        };
        let measure = move |is_moving| measure(waiting, move || measured(is_moving));
        let rest = move || {
            if view.try_get_untracked().flatten().is_some_and(|view| view.is_moving) {
                measured(false);
            }
        };
        let rest_later = RefCell::new(debounce(REST, move |()| rest()));
        Effect::new(move || {
            if table.get().is_some() {
                measure(false);
            }
        });
        let scroll = window_event_listener(leptos::ev::scroll, move |_| {
            measure(true);
            rest_later.borrow_mut()(());
        });
        let resize = window_event_listener(leptos::ev::resize, move |_| measure(false));
        // A key goes from what has the focus to what follows it in the page.
        let key = window_event_listener(leptos::ev::keydown, move |_| rest());
        on_cleanup(move || {
            scroll.remove();
            resize.remove();
            key.remove();
        });
    }

    /// Measures with the next frame; after a jump also with the one after it, in which there is time for what is not seen.
    fn measure(waiting: StoredValue<bool>, measured: impl Fn() -> Option<bool> + Copy + 'static) {
        if waiting.try_get_value().unwrap_or(true) {
            return;
        }
        waiting.set_value(true);
        request_animation_frame(move || {
            if waiting.try_set_value(false).is_none() && measured() == Some(true) {
                measure(waiting, measured);
            }
        });
    }

    fn look(table: &web_sys::HtmlTableElement, before: Option<View>) -> Option<View> {
        let body = table.query_selector("tbody").ok()??;
        let height_of = |rows: &str| {
            let row = body.query_selector(rows).ok().flatten()?;
            Some(row.unchecked_ref::<web_sys::HtmlElement>().get_bounding_client_rect().height())
        };
        let height = height_of("tr:not(.filler):not(.grp)")?;
        // Within a large group there is no head to be measured.
        let head = height_of("tr.grp").or(before.map(|before| before.head)).unwrap_or(height);
        let screen = window().inner_height().ok()?.as_f64()?;
        let scrolled = -body.get_bounding_client_rect().top();
        // On a phone rows are cards, and the heads of groups are lower: nothing is shifted by a number of rows there.
        let is_moving = window().inner_width().ok()?.as_f64()? > PHONE;
        (height > 0.0).then_some(View { height, head, scrolled, screen, is_far: false, is_moving })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(scrolled: f64) -> View {
        View { height: 100.0, head: 40.0, scrolled, screen: 300.0, is_far: true, is_moving: false }
    }

    #[test]
    fn a_row_is_found_by_where_it_lies_though_heads_of_groups_are_lower() {
        let heads = [0, 51];
        let height = |from, to| view(0.0).height_of(from..to, &heads).to_string();
        assert_eq!([height(0, 52), height(1, 51), height(60, 3)], ["5080", "5000", "0"]);
        for (scrolled, row) in [(-80.0, 0), (0.0, 0), (39.0, 0), (40.0, 1), (5_039.0, 50), (5_040.0, 51), (5_080.0, 52)]
        {
            assert_eq!(
                Window::of(200, &heads, view(scrolled)).seen.map(|(first, _)| first),
                Some(row),
                "at {scrolled}"
            );
        }
        let end = Window::of(200, &heads, view(1e9));
        assert_eq!((end.first, end.last), (200 - end.slots, 200));
    }
}
