//! The address in people's browsers, taken apart.

use axum::http::Uri;
use std::net::IpAddr;

/// What of the address matters.
pub(crate) struct PublicUrl {
    /// Host and port, as they were written.
    pub(crate) authority: String,
    /// `scheme://host[:port]`, as it was written.
    pub(crate) origin: String,
}

impl PublicUrl {
    /// Reads `http://…` or `https://…`.
    pub(crate) fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let authority = uri.authority().filter(|authority| !authority.host().is_empty())?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
        Some(Self { authority: authority.to_string(), origin: format!("{scheme}://{authority}") })
    }

    /// Whether only this machine is reached by it.
    pub(super) fn is_loopback(&self) -> bool {
        let authority: Option<axum::http::uri::Authority> = self.authority.parse().ok();
        let host = authority.map(|authority| authority.host().to_ascii_lowercase()).unwrap_or_default();
        let name = host.trim_matches(['[', ']']);
        name == "localhost"
            || name.ends_with(".localhost")
            || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}
