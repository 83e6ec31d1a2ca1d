//! Which part of time the charts of a page show, and where their cursor is. One for all charts of a
//! page, so that they move together.

use leptos::prelude::*;

/// How much of the past is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Range {
    /// 15 minutes.
    Quarter,
    /// An hour.
    #[default]
    Hour,
}

impl Range {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Quarter, Self::Hour];

    /// Its length.
    pub fn seconds(self) -> f64 {
        match self {
            Self::Quarter => 900.0,
            Self::Hour => 3_600.0,
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Quarter => "15 min",
            Self::Hour => "1 h",
        }
    }
}

/// The time that the charts of a page share.
#[derive(Debug, Clone, Copy)]
pub struct ChartTime {
    /// How much is shown.
    pub range: RwSignal<Range>,
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
        use_context().unwrap_or_else(|| {
            let time = Self {
                range: RwSignal::new(Range::default()),
                zoom: RwSignal::new(None),
                cursor: RwSignal::new(None),
                paused: RwSignal::new(None),
            };
            provide_context(time);
            time
        })
    }

    /// What is shown when the newest point is at `end`. Tracks everything that it depends on.
    pub fn window(&self, end: f64) -> (f64, f64) {
        let seconds = self.range.get().seconds();
        let end = self.paused.get().unwrap_or(end);
        self.zoom.get().unwrap_or((end - seconds, end))
    }
}
