//! Texts of bounded length, and in the forms that receivers read.

/// At most so many characters of a text; that some are missing is marked.
pub(crate) fn cut(text: &str, most: usize) -> String {
    written(text, most, |_| None)
}

/// A text with some characters written otherwise, of at most so many characters as it is then: nothing is cut in the
/// middle of what stands for one character. That some are missing is marked.
pub(crate) fn written(text: &str, most: usize, form: impl Fn(char) -> Option<&'static str>) -> String {
    let (mut out, mut length) = (String::with_capacity(text.len()), 0);
    let mut before = 0;
    for character in text.chars() {
        let form = form(character);
        length += form.map_or(1, |form| form.chars().count());
        if length > most {
            out.truncate(before);
            out.push('…');
            return out;
        }
        if length < most {
            before = out.len() + form.map_or(character.len_utf8(), str::len);
        }
        match form {
            Some(form) => out.push_str(form),
            None => out.push(character),
        }
    }
    out
}

/// As it may stand in HTML.
pub(crate) fn html(character: char) -> Option<&'static str> {
    match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        _ => None,
    }
}

/// As much of a text as fits into so many bytes.
pub(crate) fn bytes(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_cut_is_marked_and_what_fits_is_whole() {
        assert_eq!((cut("abc", 3).as_str(), cut("abcd", 3).as_str()), ("abc", "ab…"));
        assert_eq!(written("a<b", 6, html), "a&lt;b");
        assert_eq!(written("a<b", 5, html), "a&lt;b"[..1].to_owned() + "…");
        assert_eq!(bytes("aü", 2), "a");
    }

    proptest! {
        #[test]
        fn no_text_is_longer_than_it_may_be_or_cut_within_an_entity(text in "[a<&ü\"]{0,40}", most in 1_usize..60) {
            let out = written(&text, most, html);
            prop_assert!(out.chars().count() <= most, "{out}");
            let plain = out.replace("&amp;", "").replace("&lt;", "").replace("&quot;", "");
            prop_assert!(!plain.contains('&') && !plain.contains('<'), "{out}");
        }
    }
}
