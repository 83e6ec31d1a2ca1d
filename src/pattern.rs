//! Names with `*` for any text, as rules, silences and classes have them.

/// Whether `text` fits `pattern`, in which `*` stands for any text, also none, and nothing else has a meaning.
pub fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    // The earliest place is always as good as a later one.
    for part in middle.split('*') {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_text_and_nothing_else_has_a_meaning() {
        for (pattern, text) in [
            ("gpu_*", "gpu_priority"),
            ("gpu_*", "gpu_"),
            ("*", ""),
            ("*-big", "zoo-big"),
            ("a*b*c", "a-b-b-c"),
            ("a**c", "ac"),
            ("[x]?", "[x]?"),
            ("*übung*", "die übungen"),
            ("aba*aba", "aba-aba"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("gpu_*", "cpu_batch"),
            ("gpu", "gpu_priority"),
            ("", "x"),
            ("*-big", "big"),
            ("a*b*c", "a-c-b"),
            ("aba*aba", "aba"),
            ("?", "x"),
        ] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
