//! Who is asking, and what they may do.
//!
//! In mode `none` everyone who reaches the loopback address is the local operator. In mode `shared` a
//! worker shows the ingest token and may report; a person signs in with a name and the password and may
//! do everything else. Each request passes, in this order: [`host`] (is it meant for us), [`identity`]
//! (who is it), [`origin`] (does a page of ours ask), and then what its route demands ([`access`]).
//! Secrets are only compared and derived from, never printed.

pub(crate) mod access;
mod attempts;
mod client;
mod ended;
pub(crate) mod headers;
mod host;
mod identity;
mod key;
mod origin;
mod secret;
mod session;
pub(crate) mod sign_in;

use crate::config::{AuthMode, Config, Network};
use attempts::{Attempts, FREE_BY_ADDRESS, FREE_BY_NAME};
use axum::extract::Request;
use cookie::Key;
use ended::Ended;
pub(crate) use ended::SessionEnd;
use forewatch::event::Actor;
pub(crate) use headers::CspNonce;
use host::Hosts;
pub(crate) use host::check as check_host;
pub(crate) use identity::{Identity, identify};
pub(crate) use key::link_key;
pub(crate) use origin::check as check_origin;
use secret::Digest;
use session::Sessions;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::Instant;

/// Why signing in cannot work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    /// The key of the sessions cannot be kept.
    #[error("the session key {path} cannot be {doing}: {source}; check that the folder is writable by Forewatch")]
    Key { path: String, doing: &'static str, source: std::io::Error },
    /// A mode without what it needs; the configuration's own check comes first.
    #[error("auth.mode = \"shared\" needs auth.ingest_token and auth.password")]
    Incomplete,
    /// An address that is none.
    #[error("server.public_url: \"{0}\" is not an address such as https://forewatch.example")]
    PublicUrl(String),
}

/// Everything that deciding needs; shared by all requests.
pub(crate) struct Auth {
    guard: Guard,
    hosts: Hosts,
    /// Whose word on where a request comes from is taken.
    proxies: Vec<Network>,
}

/// How people and workers are told apart from strangers.
enum Guard {
    /// Everyone is the local operator.
    Open(Actor),
    /// Secrets tell.
    Shared(Box<Shared>),
}

/// What mode `shared` compares with.
struct Shared {
    ingest_token: Digest,
    password: Digest,
    sessions: Sessions,
    ended: Ended,
    by_address: Attempts<IpAddr>,
    by_name: Attempts<String>,
}

impl Auth {
    /// Takes the secrets and addresses from the configuration. In mode `shared` it keeps a key beside
    /// the store, so that a restart signs nobody out; a new password signs everybody out.
    pub(crate) fn open(config: &Config) -> Result<Self, AuthError> {
        let guard = match config.auth.mode {
            AuthMode::None => Guard::Open(Actor { name: "local operator".to_owned() }),
            AuthMode::Shared => {
                let (Some(token), Some(password)) = (&config.auth.ingest_token, &config.auth.password) else {
                    return Err(AuthError::Incomplete);
                };
                let key: Key = key::session_key(config.store.url.as_ref(), password)?;
                let secure = config.server.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
                Guard::Shared(Box::new(Shared {
                    ingest_token: Digest::of(token.expose()),
                    password: Digest::of(password.expose()),
                    sessions: Sessions::new(key, secure),
                    ended: Ended::default(),
                    by_address: Attempts::free(FREE_BY_ADDRESS),
                    by_name: Attempts::free(FREE_BY_NAME),
                }))
            }
        };
        Ok(Self { guard, hosts: Hosts::of(config)?, proxies: config.server.trusted_proxies.clone() })
    }

    /// Whether people sign in here, and so can sign out.
    pub(crate) fn has_sessions(&self) -> bool {
        matches!(self.guard, Guard::Shared(_))
    }

    /// The address of whoever sent a request.
    fn client(&self, request: &Request) -> IpAddr {
        client::client(request, &self.proxies)
    }

    /// When what somebody was let in by ends.
    pub(crate) fn session_end(&self, identity: &Identity) -> SessionEnd {
        match (&self.guard, identity) {
            (Guard::Shared(shared), Identity::Session { id, expires, .. }) => {
                let left = (*expires - crate::collector::clock()).to_std().unwrap_or(Duration::ZERO);
                shared.ended.end_of(*id, Instant::now() + left)
            }
            _ => SessionEnd::never(),
        }
    }

    /// Whether `token` lets a worker report.
    pub(crate) fn is_ingest_token(&self, token: &str) -> bool {
        match &self.guard {
            Guard::Open(_) => true,
            Guard::Shared(shared) => shared.ingest_token.matches(token),
        }
    }
}
