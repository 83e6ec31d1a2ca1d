//! Which part of time the charts of a page show, and where their cursor is. One for all charts of a
//! page, so that they move together.

use leptos::prelude::*;

macro_rules! ranges {
    ($($(#[$note:meta])* $name:ident $seconds:literal $label:literal $title:literal;)+) => {
        /// How much of the past is shown.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Default, serde::Serialize, serde::Deserialize)]
        pub enum Range {
            $(#[doc = $title] $(#[$note])* $name,)+
        }

        impl Range {
            /// All of them, shortest first.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its length.
            pub fn seconds(self) -> f64 {
                match self {
                    $(Self::$name => $seconds,)+
                }
            }

            /// What stands on its button.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)+
                }
            }

            /// What a chart of it is called.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)+
                }
            }
        }
    };
}

ranges! {
    Quarter 900.0 "15 min" "Last quarter of an hour";
    #[default] Hour 3_600.0 "1 h" "Last hour";
    Hours 21_600.0 "6 h" "Last 6 hours";
    Day 86_400.0 "24 h" "Last 24 hours";
    Week 604_800.0 "7 d" "Last 7 days";
    Month 2_592_000.0 "30 d" "Last 30 days";
    Season 7_776_000.0 "90 d" "Last 90 days";
    Year 31_536_000.0 "1 y" "Last year";
    Years 63_072_000.0 "2 y" "Last 2 years";
}

impl Range {
    /// Those that have a button; the longer ones are behind a choice.
    pub const SHORT: usize = 4;

    /// The one with this label.
    pub fn labelled(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|range| range.label() == label)
    }
}

/// A part of time that a page is about, Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// From when.
    pub from: f64,
    /// Until when; without an end, until now.
    pub to: Option<f64>,
}

/// The time that the charts of a page share.
#[derive(Debug, Clone, Copy)]
pub struct ChartTime {
    /// How much is shown.
    pub range: RwSignal<Range>,
    /// The part that the page is about, where it is about one.
    pub about: Option<Signal<Part>>,
    /// Whether that part is shown, and not the range before now.
    pub is_about: RwSignal<bool>,
    /// The part that was zoomed into, Unix seconds.
    pub zoom: RwSignal<Option<(f64, f64)>>,
    /// Where the cursor is, Unix seconds.
    pub cursor: RwSignal<Option<f64>>,
    /// Where time stands still, Unix seconds of the right edge.
    pub paused: RwSignal<Option<f64>>,
}

impl ChartTime {
    /// The page's, or a new one for the first chart of a page.
    pub fn of_page() -> Self {
        use_context().unwrap_or_else(|| Self::provide(None))
    }

    /// Provides the time of a page, which may be about a part of it.
    pub fn provide(about: Option<Signal<Part>>) -> Self {
        let time = Self {
            range: RwSignal::new(Range::default()),
            about,
            is_about: RwSignal::new(about.is_some()),
            zoom: RwSignal::new(None),
            cursor: RwSignal::new(None),
            paused: RwSignal::new(None),
        };
        provide_context(time);
        time
    }

    /// Begins with the shortest range where there is no more of the past than that: an hour would be an empty picture.
    /// The first reading and the present, Unix seconds.
    pub fn suit(&self, first: f64, now: f64) {
        if now - first < Range::Quarter.seconds() {
            self.range.set(Range::Quarter);
        }
    }

    /// The part of the page when that is shown. Tracks what it depends on.
    pub fn part(&self) -> Option<Part> {
        self.about.filter(|_| self.is_about.get()).map(|part| part.get())
    }

    /// What history is asked for when it is `now`: from and until. Tracks what it depends on.
    pub fn span(&self, now: f64) -> (f64, f64) {
        match self.part() {
            Some(part) => (part.from, part.to.unwrap_or(now)),
            None => (now - self.range.get().seconds(), now),
        }
    }

    /// What is shown when the newest point is at `end`. Tracks everything that it depends on.
    pub fn window(&self, end: f64) -> (f64, f64) {
        let span = self.span(self.paused.get().unwrap_or(end));
        self.zoom.get().unwrap_or(span)
    }
}
