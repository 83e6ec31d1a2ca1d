//! Sessions of people: a signed cookie that holds the name, when it was given and until when it holds.
//! The server keeps only which were ended ([`super::ended`]); the signature is the proof.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Days, TimeDelta, Utc};
use cookie::{Cookie, CookieJar, Key, SameSite};
use serde::{Deserialize, Serialize};

/// The cookie's name.
pub(super) const COOKIE: &str = "forewatch_session";
/// How long a session holds without use.
const DAYS: u32 = 30;
/// A session older than this is given anew when it is used.
const RENEW_AFTER: TimeDelta = TimeDelta::days(1);
/// The longest name of a person, in characters.
pub(super) const MAX_NAME: usize = 60;

/// Tells a session from others of the same person; it stays when the session is prolonged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SessionId(u64);

/// Who is signed in, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) name: String,
    given: i64,
    expires: i64,
}

impl Session {
    /// A new session from now on.
    pub(super) fn begin(name: String, now: DateTime<Utc>) -> Self {
        Self { id: SessionId(rand::random()), name, given: 0, expires: 0 }.prolonged(now)
    }

    /// The same session, held from now on.
    pub(super) fn prolonged(self, now: DateTime<Utc>) -> Self {
        Self { given: now.timestamp(), expires: (now + Days::new(DAYS.into())).timestamp(), ..self }
    }

    /// Whether it is time to give it anew.
    pub(super) fn is_due(&self, now: DateTime<Utc>) -> bool {
        now.timestamp() - self.given >= RENEW_AFTER.num_seconds()
    }

    /// Until when it holds.
    pub(super) fn expires(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.expires, 0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// Gives sessions and knows its own again.
pub(super) struct Sessions {
    key: Key,
    secure: bool,
}

impl Sessions {
    /// `secure`: people come by https, so the cookie must not travel otherwise.
    pub(super) fn new(key: Key, secure: bool) -> Self {
        Self { key, secure }
    }

    /// The `Set-Cookie` that begins or prolongs `session`.
    pub(super) fn give(&self, session: &Session) -> String {
        let content = serde_json::to_vec(session).expect("a name and two numbers can always be written");
        let mut jar = CookieJar::new();
        jar.signed_mut(&self.key).add(Cookie::new(COOKIE, URL_SAFE_NO_PAD.encode(content)));
        let signed = jar.get(COOKIE).map_or_else(String::new, |cookie| cookie.value().to_owned());
        self.cookie(signed, cookie::time::Duration::days(DAYS.into()))
    }

    /// The `Set-Cookie` that ends a session.
    pub(super) fn end(&self) -> String {
        self.cookie(String::new(), cookie::time::Duration::ZERO)
    }

    fn cookie(&self, value: String, age: cookie::time::Duration) -> String {
        // Lax, so that a link from a mail or a chat opens the page it names; changes are guarded by Origin.
        let cookie = Cookie::build((COOKIE, value)).http_only(true).same_site(SameSite::Lax).path("/").max_age(age);
        cookie.secure(self.secure).build().to_string()
    }

    /// The session in a `Cookie` header, when it is ours and holds at `now`.
    pub(super) fn read(&self, header: &str, now: DateTime<Utc>) -> Option<Session> {
        let mut jar = CookieJar::new();
        for cookie in Cookie::split_parse(header.to_owned()).flatten().filter(|cookie| cookie.name() == COOKIE) {
            jar.add_original(cookie);
        }
        let cookie = jar.signed(&self.key).get(COOKIE)?;
        let session: Session = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cookie.value()).ok()?).ok()?;
        (session.expires > now.timestamp()).then_some(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
    }

    fn pair(cookie: &str) -> &str {
        cookie.split(';').next().expect("it has a first part")
    }

    #[test]
    fn a_session_is_known_again_until_it_expires() {
        let sessions = Sessions::new(Key::generate(), false);
        let cookie = sessions.give(&Session::begin("Mara Öztürk; =\"".to_owned(), now()));
        let header = format!("theme=dark; {}", pair(&cookie));
        let session = sessions.read(&header, now()).expect("it is ours");
        assert_eq!(session.name, "Mara Öztürk; =\"");
        assert_eq!(session.clone().prolonged(now() + TimeDelta::days(2)).id, session.id);
        assert!(!session.is_due(now()) && session.is_due(now() + TimeDelta::days(2)));
        assert_eq!(sessions.read(&header, now() + TimeDelta::days(31)), None);
    }

    #[test]
    fn a_changed_or_foreign_cookie_is_nothing() {
        let sessions = Sessions::new(Key::generate(), false);
        let cookie = sessions.give(&Session::begin("mara".to_owned(), now()));
        let mut forged = pair(&cookie).to_owned();
        let last = forged.pop().expect("it is not empty");
        forged.push(if last == 'A' { 'B' } else { 'A' });
        assert_eq!(sessions.read(&forged, now()), None);
        assert_eq!(Sessions::new(Key::generate(), false).read(pair(&cookie), now()), None);
        assert_eq!(sessions.read("forewatch_session=", now()), None);
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_and_for_http_where_there_is_https() {
        let session = Session::begin("mara".to_owned(), now());
        let plain = Sessions::new(Key::generate(), false).give(&session);
        assert!(plain.contains("HttpOnly") && plain.contains("SameSite=Lax") && !plain.contains("Secure"), "{plain}");
        assert!(Sessions::new(Key::generate(), true).give(&session).contains("Secure"));
    }
}
