//! Pictures of numbers over time, and of the fleet.
//!
//! A page writes down what it wants to see ([`strip`]) and where live records come from ([`source`]);
//! [`StripChart`] does the rest. Which time is shown, and which line alone, stands in the page's [`address`]. What needs no
//! browser is apart and tested without one: [`scale`], [`moments`], [`spread`], [`path`], [`track`], [`ink`], [`raster`],
//! [`gesture`], [`heat::fleet`], [`heat::plan`]. The server draws with
//! [`still`]; in the browser `board` draws the axes with plotters, and the lines as pixels that a canvas of their own shows.

pub mod address;
pub mod axes;
pub mod elsewhere;
mod ends;
mod figure;
pub mod gesture;
pub mod heat;
pub mod history;
pub mod ink;
pub(crate) mod mark_labels;
pub mod marks;
pub mod moments;
pub mod path;
pub mod range;
pub mod raster;
pub mod scale;
pub mod source;
pub mod sparkline;
pub mod spread;
pub mod still;
pub mod strip;
pub mod strip_chart;
mod table;
mod tools;
pub mod track;
pub mod view;

#[cfg(feature = "hydrate")]
pub mod board;
#[cfg(feature = "hydrate")]
mod pointer;
#[cfg(feature = "hydrate")]
pub mod surface;
#[cfg(feature = "hydrate")]
mod watch;

pub use heat::HeatMap;
pub use marks::{Happenings, Marks};
pub use range::Range;
pub use source::Source;
pub use sparkline::Sparkline;
pub use strip::{Line, Mark, PALETTE, Strip, Stroke, Tone};
pub use strip_chart::StripChart;
pub use view::{ChartTime, Part};
