//! The page to sign in on. It stands alone, so that it works when nothing else may be loaded yet.

use crate::auth::headers::CspNonce;
use axum::response::{Html, IntoResponse, Response};

/// What the page shows.
pub(super) struct Page<'a> {
    pub(super) nonce: &'a CspNonce,
    /// Where signing in leads; already checked.
    pub(super) next: &'a str,
    /// The name that was given before.
    pub(super) name: &'a str,
    /// Why it did not work the last time.
    pub(super) problem: Option<&'a str>,
}

const STYLE: &str = include_str!("page.css");

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        let problem = self
            .problem
            .map_or_else(String::new, |text| format!("<p role=\"alert\" class=\"problem\">{}</p>", escape(text)));
        Html(format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n\
             <title>Sign in · Forewatch</title>\n<style nonce=\"{nonce}\">{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <h1>Forewatch</h1>\n{problem}\n<form method=\"post\" action=\"/sign-in\">\n\
             <input type=\"hidden\" name=\"next\" value=\"{next}\">\n\
             <label for=\"name\">Your name</label>\n\
             <input id=\"name\" name=\"name\" value=\"{name}\" autocomplete=\"name\" required maxlength=\"60\" aria-describedby=\"why\">\n\
             <p id=\"why\">It is recorded with what you do.</p>\n\
             <label for=\"password\">Password</label>\n\
             <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required>\n\
             <button>Sign in</button>\n</form>\n</main>\n</body>\n</html>\n",
            nonce = escape(&self.nonce.0),
            next = escape(self.next),
            name = escape(self.name),
        ))
        .into_response()
    }
}

/// Text as it may stand in an element or in a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_text_and_never_markup() {
        assert_eq!(escape("\"><script>'&"), "&quot;&gt;&lt;script&gt;&#39;&amp;");
    }
}
