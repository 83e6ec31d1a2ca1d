//! Addresses in messages: of the dashboard, and the signed ones by which an alert is handled with a click.
//!
//! A token is `PAYLOAD.MAC`: the payload, in base64url, names the alert, the channel and until when it holds; the MAC is
//! HMAC-SHA-256 with a key of the server's own. Who has the message may handle its alert, once, in the channel's name.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use forewatch::AlertId;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How long a link holds from when it was decided to tell.
const HOLDS: TimeDelta = TimeDelta::days(1);

/// What makes addresses.
pub(crate) struct Links {
    /// `https://forewatch.example`
    base: String,
    key: Vec<u8>,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handle {
    pub(crate) alert: AlertId,
    pub(crate) channel: String,
    pub(crate) expires: DateTime<Utc>,
    /// Tells the token from every other.
    pub(crate) id: String,
}

impl Links {
    pub(crate) fn new(base: &str, key: Vec<u8>) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), key }
    }

    /// Where the server is reached.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The list of alerts.
    pub(crate) fn alerts(&self) -> String {
        format!("{}/alerts", self.base)
    }

    /// An alert's page.
    pub(crate) fn alert(&self, id: &AlertId) -> String {
        format!("{}/alerts/{id}", self.base)
    }

    /// A link by which somebody handles an alert in a channel's name; told at `at`.
    pub(crate) fn handle(&self, alert: &AlertId, channel: &str, at: DateTime<Utc>) -> String {
        let expires = (at + HOLDS).timestamp_millis();
        let payload = URL_SAFE_NO_PAD.encode(format!("{alert} {channel} {expires}"));
        let mac = URL_SAFE_NO_PAD.encode(self.mac(&payload).finalize().into_bytes());
        format!("{}/handle/{payload}.{mac}", self.base)
    }

    /// What a token says, if it is ours, also when its time is up.
    pub(crate) fn read(&self, token: &str) -> Option<Handle> {
        let (payload, mac) = token.split_once('.')?;
        self.mac(payload).verify_slice(&URL_SAFE_NO_PAD.decode(mac).ok()?).ok()?;
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let mut parts = text.split(' ');
        let (alert, channel, expires) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
        Some(Handle {
            alert: AlertId::new(alert).ok()?,
            channel: channel.to_owned(),
            expires: DateTime::from_timestamp_millis(expires)?,
            id: mac.to_owned(),
        })
    }

    fn mac(&self, payload: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(b"forewatch link 1 ");
        mac.update(payload.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_it_was_made_for_and_no_other_is_believed() {
        let links = Links::new("https://forewatch.example/", vec![7; 64]);
        let at = "2026-11-24T14:00:00Z".parse().expect("a time");
        let url = links.handle(&AlertId::new("01A").expect("an id"), "oncall", at);
        let token = url.strip_prefix("https://forewatch.example/handle/").expect("it is ours");
        let handle = links.read(token).expect("it is ours");
        assert_eq!((handle.alert.as_str(), handle.channel.as_str()), ("01A", "oncall"));
        assert_eq!(handle.expires, at + TimeDelta::days(1));
        assert_eq!(Links::new("https://forewatch.example", vec![8; 64]).read(token), None);
        for place in 0..token.len() {
            let mut forged = token.as_bytes().to_vec();
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).expect("it is ASCII");
            // The last sign of a MAC has bits that mean nothing; they must be zero.
            assert_eq!(links.read(&forged), None, "{place}");
        }
        let far = links.handle(&AlertId::new("01A").expect("an id"), "oncall", at + TimeDelta::milliseconds(1));
        assert_ne!(far, url, "each message has a link of its own");
    }
}
