//! The way to the sign-in page when a session has ended, and back from there.

use crate::backend::BackendError;

/// Leads to the sign-in page when that is why something did not work. The server itself leads there whoever loads a page.
pub fn lead_when_signed_out(error: &BackendError) {
    #[cfg(feature = "hydrate")]
    if *error == BackendError::SignedOut {
        lead();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = error;
}

/// Leads to the sign-in page, and from there back here.
#[cfg(feature = "hydrate")]
pub fn lead() {
    let place = leptos::prelude::location();
    let here = place.pathname().unwrap_or_default() + &place.search().unwrap_or_default();
    let next = js_sys::encode_uri_component(&here);
    // A browser that refuses to navigate leaves the page as it is, marked as stale.
    let _ = place.assign(&format!("/sign-in?next={next}"));
}
