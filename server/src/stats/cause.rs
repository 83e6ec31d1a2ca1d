//! The cause of a failure: its error message without what is different each time, so that failures of one kind are one
//! group. Numbers, ids, hexadecimal words, paths and addresses are taken out.

use forewatch::group::MARKS;

/// Characters of a message that are looked at.
const LOOKED_AT: usize = 400;
/// Letters and digits mixed without a break from which on a word is taken for an id.
const ID: usize = 16;
/// Digits and letters of a word of hexadecimal signs from which on it is no word of a language.
const HEX: usize = 8;

/// The first line of `error` that says something, with `<n>`, `<id>`, `<hex>`, `<path>` and `<url>` in the place of what
/// is different each time. The cause of a cause is itself.
pub(crate) fn cause(error: &str) -> String {
    let line = error.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line: String = line.chars().take(LOOKED_AT).collect();
    let mut cause = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(first) = rest.chars().next() {
        if first == '<'
            && let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark))
        {
            cause.push_str(mark);
            rest = &rest[mark.len()..];
            continue;
        }
        let length = rest.find(|sign| !in_word(sign)).unwrap_or(rest.len());
        if length == 0 {
            cause.push(if first.is_whitespace() { ' ' } else { first });
            rest = &rest[first.len_utf8()..];
        } else {
            word(&rest[..length], &mut cause);
            rest = &rest[length..];
        }
    }
    cause
}

fn in_word(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.' | ':' | '/' | '\\' | '~' | '%' | '@')
}

/// Writes a word, with the signs of a sentence behind it.
fn word(word: &str, cause: &mut String) {
    let bare = word.trim_end_matches(['.', ':']);
    if bare.contains("://") {
        cause.push_str("<url>");
    } else if is_path(bare) {
        cause.push_str("<path>");
    } else if is_uuid(bare) {
        cause.push_str("<id>");
    } else {
        parts(bare, cause);
    }
    cause.push_str(&word[bare.len()..]);
}

/// Absolute, from home, of Windows; or relative with a sign that no "and/or" has.
fn is_path(word: &str) -> bool {
    let drive = |word: &str| word.as_bytes().get(1..3).is_some_and(|next| next == b":\\" || next == b":/");
    let rooted = word.len() > 1 && ["/", "~/", "./", "../", "\\\\"].iter().any(|root| word.starts_with(root));
    rooted || drive(word) || (word.contains('/') && word.contains(|sign: char| sign == '.' || sign.is_ascii_digit()))
}

fn is_uuid(word: &str) -> bool {
    let lengths: Vec<usize> = word.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && word.split('-').all(|part| part.bytes().all(|sign| sign.is_ascii_hexdigit()))
}

/// Writes the parts of a word between its signs; numbers with a sign between them are one.
fn parts(word: &str, cause: &mut String) {
    let mut numbers = String::new();
    for part in word.split_inclusive(|sign: char| !sign.is_alphanumeric()) {
        let name = part.trim_end_matches(|sign: char| !sign.is_alphanumeric());
        self::part(name, &mut numbers);
        numbers.push_str(&part[name.len()..]);
    }
    for joined in ["<n>.<n>", "<n>:<n>"] {
        while numbers.contains(joined) {
            numbers = numbers.replace(joined, "<n>");
        }
    }
    cause.push_str(&numbers);
}

fn part(part: &str, cause: &mut String) {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_hexdigit());
    if digits == 0 {
        cause.push_str(part);
    } else if digits == part.len() {
        cause.push_str("<n>");
    } else if part.strip_prefix("0x").is_some_and(is_hex) || (part.len() >= HEX && is_hex(part)) {
        cause.push_str("<hex>");
    } else if part.len() >= ID {
        cause.push_str("<id>");
    } else {
        let mut within = false;
        for sign in part.chars() {
            if !sign.is_ascii_digit() {
                cause.push(sign);
            } else if !within {
                cause.push_str("<n>");
            }
            within = sign.is_ascii_digit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_different_each_time_is_taken_out_and_the_rest_stays() {
        for (error, expected) in [
            (
                "CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 7.79 GiB total)",
                "CUDA out of memory. Tried to allocate <n> MiB (GPU <n>; <n> GiB total)",
            ),
            ("KeyError: 'user_81'", "KeyError: 'user_<n>'"),
            ("task 7f9c24e8-3b12-4fae-91a0-5e2d7b1c0d4f was lost", "task <id> was lost"),
            ("No such file: /mnt/data/in/0042.wav", "No such file: <path>"),
            ("cannot open models/v3.bin and/or read it", "cannot open <path> and/or read it"),
            ("C:\\temp\\a.txt: denied", "<path>: denied"),
            ("at 0x7ffe12ab9 in libcuda", "at <hex> in libcuda"),
            ("commit deadbeef42 is bad", "commit <hex> is bad"),
            ("job 01ARZ3NDEKTSV4RRFFQ69G5FAV ended", "job <id> ended"),
            ("GET https://example.com/a?b=1 failed with 502", "GET <url>?b=<n> failed with <n>"),
            ("connect to 10.0.0.17:6379 timed out after 5s", "connect to <n> timed out after <n>s"),
            ("worker gpu-3 exited with code -9.", "worker gpu-<n> exited with code -<n>."),
            ("\n  SoftTimeLimitExceeded()\nsecond line", "SoftTimeLimitExceeded()"),
            ("Zeitüberschreitung nach 30 s", "Zeitüberschreitung nach <n> s"),
            ("", ""),
        ] {
            assert_eq!(cause(error), expected);
        }
    }

    proptest! {
        #[test]
        fn the_cause_of_a_cause_is_itself(error in "[a-f0-9 ./:'<>n\\-_xü]{0,60}") {
            let once = cause(&error);
            prop_assert_eq!(cause(&once), once.clone());
            prop_assert!(!once.bytes().any(|sign| sign.is_ascii_digit()), "{}", once);
        }

        #[test]
        fn numbers_do_not_matter(n in any::<u32>(), m in any::<u32>()) {
            let of = |n: u32| cause(&format!("row {n} of table t{n}: value {}.5 is too large", n % 7));
            prop_assert_eq!(of(n), of(m));
        }
    }
}
