//! One file of the site, with its compressed copies, and how it is sent.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A file, ready to be sent.
pub(super) struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    content_type: &'static str,
    etag: HeaderValue,
}

/// Takes `.br` and `.gz` as copies of the file that they are named after.
pub(super) fn with_compressed(mut raw: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, File> {
    let names: Vec<String> = raw.keys().cloned().collect();
    let mut files = BTreeMap::new();
    for name in names {
        let copy_of = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz"));
        if copy_of.is_some_and(|file| files.contains_key(file)) {
            continue;
        }
        let (brotli, gzip) = (raw.remove(&format!("{name}.br")), raw.remove(&format!("{name}.gz")));
        if let Some(plain) = raw.remove(&name) {
            files.insert(name.clone(), File::new(&name, plain, brotli, gzip));
        }
    }
    files
}

impl File {
    fn new(name: &str, plain: Vec<u8>, brotli: Option<Vec<u8>>, gzip: Option<Vec<u8>>) -> Self {
        let hash: String = Sha256::digest(&plain).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        // Weak, since the compressed copies share it.
        let etag = HeaderValue::try_from(format!("W/\"{hash}\"")).unwrap_or(HeaderValue::from_static("W/\"\""));
        Self {
            plain: plain.into(),
            brotli: brotli.map(Into::into),
            gzip: gzip.map(Into::into),
            content_type: content_type(name),
            etag,
        }
    }

    /// The answer to a request with these headers.
    pub(super) fn answer(&self, asked: &HeaderMap, cache: &'static str) -> Response<Body> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        // What is kept for ever under an address of its own is never asked for again.
        if !cache.ends_with("immutable") {
            headers.insert(header::ETAG, self.etag.clone());
        }
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
        if known.flat_map(|tags| tags.split(',')).any(|tag| tag.trim().as_bytes() == self.etag.as_bytes()) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        let (body, encoding) = match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts(asked, "br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts(asked, "gzip") => (gzip, Some("gzip")),
            _ => (&self.plain, None),
        };
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        (headers, body.clone()).into_response()
    }
}

/// Whether `Accept-Encoding` names `coding` and does not refuse it with `q=0`.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let offers = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    offers.flat_map(|value| value.split(',')).any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named && parts.filter_map(|part| part.strip_prefix("q=")).all(|q| q.parse().is_ok_and(|q: f32| q > 0.0))
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "html" => "text/html; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "wav" => "audio/wav",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> File {
        File::new("a.css", b"plain".to_vec(), Some(b"br".to_vec()), Some(b"gz".to_vec()))
    }

    fn asked(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).expect("a header"))])
    }

    #[test]
    fn the_smallest_copy_that_the_browser_takes_is_sent() {
        for (accept, encoding) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("identity", None),
            ("", None),
        ] {
            let response = file().answer(&asked(header::ACCEPT_ENCODING, accept), "no-cache");
            let sent = response.headers().get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes);
            assert_eq!(sent, encoding.map(str::as_bytes), "{accept}");
        }
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let etag = file().etag.to_str().expect("it is text").to_owned();
        let response = file().answer(&asked(header::IF_NONE_MATCH, &format!("\"x\", {etag}")), "no-cache");
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    }
}
