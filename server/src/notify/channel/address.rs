//! Addresses of receivers. What was written is never repeated in an error: it may hold a secret.

use crate::notify::Reach;
use reqwest::Url;

/// Reads an address to which we write over HTTP.
pub(super) fn http(text: &str, reach: Reach) -> Result<Url, String> {
    let url =
        Url::parse(text).map_err(|error| format!("is not an address such as https://hooks.example/…: {error}"))?;
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(host)) => reach.check_host(host).map(|()| url),
        _ => Err("must begin with https:// or http://".to_owned()),
    }
}

/// The server and the topic of `https://ntfy.example/topic`.
pub(super) fn topic(mut url: Url) -> Result<(Url, String), String> {
    let path = url.path().trim_matches('/').to_owned();
    let (before, topic) = path.rsplit_once('/').unwrap_or(("", &path));
    if topic.is_empty() || topic.len() > 64 {
        return Err("has no topic: write https://ntfy.sh/TOPIC".to_owned());
    }
    url.set_path(before);
    Ok((url, topic.to_owned()))
}

/// Host, port and whether TLS begins at once, of `smtp://host[:port]` or `smtps://host[:port]`.
pub(super) fn mail(text: &str, reach: Reach) -> Result<(String, u16, bool), String> {
    let wrong = || "is not a mail server: write smtp://HOST:587 (STARTTLS) or smtps://HOST:465".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_wrapped = match url.scheme() {
        "smtp" => false,
        "smtps" => true,
        _ => return Err(wrong()),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a name or password: write `user`, and `secret` = env:NAME".to_owned());
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
    reach.check_host(host)?;
    Ok((host.to_owned(), url.port().unwrap_or(if is_wrapped { 465 } else { 587 }), is_wrapped))
}
