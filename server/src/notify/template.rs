//! The headline of a message, with placeholders. It can only insert values: what is inserted is never looked at again.

use super::message::Notice;
use crate::alerts::write_value;
use std::fmt::Write as _;

/// A text with placeholders.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Value(Field),
}

/// What a placeholder stands for.
type Field = fn(&Notice) -> String;

/// The placeholders that exist.
const FIELDS: [(&str, Field); 9] = [
    ("status", |notice| notice.status().to_owned()),
    ("title", |notice| notice.alert.title.clone()),
    ("description", |notice| notice.alert.description.clone()),
    ("severity", |notice| notice.alert.severity.to_string()),
    ("rule", |notice| notice.alert.rule_id.to_string()),
    ("component", |notice| notice.alert.component.to_string()),
    ("component_id", |notice| notice.alert.component_id.clone()),
    ("value", |notice| value(notice).unwrap_or_default()),
    ("runbook", |notice| notice.alert.runbook.clone().unwrap_or_default()),
];

/// The metric's value, as people read it.
pub(crate) fn value(notice: &Notice) -> Option<String> {
    Some(write_value(notice.alert.metric_name.as_deref()?, notice.alert.metric_value?))
}

impl Template {
    /// Reads a text; `{{` and `}}` stand for the braces themselves.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(place) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(place);
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                plain.push_str(&from[..1]);
                rest = after;
                continue;
            }
            let (name, after) = from
                .strip_prefix('{')
                .and_then(|from| from.split_once('}'))
                .ok_or("has a brace alone: write {{ or }} for one that is meant")?;
            let Some((_, field)) = FIELDS.iter().find(|(known, _)| *known == name) else {
                let known = FIELDS.map(|(known, _)| format!("{{{known}}}"));
                return Err(format!("{{{name}}} stands for nothing: use {}", known.join(", ")));
            };
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
            pieces.push(Piece::Value(*field));
            rest = after;
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    /// The text for one alert.
    pub(crate) fn fill(&self, notice: &Notice) -> String {
        self.0.iter().fold(String::new(), |mut text, piece| {
            let _ = match piece {
                Piece::Text(plain) => text.write_str(plain),
                Piece::Value(field) => text.write_str(&field(notice)),
            };
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::What;
    use crate::notify::tests::alert;

    #[test]
    fn values_are_inserted_and_never_read_as_placeholders() {
        let mut about = alert("queue-backlog", "q");
        about.title = "{severity} waits".to_owned();
        let notice = Notice { what: What::New, alert: about };
        let filled = |text: &str| Template::of(text).expect("it is right").fill(&notice);
        assert_eq!(filled("{{{severity}}} {title}: {rule}"), "{error} {severity} waits: queue-backlog");
        assert_eq!(filled("no placeholder"), "no placeholder");
    }

    #[test]
    fn what_stands_for_nothing_is_named_with_what_exists() {
        let wrong = Template::of("{titel}").expect_err("there is no such thing");
        assert!(wrong.contains("{titel}") && wrong.contains("{title}"), "{wrong}");
        assert!(Template::of("a } b").is_err() && Template::of("a {title").is_err());
    }
}
