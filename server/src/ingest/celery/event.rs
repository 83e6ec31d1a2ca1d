//! One Celery event as it stands in a body: an object, or one of a list (`task.multi`). Texts are
//! borrowed from the body where they have no escapes; no tree is built.

use super::lenient::Lenient;
use super::refusal::Refusal;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

macro_rules! event {
    ($($field:ident $(= $name:literal)?),+ $(,)?) => {
        /// The fields of all event types; which of them one has depends on its type.
        #[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        pub(super) struct CeleryEvent<'a> {
            $($(#[serde(rename = $name)])? #[serde(borrow)] pub(super) $field: Lenient<'a>,)+
        }
    };
}

event!(
    kind = "type",
    hostname,
    timestamp,
    uuid,
    name,
    args,
    kwargs,
    root_id,
    parent_id,
    retries,
    eta,
    expires,
    queue,
    result,
    runtime,
    exception,
    traceback,
    terminated,
    signum,
    expired,
    requeue,
    freq,
    active,
    processed,
    loadavg,
    sw_ident,
    sw_ver,
);

/// Calls `each` with every event of a body, in order. What `each` refuses spoils no other event.
pub(super) fn read(body: &[u8], each: impl FnMut(&CeleryEvent<'_>)) -> Result<(), Refusal> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    OneOrMany(each).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(())
}

struct OneOrMany<F>(F);

impl<'de, F: FnMut(&CeleryEvent<'_>)> DeserializeSeed<'de> for OneOrMany<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(&CeleryEvent<'_>)> Visitor<'de> for OneOrMany<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event or a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut events: A) -> Result<(), A::Error> {
        while let Some(Object(event)) = events.next_element::<Object<'de>>()? {
            (self.0)(&event);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, fields: A) -> Result<(), A::Error> {
        (self.0)(&CeleryEvent::deserialize(MapAccessDeserializer::new(fields))?);
        Ok(())
    }
}

/// An event as an object only: a derived reader would take a list of values as well.
struct Object<'a>(CeleryEvent<'a>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
                CeleryEvent::deserialize(MapAccessDeserializer::new(fields)).map(Object)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    fn kinds(body: &str) -> Result<Vec<Option<String>>, Refusal> {
        let mut kinds = Vec::new();
        read(body.as_bytes(), |event| kinds.push(event.kind.text().map(str::to_owned)))?;
        Ok(kinds)
    }

    #[test]
    fn a_body_is_one_event_or_a_list_of_them() {
        assert_eq!(kinds(r#"{"type": "task-sent"}"#).unwrap(), [Some("task-sent".to_owned())]);
        assert_eq!(kinds(r#"[{"type": "a"}, {"type": "b"}]"#).unwrap().len(), 2);
        assert_eq!(kinds("[]").unwrap().len(), 0);
    }

    #[test]
    fn fields_of_an_unexpected_type_or_name_are_passed_over() {
        let body = r#"{"type": "task-step", "uuid": "u", "result": {"a": [1, {"b": null}]}, "args": [1], "name": 5,
            "made_up": {"deep": [[[]]]}, "loadavg": [0.5, 1, 2.25], "retries": -1, "hostname": "a\u00fcb"}"#;
        let mut seen = 0;
        read(body.as_bytes(), |event| {
            seen += 1;
            assert_eq!((event.result.text(), event.name.text(), event.args.text()), (None, None, None));
            assert_eq!(event.loadavg.three(), Some([0.5, 1.0, 2.25]));
            assert_eq!(event.retries.count(), None);
            assert_eq!(event.hostname.text(), Some("aüb"));
        })
        .unwrap();
        assert_eq!(seen, 1);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for bad in ["5", "\"text\"", "[1]", "[[{}]]", "{\"type\": ", "{} {}", "null"] {
            assert!(matches!(kinds(bad), Err(Refusal::Malformed(_))), "{bad}");
        }
        let deep = format!("{{\"type\": \"a\", \"args\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(kinds(&deep), Err(Refusal::Malformed(_))));
    }
}
