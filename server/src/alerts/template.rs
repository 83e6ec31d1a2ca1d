//! The texts of a rule, in which values are inserted. They are not a language.

use super::label::Label;

/// A text with places for values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

/// What can be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// What people call the subject.
    Subject,
    /// The value, as people read it.
    Value,
    /// The threshold, likewise.
    Threshold,
    /// One of the subject's labels.
    Label(Label),
}

impl Template {
    /// Reads `{name}` as a place, `{{` and `}}` as braces. An error is the name that is not known, or a brace alone.
    pub(crate) fn read(text: &str, labels: &[Label]) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..];
            if let Some(after) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
                plain.push_str(&brace[..1]);
                rest = after;
                continue;
            }
            let (name, after) = brace
                .strip_prefix('{')
                .and_then(|inner| inner.split_once('}'))
                .ok_or("a brace stands alone: write {{ or }} for a brace")?;
            let place = place(name, labels).ok_or_else(|| unknown(name, labels))?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Place(place));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// Puts the values in. What is inserted is never read again, whatever it holds.
    pub(super) fn fill(&self, value: impl Fn(Place) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Place(place) => value(*place),
        };
        self.0.iter().map(part).collect()
    }
}

fn place(name: &str, labels: &[Label]) -> Option<Place> {
    match name {
        "subject" => Some(Place::Subject),
        "value" => Some(Place::Value),
        "threshold" => Some(Place::Threshold),
        name => labels.iter().find(|label| label.as_str() == name).map(|label| Place::Label(*label)),
    }
}

fn unknown(name: &str, labels: &[Label]) -> String {
    let known = ["subject", "value", "threshold"].into_iter().chain(labels.iter().map(|label| label.as_str()));
    let known: Vec<String> = known.map(|name| format!("{{{name}}}")).collect();
    format!("{{{name}}} is no placeholder: there are {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, String> {
        let template = Template::read(text, &[Label::Queue])?;
        Ok(template.fill(|place| match place {
            Place::Subject => "{value}".to_owned(),
            Place::Value => "148".to_owned(),
            Place::Threshold => "100".to_owned(),
            Place::Label(label) => label.as_str().to_owned(),
        }))
    }

    #[test]
    fn values_are_inserted_once_and_a_name_from_outside_is_no_placeholder() {
        let text = "{subject}: {value} of {threshold} in {queue}, {{braces}}";
        assert_eq!(filled(text).as_deref(), Ok("{value}: 148 of 100 in queue, {braces}"));
        assert_eq!(filled("").as_deref(), Ok(""));
    }

    #[test]
    fn what_is_no_placeholder_is_told_with_those_that_exist() {
        let told = filled("{worker} is odd").expect_err("a queue has no worker");
        assert_eq!(told, "{worker} is no placeholder: there are {subject}, {value}, {threshold}, {queue}");
        assert!(filled("100 % } of").is_err() && filled("{value").is_err());
    }
}
