//! What the trends page asks and is answered: the same for its address, for the server that answers, and for the
//! files that are downloaded.
//!
//! [`ask`] is the page's address, [`question`] one chart of it, [`period`] and [`span`] the time, [`answer`] what
//! comes back, [`happening`] what is marked on it. On the server alone: [`gather`] asks history, [`kept`] in steps that it keeps, [`marks`] what happened
//! meanwhile, [`changes`] ranks what differs, and [`csv`] writes a chart's numbers down.

pub mod answer;
pub mod ask;
#[cfg(feature = "ssr")]
pub mod changes;
#[cfg(feature = "ssr")]
pub mod csv;
#[cfg(feature = "ssr")]
pub mod gather;
pub mod happening;
#[cfg(feature = "ssr")]
pub(crate) mod kept;
#[cfg(feature = "ssr")]
pub mod marks;
pub mod period;
pub mod question;
pub mod span;

pub use answer::{Change, Changes, Chart, Trace, Trends};
pub use ask::{Ask, MOST_CHARTS};
pub use happening::{About, Happening};
pub use period::{Compare, Period};
pub use question::Question;
pub use span::Span;
