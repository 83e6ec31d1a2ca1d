//! Which host names and origins are ours. A request for another host is one that a foreign name was
//! pointed at us for (DNS rebinding); a change asked for by another origin's page is forged.

use super::{Auth, AuthError};
use crate::config::{AuthMode, Config, PublicUrl};
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::atomic::Ordering;

/// The names and origins that are ours.
pub(super) struct Hosts {
    mode: AuthMode,
    /// The public address's host, in lower case and without port.
    public_host: Option<String>,
    /// The public address's origin: `scheme://host[:port]`, in lower case and without a default port.
    public_origin: Option<String>,
}

impl Hosts {
    pub(super) fn of(config: &Config) -> Result<Self, AuthError> {
        let mut hosts = Self { mode: config.auth.mode, public_host: None, public_origin: None };
        if let Some(url) = &config.server.public_url {
            let address = PublicUrl::of(url).ok_or_else(|| AuthError::PublicUrl(url.clone()))?;
            hosts.public_host = Some(name_of(&address.authority));
            hosts.public_origin = Some(normal(&address.origin));
        }
        Ok(hosts)
    }

    /// Whether a request for `host` (with or without port) is meant for us.
    fn is_ours(&self, host: &str) -> bool {
        let name = name_of(host);
        if self.public_host.as_deref() == Some(name.as_str()) || name == "localhost" || name.ends_with(".localhost") {
            return true;
        }
        match (self.mode, address(&name)) {
            (AuthMode::None, address) => address.is_some_and(|address| address.is_loopback()),
            // An address cannot be rebound; and while the public address has no name, any may be ours:
            // a session's cookie is bound to the name it was given under.
            (AuthMode::Shared, Some(_)) => true,
            (AuthMode::Shared, None) => self.public_host.as_deref().is_none_or(|host| address(host).is_some()),
        }
    }

    /// Whether a page of `origin` is one of ours, for a request to `host`.
    pub(super) fn is_own_origin(&self, origin: &str, host: &str) -> bool {
        let origin = normal(origin);
        self.public_origin.as_deref() == Some(origin.as_str()) || origin == normal(&format!("http://{host}"))
    }
}

/// The host that a request is for, as its header says, or its target in HTTP/2.
pub(super) fn asked_for<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    match headers.get(header::HOST) {
        Some(host) => host.to_str().ok(),
        None => uri.authority().map(axum::http::uri::Authority::as_str),
    }
}

/// The middleware: lets through what is meant for us.
pub(crate) async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match asked_for(request.headers(), request.uri()) {
        None => ApiError::malformed("the request has no Host").into_response(),
        Some(host) if state.auth.hosts.is_ours(host) || shows_token(&state.auth, request.headers()) => {
            next.run(request).await
        }
        Some(host) => {
            state.counters.requests_refused.fetch_add(1, Ordering::Relaxed);
            let host: String = host.chars().take(100).collect();
            tracing::warn!(host, "a request for another host was refused");
            let detail = format!(
                "{host} is not a name of this server: use its address, or set server.public_url to http://{host}"
            );
            ApiError::new(StatusCode::MISDIRECTED_REQUEST, detail).into_response()
        }
    }
}

/// A worker may know us by a name of its own; no web page has its token.
fn shows_token(auth: &Auth, headers: &HeaderMap) -> bool {
    auth.has_sessions() && super::identity::bearer(headers).is_some_and(|token| auth.is_ingest_token(token))
}

/// The address that a host is written as, if it is one.
fn address(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

/// Lower case, without port.
fn name_of(authority: &str) -> String {
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => authority,
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Lower case, without the scheme's default port.
fn normal(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    for (scheme, port) in [("http://", ":80"), ("https://", ":443")] {
        if origin.starts_with(scheme)
            && let Some(short) = origin.strip_suffix(port)
        {
            return short.to_owned();
        }
    }
    origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(mode: AuthMode, public_url: Option<&str>) -> Hosts {
        let mut config = Config::default();
        config.auth.mode = mode;
        config.server.public_url = public_url.map(str::to_owned);
        Hosts::of(&config).expect("it is an address")
    }

    #[test]
    fn without_accounts_only_this_machines_own_names_are_answered() {
        let hosts = hosts(AuthMode::None, None);
        for own in ["127.0.0.1:8790", "localhost:8790", "LOCALHOST", "[::1]:8790", "127.0.0.2", "forewatch.localhost:1"]
        {
            assert!(hosts.is_ours(own), "{own}");
        }
        for foreign in [
            "evil.example",
            "evil.example:8790",
            "192.0.2.1:8790",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
        ] {
            assert!(!hosts.is_ours(foreign), "{foreign}");
        }
    }

    #[test]
    fn with_a_public_address_that_name_and_bare_addresses_are_answered() {
        let hosts = hosts(AuthMode::Shared, Some("https://forewatch.example"));
        assert!(
            hosts.is_ours("forewatch.example")
                && hosts.is_ours("Forewatch.Example:443")
                && hosts.is_ours("192.0.2.7:8790")
        );
        assert!(!hosts.is_ours("evil.example"));
    }

    #[test]
    fn with_only_an_address_any_name_may_be_ours() {
        let hosts = hosts(AuthMode::Shared, Some("http://192.0.2.7:8790"));
        assert!(hosts.is_ours("gpu-head:8790") && hosts.is_ours("192.0.2.7:8790"));
    }

    #[test]
    fn an_origin_is_ours_when_it_is_the_public_one_or_the_one_asked_for() {
        let hosts = hosts(AuthMode::Shared, Some("https://forewatch.example:443"));
        assert!(hosts.is_own_origin("https://forewatch.example", "10.0.0.1:8790"));
        assert!(hosts.is_own_origin("http://10.0.0.1:8790", "10.0.0.1:8790"));
        for foreign in [
            "http://forewatch.example:8080",
            "https://evil.example",
            "http://10.0.0.1:1",
            "null",
            "",
            "https://10.0.0.1:8790",
        ] {
            assert!(!hosts.is_own_origin(foreign, "10.0.0.1:8790"), "{foreign}");
        }
    }

    #[test]
    fn a_public_address_that_is_none_is_refused_at_start() {
        for wrong in ["forewatch.example", "/here", "ftp://forewatch.example", "https://"] {
            let mut config = Config::default();
            config.server.public_url = Some(wrong.to_owned());
            assert!(Hosts::of(&config).is_err(), "{wrong}");
        }
    }
}
