//! Takes the values of named arguments out of Python's text of them, before anything is stored.
//!
//! Celery sends arguments as `repr`, with secrets in clear: `{'user': 'ana', 'password': 'hunter2'}`.
//! The text cannot be parsed (it may be cut anywhere), so the value after each name is skipped: a quoted
//! text with its escapes, a bracketed group, or whatever stands up to the next comma or bracket.

/// What stands in place of a value.
const MASK: &str = "'***'";

/// The names whose values are taken out, in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Redaction {
    names: Vec<String>,
}

impl Redaction {
    pub(super) fn new(names: &[String]) -> Self {
        Self { names: names.iter().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect() }
    }

    /// The text with the values of named arguments masked.
    pub(super) fn apply(&self, text: String) -> String {
        // Between a name and its value stands one of these: most texts have neither.
        if self.names.is_empty() || !text.bytes().any(|byte| matches!(byte, b':' | b'=')) {
            return text;
        }
        // ASCII only: the lengths stay, so positions in one are positions in the other.
        let lower = text.to_ascii_lowercase();
        let mut out = String::new();
        let mut done = 0;
        while let Some((start, end)) = self.names.iter().filter_map(|name| next_value(&lower, done, name)).min() {
            out.push_str(&text[done..start]);
            out.push_str(MASK);
            done = end;
        }
        if done == 0 {
            return text;
        }
        out.push_str(&text[done..]);
        out
    }
}

/// Where the next value of `name` begins and ends, from `from` on.
fn next_value(text: &str, from: usize, name: &str) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        let found = at + text[at..].find(name)?;
        at = found + name.len();
        let before = text[..found].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            continue;
        }
        let mut rest = text[at..].chars().peekable();
        let mut start = at;
        if let Some(quote) = rest.next_if(|c| matches!(c, '\'' | '"')) {
            start += quote.len_utf8();
        }
        while rest.next_if_eq(&' ').is_some() {
            start += 1;
        }
        if rest.next_if(|c| matches!(c, ':' | '=')).is_none() || rest.peek() == Some(&'=') {
            continue;
        }
        start += 1;
        while rest.next_if_eq(&' ').is_some() {
            start += 1;
        }
        return Some((start, start + value_length(&text[start..])));
    }
}

/// The length of the value at the beginning of `text`, at least up to where it is cut.
fn value_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    let mut plain_prefix = true;
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => {
                quote = None;
                if depth == 0 {
                    return at + c.len_utf8();
                }
            }
            Some(_) => {}
            None => match c {
                // A text may begin with b'' or u''; a quote later in a bare value is not its beginning.
                '\'' | '"' if depth > 0 || plain_prefix => quote = Some(c),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' | ',' | '\n' if depth == 0 => return at,
                ')' | ']' | '}' => {
                    depth -= 1;
                    if depth == 0 {
                        return at + c.len_utf8();
                    }
                }
                _ => plain_prefix &= at < 2 && c.is_alphabetic(),
            },
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(text: &str) -> String {
        Redaction::new(&["password".to_owned(), "api_key".to_owned(), "Token".to_owned()]).apply(text.to_owned())
    }

    #[test]
    fn the_value_of_a_named_argument_is_masked_whatever_its_shape() {
        for (text, clean) in [
            ("{'user': 'ana', 'password': 'hunter2'}", "{'user': 'ana', 'password': '***'}"),
            (r#"{'password': "it's", 'n': 1}"#, "{'password': '***', 'n': 1}"),
            (r"{'password': 'a\'b, c', 'n': 1}", "{'password': '***', 'n': 1}"),
            ("{'api_key': b'\\x00\\'', 'n': 1}", "{'api_key': '***', 'n': 1}"),
            ("{'token': ['a', {'b': ')'}], 'n': 1}", "{'token': '***', 'n': 1}"),
            ("{'PASSWORD': 12345}", "{'PASSWORD': '***'}"),
            ("login(user='ana', password='x')", "login(user='ana', password='***')"),
            ("{'db_password': 'x'}", "{'db_password': '***'}"),
            ("{'password': 'cut off he...", "{'password': '***'"),
        ] {
            assert_eq!(redact(text), clean);
        }
    }

    #[test]
    fn what_is_no_value_of_that_name_stays() {
        for text in ["{'user': 'ana'}", "no password here", "{'compassword': 1}", "password == other", ""] {
            assert_eq!(redact(text), text);
        }
        assert_eq!(Redaction::default().apply("{'password': 1}".to_owned()), "{'password': 1}");
    }

    #[test]
    fn every_occurrence_is_masked() {
        assert_eq!(
            redact("{'password': 'a', 'x': {'password': 'b'}}"),
            "{'password': '***', 'x': {'password': '***'}}"
        );
    }
}
