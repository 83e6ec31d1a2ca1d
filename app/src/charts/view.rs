//! Which part of time the charts of a page show, and where their cursor is. One for all charts of a
//! page, so that they move together. What is chosen stands in the page's [`Address`].

use super::address::{Address, Asked, Trace};
use super::elsewhere;
use super::history::{FINE, POINTS};
use super::range::Range;
use super::strip::Line;
use crate::trends::Span;
use forewatch::series::step_for;
use leptos::prelude::*;

/// The shortest part that is zoomed into, seconds.
const SHORTEST: f64 = 10.0;
/// A part of fewer steps of the past that is there is asked for by itself.
const FEW: f64 = 60.0;

/// A part of time that a page is about, Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// From when.
    pub from: f64,
    /// Until when; without an end, until now.
    pub to: Option<f64>,
}

/// The time that the charts of a page share.
#[derive(Clone, Copy)]
pub struct ChartTime {
    /// The part that the page is about, where it is about one.
    pub about: Option<Signal<Part>>,
    /// Where the cursor is, Unix seconds.
    pub cursor: RwSignal<Option<f64>>,
    /// The moment that was picked last, Unix seconds.
    pub picked: RwSignal<Option<f64>>,
    /// What is being marked by a drag, Unix seconds in order.
    pub marked: RwSignal<Option<(f64, f64)>>,
    /// Where time stands still, Unix seconds of the right edge.
    pub paused: RwSignal<Option<f64>>,
    /// Whether the table behind the charts is open.
    pub has_table: RwSignal<bool>,
    /// Where it stands.
    pub address: Address,
    /// What the address asks of live charts.
    asked: Memo<Asked>,
    /// What is shown when it names no range.
    usual: RwSignal<Range>,
    /// The part that is shown, of charts that are made anew for each.
    shown: Option<RwSignal<Option<(f64, f64)>>>,
    /// What is asked of the trends page for the same metrics.
    metrics: StoredValue<String>,
}

impl ChartTime {
    /// The page's, or a new one for the first chart of a page. On the wall that of a slide that is gone may still be there.
    pub fn of_page() -> Self {
        use_context().filter(|time: &Self| !time.paused.is_disposed()).unwrap_or_else(|| Self::provide(None))
    }

    /// Provides the time of a page, which may be about a part of it.
    pub fn provide(about: Option<Signal<Part>>) -> Self {
        let time = Self::new(about, None);
        provide_context(time);
        time
    }

    /// The time of the trends page, whose charts are made anew for each part that they show.
    pub fn showing(part: RwSignal<Option<(f64, f64)>>) -> Self {
        Self::new(None, Some(part))
    }

    fn new(about: Option<Signal<Part>>, shown: Option<RwSignal<Option<(f64, f64)>>>) -> Self {
        let address = Address::of_page();
        Self {
            about,
            cursor: RwSignal::new(None),
            picked: RwSignal::new(None),
            marked: RwSignal::new(None),
            paused: RwSignal::new(None),
            has_table: RwSignal::new(false),
            address,
            // The trends page reads its address itself: there a range is one of many things.
            asked: Memo::new(move |_| if shown.is_none() { address.asked() } else { Asked::default() }),
            usual: RwSignal::new(Range::default()),
            shown,
            metrics: StoredValue::new(String::new()),
        }
    }

    /// Says which metrics are shown, as the trends page is asked for them.
    pub fn tell_metrics(self, metrics: String) {
        self.metrics.set_value(metrics);
    }

    /// Begins with the shortest range where there is no more of the past than that: an hour would be an empty picture.
    /// The first reading and the present, Unix seconds.
    pub fn suit(self, first: f64, now: f64) {
        if now - first < Range::Quarter.seconds() {
            self.usual.set(Range::Quarter);
        }
    }

    /// Hears of every change of what is shown.
    pub fn track(self) {
        self.asked.track();
        self.usual.track();
        self.paused.track();
        self.has_table.track();
        if let Some(shown) = self.shown {
            shown.track();
        }
    }

    /// How much is shown. Tracks what it depends on.
    pub fn range(self) -> Range {
        self.asked.read().range.unwrap_or_else(|| self.usual.get())
    }

    /// The part that is zoomed into, Unix seconds. Tracks what it depends on.
    pub fn zoom(self) -> Option<(f64, f64)> {
        self.shown.map_or_else(|| self.asked.read().zoom, |shown| shown.get())
    }

    /// Where what is shown ends while it does not go on with time: zoomed into, or paused. Tracks what it depends on.
    pub fn stands(self) -> Option<f64> {
        self.zoom().map(|(_, to)| to).or(self.paused.get())
    }

    /// The only one of some lines that is shown, if one is chosen. Tracks what it depends on.
    pub fn only(self, lines: &[Line]) -> Option<usize> {
        let asked = self.asked.read();
        let key = asked.only.as_deref()?;
        lines.iter().position(|line| line.is_keyed(key))
    }

    /// The part of the page when that is shown. Tracks what it depends on.
    pub fn part(self) -> Option<Part> {
        self.about.filter(|_| self.asked.read().range.is_none()).map(|part| part.get())
    }

    /// What is shown of the past when it is `now` and nobody zooms: from and until. Tracks what it depends on.
    pub fn span(self, now: f64) -> (f64, f64) {
        match self.part() {
            Some(part) => (part.from, part.to.unwrap_or(now)),
            None => (now - self.range().seconds(), now),
        }
    }

    /// What is shown when the newest point is at `end`. Tracks everything that it depends on.
    pub fn window(self, end: f64) -> (f64, f64) {
        let span = self.span(self.paused.get().unwrap_or(end));
        self.zoom().unwrap_or(span)
    }

    /// The part that is zoomed into where the past that is there does not do for it: it begins earlier, or is so short
    /// that there are but a few steps in it. Tracks what it depends on.
    pub fn beyond(self, now: f64) -> Option<(f64, f64)> {
        let (from, to) = self.zoom()?;
        let (first, last) = self.span(now);
        let step = step_for(last - first, POINTS);
        let is_coarse = step > FINE && to - from < step * FEW;
        (from < first - step || is_coarse).then_some((from, to))
    }

    /// What history is asked for when it is `now`. Tracks what it depends on.
    pub fn wanted(self, now: f64) -> (f64, f64) {
        self.beyond(now).unwrap_or_else(|| self.span(now))
    }

    /// Zooms into what lies between two moments, or back out of it. On the trends page the way back leads through it.
    pub fn zoom_to(self, ends: Option<(f64, f64)>) {
        let word = ends.and_then(|(from, to)| Span::of(from, to.max(from + SHORTEST))).map(Span::word);
        let trace = if self.shown.is_some() { Trace::Step } else { Trace::None };
        self.address.go(|address| address.with(&[("zoom", word.as_deref())]), trace);
    }

    /// Asks on the trends page what changed between two moments.
    pub fn ask_what_changed(self, from: f64, to: f64) {
        let Some(word) = Span::of(from, to).map(Span::word) else { return };
        let there = |address: Address| match self.shown {
            Some(_) => address.with(&[("changed", Some(&word))]),
            None => [&self.elsewhere("/trends?"), "&changed=", &word].concat(),
        };
        self.address.go(|address| there(address) + "#changes", Trace::Step);
    }

    /// The address of a page, or a file, of the same metrics and time: `path` is how it begins. Tracks what it depends on.
    pub fn elsewhere(self, path: &str) -> String {
        [path, &self.metrics.read_value(), &elsewhere::time(self)].concat()
    }
}
