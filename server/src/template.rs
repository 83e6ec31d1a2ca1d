//! Texts in which values are inserted. They are not a language.

/// A text with places for values; `P` names a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template<P>(Vec<Part<P>>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part<P> {
    Text(String),
    Place(P),
}

impl<P> Default for Template<P> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<P: Copy> Template<P> {
    /// Reads `{name}` as a place, `{{` and `}}` as braces. An error is the name that is not among `known`, or a brace alone.
    pub(crate) fn read(text: &str, known: &[(&str, P)]) -> Result<Self, String> {
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
            let place = known.iter().find(|(word, _)| *word == name).ok_or_else(|| unknown(name, known))?.1;
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

    /// Puts the values in, `None` where one of them is not known. What is inserted is never read again, whatever it holds.
    pub(crate) fn fill(&self, value: impl Fn(P) -> Option<String>) -> Option<String> {
        let part = |part: &Part<P>| match part {
            Part::Text(text) => Some(text.clone()),
            Part::Place(place) => value(*place),
        };
        self.0.iter().map(part).collect()
    }
}

fn unknown<P>(name: &str, known: &[(&str, P)]) -> String {
    let known: Vec<String> = known.iter().map(|(name, _)| format!("{{{name}}}")).collect();
    format!("{{{name}}} is no placeholder: there are {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<Option<String>, String> {
        let template = Template::read(text, &[("name", 0), ("value", 1), ("none", 2)])?;
        Ok(template.fill(|place| ["{value}", "148"].get(place).map(|text| (*text).to_owned())))
    }

    #[test]
    fn values_are_inserted_once_and_a_name_from_outside_is_no_placeholder() {
        assert_eq!(filled("{name} has {value}, {{value}}"), Ok(Some("{value} has 148, {value}".to_owned())));
        assert_eq!(filled("{name} has {none}"), Ok(None));
    }

    #[test]
    fn what_is_no_placeholder_is_told_with_those_that_exist() {
        let told = filled("{worker}").expect_err("there is none");
        assert_eq!(told, "{worker} is no placeholder: there are {name}, {value}, {none}");
        for text in ["{", "}", "a { b", "a } b", "{{}"] {
            assert!(filled(text).expect_err("a brace is left").contains("stands alone"), "{text}");
        }
    }
}
