//! A cell of a table.

use serde_json::Value;
use std::borrow::Cow;

/// Text from outside as a spreadsheet may have it: one that begins like a formula would be run as one, so it gets an
/// apostrophe before it. Numbers are never text, and keep their sign.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}").into() } else { text.into() }
}

/// A member of a record; what is absent is an empty cell, a list of words is the words.
pub(crate) fn value(value: Option<&Value>) -> Cow<'_, str> {
    match value {
        None | Some(Value::Null) => "".into(),
        Some(Value::String(words)) => text(words),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            text(&words.join(" ")).into_owned().into()
        }
        Some(other) => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_that_begins_like_a_formula_is_text_and_numbers_keep_their_sign() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["", "a=b", "'=1", "über", "12"] {
            assert_eq!(text(plain), plain);
        }
        assert_eq!(value(Some(&json!(-1.5))), "-1.5");
        assert_eq!(value(Some(&json!("-1.5"))), "'-1.5");
        assert_eq!(value(Some(&json!(["gpu", "site:fra"]))), "gpu site:fra");
        assert_eq!(value(Some(&json!(["=1"]))), "'=1");
        assert_eq!([value(None), value(Some(&json!(null))), value(Some(&json!(false)))], ["", "", "false"]);
    }
}
