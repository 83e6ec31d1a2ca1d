//! Python's text of a task's arguments, read back as JSON. Pure.
//!
//! What Celery sends is not quite what Python's `repr` gives: in a text only the quote is escaped, so that a
//! backslash may stand for itself or begin an escape, and what is long is cut with `...` anywhere. A task must not be
//! sent again with other arguments than it had, so whatever can be read in two ways is refused.

use std::iter::Peekable;
use std::str::CharIndices;

/// Brackets within brackets that are read.
const DEPTH: usize = 32;
/// Characters of what cannot be read that a refusal shows.
const SHOWN: usize = 40;

/// Why a text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("they were cut, and the rest is not known")]
    Cut,
    #[error("a value was masked, and is not known")]
    Masked,
    #[error("a text has a backslash, and what it stands for cannot be told")]
    Ambiguous,
    #[error("{0} is no plain value")]
    NoLiteral(String),
}

/// The positional arguments, as a JSON array; a tuple becomes one, as in Celery's own JSON.
pub(super) fn arguments(text: &str) -> Result<String, Unreadable> {
    whole(text, &['(', '['])
}

/// The named arguments, as a JSON object.
pub(super) fn named_arguments(text: &str) -> Result<String, Unreadable> {
    whole(text, &['{'])
}

fn whole(text: &str, opening: &[char]) -> Result<String, Unreadable> {
    let text = text.trim();
    if text.ends_with('…') {
        return Err(Unreadable::Cut);
    }
    if !text.starts_with(opening) {
        return Err(no_literal(text));
    }
    let mut reader = Reader { text, signs: text.char_indices().peekable(), out: String::new() };
    reader.value(0)?;
    match reader.signs.peek() {
        None => Ok(reader.out),
        Some(_) => Err(reader.no_literal_here()),
    }
}

struct Reader<'a> {
    text: &'a str,
    signs: Peekable<CharIndices<'a>>,
    out: String,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<(), Unreadable> {
        if depth > DEPTH {
            return Err(self.no_literal_here());
        }
        self.spaces();
        match self.peek()? {
            '\'' | '"' => {
                let text = self.text()?;
                self.out.push_str(&json_text(&text));
                Ok(())
            }
            '(' => self.sequence(')', depth),
            '[' => self.sequence(']', depth),
            '{' => self.dict(depth),
            _ => self.word().map(|word| self.out.push_str(&word)),
        }
    }

    /// A tuple or a list.
    fn sequence(&mut self, close: char, depth: usize) -> Result<(), Unreadable> {
        self.signs.next();
        self.out.push('[');
        let (mut count, mut comma) = (0_usize, false);
        loop {
            self.spaces();
            if self.peek()? == close {
                // Without a comma it is a value in brackets, no tuple.
                if close == ')' && count == 1 && !comma {
                    return Err(self.no_literal_here());
                }
                self.signs.next();
                self.out.push(']');
                return Ok(());
            }
            if count > 0 {
                if !comma {
                    return Err(self.no_literal_here());
                }
                self.out.push(',');
            }
            self.value(depth + 1)?;
            count += 1;
            comma = self.comma()?;
        }
    }

    fn dict(&mut self, depth: usize) -> Result<(), Unreadable> {
        self.signs.next();
        self.out.push('{');
        let (mut count, mut comma) = (0_usize, false);
        loop {
            self.spaces();
            if self.peek()? == '}' {
                self.signs.next();
                self.out.push('}');
                return Ok(());
            }
            if count > 0 {
                if !comma {
                    return Err(self.no_literal_here());
                }
                self.out.push(',');
            }
            // JSON has texts for keys only: Python's writer makes them of other plain values.
            let key = if matches!(self.peek()?, '\'' | '"') { self.text()? } else { self.word()? };
            self.out.push_str(&json_text(&key));
            self.spaces();
            // A set has no values.
            if self.peek()? != ':' {
                return Err(self.no_literal_here());
            }
            self.signs.next();
            self.out.push(':');
            self.value(depth + 1)?;
            count += 1;
            comma = self.comma()?;
        }
    }

    /// A text in quotes.
    fn text(&mut self) -> Result<String, Unreadable> {
        let quote = self.next()?;
        let mut text = String::new();
        loop {
            match self.next()? {
                '\\' => {
                    // The only escape of Celery's. At what looks like the end, it may be a backslash that ends the text.
                    let escaped = self.next()?;
                    let ends = matches!(self.signs.peek(), None | Some((_, ',' | ')' | ']' | '}' | ':')));
                    if escaped != '\'' || quote != '\'' || ends {
                        return Err(Unreadable::Ambiguous);
                    }
                    text.push('\'');
                }
                sign if sign == quote => break,
                sign => text.push(sign),
            }
        }
        // Celery cuts within the quotes too.
        if text.ends_with("...") {
            return Err(Unreadable::Cut);
        }
        if text == "***" {
            return Err(Unreadable::Masked);
        }
        Ok(text)
    }

    /// A number or a constant, as JSON. A number keeps its digits.
    fn word(&mut self) -> Result<String, Unreadable> {
        let start = self.signs.peek().map_or(self.text.len(), |(at, _)| *at);
        let rest = &self.text[start..];
        let length = rest.find([',', ')', ']', '}', ':', ' ', '\n']).unwrap_or(rest.len());
        let word = &rest[..length];
        let json = match word {
            "True" => "true",
            "False" => "false",
            "None" => "null",
            number if is_number(number) => number,
            cut if cut.starts_with("...") => return Err(Unreadable::Cut),
            _ => return Err(no_literal(rest)),
        };
        while self.signs.peek().is_some_and(|(at, _)| *at < start + length) {
            self.signs.next();
        }
        Ok(json.to_owned())
    }

    /// Takes a comma, if there is one.
    fn comma(&mut self) -> Result<bool, Unreadable> {
        self.spaces();
        let is_comma = self.peek()? == ',';
        if is_comma {
            self.signs.next();
        }
        Ok(is_comma)
    }

    fn spaces(&mut self) {
        while self.signs.next_if(|(_, sign)| matches!(sign, ' ' | '\n')).is_some() {}
    }

    /// What ends before it is whole was cut.
    fn peek(&mut self) -> Result<char, Unreadable> {
        self.signs.peek().map(|(_, sign)| *sign).ok_or(Unreadable::Cut)
    }

    fn next(&mut self) -> Result<char, Unreadable> {
        self.signs.next().map(|(_, sign)| sign).ok_or(Unreadable::Cut)
    }

    fn no_literal_here(&mut self) -> Unreadable {
        let at = self.signs.peek().map_or(self.text.len(), |(at, _)| *at);
        no_literal(&self.text[at..])
    }
}

fn no_literal(text: &str) -> Unreadable {
    Unreadable::NoLiteral(format!("“{}”", text.chars().take(SHOWN).collect::<String>()))
}

/// A number that Python and JSON write alike.
fn is_number(word: &str) -> bool {
    let rest = word.strip_prefix('-').unwrap_or(word);
    let (number, exponent) = rest.split_once('e').map_or((rest, None), |(number, power)| (number, Some(power)));
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, part)| (whole, Some(part)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let power = |text: &str| digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(power)
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn read(text: &str) -> Value {
        serde_json::from_str(&arguments(text).unwrap_or_else(|error| panic!("{text}: {error}"))).unwrap()
    }

    #[test]
    fn what_celery_writes_is_read_back() {
        assert_eq!(read("()"), json!([]));
        assert_eq!(read("(1,)"), json!([1]));
        assert_eq!(read("[1, -2.5, 1e-05, 1e+16]"), json!([1, -2.5, 1e-5, 1e16]));
        assert_eq!(
            read("('it\\'s', 'two\nlines', 'ü🦀', None, True, False)"),
            json!(["it's", "two\nlines", "ü🦀", null, true, false])
        );
        assert_eq!(
            read("({'a': [1, (2, 3)], 2: 'x', None: {}},)"),
            json!([{ "a": [1, [2, 3]], "2": "x", "null": {} }])
        );
        assert_eq!(read("(\"it's\",)"), json!(["it's"]));
        let named = named_arguments("{'user': 'ana', 'n': 3}").unwrap();
        assert_eq!(serde_json::from_str::<Value>(&named).unwrap(), json!({ "user": "ana", "n": 3 }));
        assert_eq!(arguments("(123456789012345678901234567890,)").unwrap(), "[123456789012345678901234567890]");
    }

    #[test]
    fn what_was_cut_or_masked_is_refused() {
        for cut in ["(1, 2, ...)", "('aaaa...',)", "([...],)", "('a', ...", "('a", "(1,", "(1, '2…", "", "({'a': ..."]
        {
            assert!(matches!(arguments(cut), Err(Unreadable::Cut | Unreadable::NoLiteral(_))), "{cut}");
        }
        assert_eq!(arguments("(1, 2, ...)"), Err(Unreadable::Cut));
        assert_eq!(arguments("('word...',)"), Err(Unreadable::Cut));
        assert_eq!(named_arguments("{'password': '***'}"), Err(Unreadable::Masked));
    }

    #[test]
    fn what_is_no_plain_value_is_refused() {
        for other in [
            "(<User object>,)",
            "(b'x',)",
            "({1, 2},)",
            "(set(),)",
            "(datetime.date(2026, 1, 2),)",
            "(nan,)",
            "(inf,)",
            "((1+2j),)",
            "(1)",
            "(Decimal('1'),)",
            "1",
            "'a'",
            "{'a': 1}",
            "(1 2)",
            "(1,) x",
            "(01,)",
            "(1_000,)",
            "(0x1,)",
            "('a' 'b',)",
            "(True1,)",
            "(,)",
            "(range(0, 3),)",
        ] {
            assert!(matches!(arguments(other), Err(Unreadable::NoLiteral(_))), "{other} {:?}", arguments(other));
        }
        assert!(named_arguments("()").is_err());
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(arguments(&deep).is_err());
    }

    #[test]
    fn a_backslash_that_may_be_one_or_an_escape_is_refused() {
        for text in ["('C:\\temp',)", "('a\\\\',)", "('a\\', 'b')", "('\\n',)", "(\"\\'\",)", "('a\\')"] {
            assert!(arguments(text).is_err(), "{text}");
        }
        assert_eq!(arguments("('C:\\temp',)"), Err(Unreadable::Ambiguous));
    }

    /// A value, and Celery's text of it.
    fn literal() -> impl Strategy<Value = (Value, String)> {
        let text = "[^\\\\']{0,12}".prop_filter("neither cut nor masked", |t| !t.ends_with("...") && t != "***");
        let leaf = prop_oneof![
            Just((Value::Null, "None".to_owned())),
            any::<bool>().prop_map(|b| (json!(b), if b { "True" } else { "False" }.to_owned())),
            any::<i64>().prop_map(|n| (json!(n), n.to_string())),
            (-1e6_f64..1e6).prop_map(|x| (json!(x), format!("{x:?}"))),
            (text.clone(), any::<bool>()).prop_map(|(t, quoted)| {
                let t = if quoted { format!("{t}'x") } else { t };
                (json!(t), format!("'{}'", t.replace('\'', "\\'")))
            }),
        ];
        leaf.prop_recursive(4, 32, 5, move |inner| {
            let many = prop::collection::vec(inner.clone(), 0..5);
            let tuple = many.clone().prop_map(|items| {
                let (values, texts): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                let comma = if texts.len() == 1 { "," } else { "" };
                (json!(values), format!("({}{comma})", texts.join(", ")))
            });
            let list = many.prop_map(|items| {
                let (values, texts): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                (json!(values), format!("[{}]", texts.join(", ")))
            });
            let dict = prop::collection::btree_map("[a-z ]{0,6}", inner, 0..4).prop_map(|items| {
                let texts: Vec<String> = items.iter().map(|(key, (_, text))| format!("'{key}': {text}")).collect();
                let values = items.into_iter().map(|(key, (value, _))| (key, value)).collect::<serde_json::Map<_, _>>();
                (Value::Object(values), format!("{{{}}}", texts.join(", ")))
            });
            prop_oneof![tuple, list, dict]
        })
    }

    proptest! {
        #[test]
        fn whatever_celery_writes_of_plain_values_reads_back((value, text) in literal()) {
            prop_assert_eq!(read(&format!("({text},)")), json!([value]));
        }

        #[test]
        fn nothing_makes_it_panic_and_what_is_read_is_json(text in "[\\[({'\"a1.,: \\\\…})\\]TrueN]{0,40}") {
            if let Ok(json) = arguments(&text) {
                prop_assert!(serde_json::from_str::<Value>(&json).is_ok(), "{} {}", text, json);
            }
        }
    }
}
