//! The envelope that kombu puts around every message, and its body. Anyone who can publish can forge
//! one, so its size is limited before it is read, and serde_json limits its depth.

use super::refusal::Refusal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::borrow::Cow;

/// The longest message that is read, in bytes. Celery's own events are under 100 KB.
pub(crate) const MAX_MESSAGE: usize = 1024 * 1024;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    body: Cow<'a, str>,
    #[serde(borrow, default, rename = "content-type")]
    content_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    headers: Option<Headers<'a>>,
    #[serde(borrow, default)]
    properties: Option<Properties<'a>>,
}

#[derive(Deserialize)]
struct Headers<'a> {
    #[serde(borrow, default)]
    compression: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    ticket: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Properties<'a> {
    #[serde(borrow, default)]
    body_encoding: Option<Cow<'a, str>>,
}

/// An opened message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its body: JSON, not read yet.
    pub(crate) body: Vec<u8>,
    /// The request that it answers, in a reply to a control request.
    pub(crate) ticket: Option<String>,
}

/// Takes the body out of the envelope, undoing base64 where it says so.
pub(crate) fn open(data: &[u8]) -> Result<Message, Refusal> {
    open_within(data, MAX_MESSAGE)
}

/// As [`open`], for a message of up to `limit` bytes.
pub(crate) fn open_within(data: &[u8], limit: usize) -> Result<Message, Refusal> {
    if data.len() > limit {
        return Err(Refusal::TooLarge { bytes: data.len(), limit });
    }
    let envelope: Envelope<'_> = serde_json::from_slice(data)?;
    if let Some(kind) = envelope.content_type.filter(|kind| kind != "application/json") {
        return Err(Refusal::Serializer(short(&kind)));
    }
    let (compression, ticket) = envelope.headers.map_or((None, None), |headers| (headers.compression, headers.ticket));
    if let Some(compression) = compression {
        return Err(Refusal::Encoding(short(&compression)));
    }
    let body = match envelope.properties.and_then(|properties| properties.body_encoding).as_deref() {
        None => envelope.body.into_owned().into_bytes(),
        Some("base64") => STANDARD
            .decode(envelope.body.as_bytes())
            .map_err(|error| Refusal::Malformed(format!("its body is not base64: {error}")))?,
        Some(other) => return Err(Refusal::Encoding(short(other))),
    };
    Ok(Message { body, ticket: ticket.map(Cow::into_owned) })
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    fn message(content_type: &str, encoding: &str, body: &str) -> String {
        format!(
            r#"{{"body": {}, "content-type": "{content_type}", "headers": {{}}, "properties": {{{encoding}}}}}"#,
            serde_json::to_string(body).unwrap()
        )
    }

    #[test]
    fn a_body_is_base64_or_plain_text() {
        let json = r#"{"type": "worker-online"}"#;
        let coded = message("application/json", r#""body_encoding": "base64""#, &STANDARD.encode(json));
        assert_eq!(open(coded.as_bytes()).unwrap().body, json.as_bytes());
        for plain in [r#""body_encoding": null"#, ""] {
            assert_eq!(open(message("application/json", plain, json).as_bytes()).unwrap().body, json.as_bytes());
        }
    }

    #[test]
    fn pickle_is_refused_with_what_to_change() {
        let error = open(message("application/x-python-serialize", "", "gASV").as_bytes()).unwrap_err();
        assert!(error.to_string().contains("event_serializer = \"json\""), "{error}");
        for other in ["application/x-msgpack", "application/x-yaml"] {
            assert!(matches!(open(message(other, "", "x").as_bytes()), Err(Refusal::Serializer(_))));
        }
    }

    #[test]
    fn what_is_too_long_or_too_deep_or_not_json_is_refused() {
        assert_eq!(
            open(&vec![b'['; MAX_MESSAGE + 1]),
            Err(Refusal::TooLarge { bytes: MAX_MESSAGE + 1, limit: MAX_MESSAGE })
        );
        for bad in
            ["", "hello", "[]", "{\"body\": 1}", "{\"body\": \"a\", \"properties\": {\"body_encoding\": \"base64\"}}"]
        {
            assert!(matches!(open(bad.as_bytes()), Err(Refusal::Malformed(_))), "{bad}");
        }
        let deep = format!("{{\"body\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(matches!(open(deep.as_bytes()), Err(Refusal::Malformed(_))));
        assert!(matches!(open(b"{\"body\": \"\xff\xfe\"}"), Err(Refusal::Malformed(_))));
    }
}
