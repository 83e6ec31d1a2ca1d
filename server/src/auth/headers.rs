//! What every answer tells the browser to guard: the content security policy with a nonce of its own,
//! no guessing of types, no framing, no keeping of what may hold data.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use std::sync::Arc;

/// The nonce of one answer: inline scripts and styles that carry it are ours.
#[derive(Debug, Clone)]
pub(crate) struct CspNonce(pub(crate) Arc<str>);

impl CspNonce {
    fn random() -> Self {
        let mut bytes = [0; 16];
        rand::rng().fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes).into())
    }

    fn policy(&self) -> String {
        let nonce = &self.0;
        format!(
            "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
             img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
             form-action 'self'"
        )
    }
}

/// The middleware. A handler finds the nonce among the request's extensions.
pub(crate) async fn protect(mut request: Request, next: Next) -> Response {
    let nonce = CspNonce::random();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let kept = headers.get(header::CACHE_CONTROL).is_some_and(|kept| kept.as_bytes().ends_with(b"immutable"));
    // Browsers heed these on documents only. The site's built files, which are kept for ever, are none, and are never taken
    // for one: their types are not guessed.
    if !kept {
        if let Ok(policy) = HeaderValue::from_str(&nonce.policy()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        // Not no-referrer: that turns the Origin of our own forms into null.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    // It is about windows: browsers heed it on documents only.
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/html")) {
        headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
