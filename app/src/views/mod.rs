//! Saved views: a name for what a page shows, kept by this browser alone. The address is the view: whoever gets it as a
//! link sees the same.
//!
//! - [`kept`]: what is kept, and how it is written. Pure.
//! - `browser`: where it is kept.
//! - [`panel`]: the button on a page, and what it opens.

#[cfg(feature = "hydrate")]
pub(crate) mod browser;
pub mod kept;
mod panel;
mod row;

pub(crate) use panel::Views;

/// The views of this browser; none on the server.
pub(crate) fn all() -> Vec<kept::View> {
    #[cfg(feature = "hydrate")]
    {
        browser::read().views
    }
    #[cfg(not(feature = "hydrate"))]
    {
        Vec::new()
    }
}
