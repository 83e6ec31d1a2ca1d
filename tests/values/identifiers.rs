//! Identifiers come from outside, so they are checked.

use forewatch::TaskId;
use forewatch::id::{IdError, MAX_CHARS};
use proptest::prelude::*;

#[test]
fn length_is_counted_in_characters_and_not_in_bytes() {
    assert!(TaskId::new("ä".repeat(MAX_CHARS)).is_ok());
    assert!(TaskId::new("🛰".repeat(MAX_CHARS)).is_ok());
    assert_eq!(TaskId::new("🛰".repeat(MAX_CHARS + 1)), Err(IdError::TooLong(MAX_CHARS + 1)));
}

#[test]
fn blank_texts_and_control_characters_are_refused() {
    for blank in ["", " ", "\u{2003}"] {
        assert_eq!(TaskId::new(blank), Err(IdError::Empty), "{blank:?}");
    }
    for (text, position) in [("\0", 0), ("ab\n", 2), ("ä\u{7f}", 1), ("a\u{85}b", 1), ("\u{1b}[31m", 0)] {
        assert_eq!(TaskId::new(text), Err(IdError::Control(position)), "{text:?}");
    }
}

proptest! {
    #[test]
    fn a_text_is_an_identifier_exactly_when_it_is_short_visible_and_without_control_characters(text in any::<String>()) {
        let fits = !text.trim().is_empty() && text.chars().count() <= MAX_CHARS && !text.chars().any(char::is_control);
        prop_assert_eq!(TaskId::new(&text).is_ok(), fits);
        let json = serde_json::to_string(&text).expect("JSON");
        match serde_json::from_str::<TaskId>(&json) {
            Ok(id) => {
                prop_assert!(fits);
                prop_assert_eq!(id.as_str(), &text);
                prop_assert_eq!(serde_json::to_string(&id).expect("JSON"), json);
            }
            Err(_) => prop_assert!(!fits),
        }
    }
}
