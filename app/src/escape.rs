//! Text in addresses, the same on the server as in the browser: a link reads the same in both.

/// The text with all but letters, digits and `-_.~` percent-encoded (RFC 3986, section 2.3): a part of a path, or a value.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    put(text, b"-_.~", &mut escaped);
    escaped
}

/// Writes a value of a query that people read: what means nothing there stays as it is.
pub(crate) fn escape_value(value: &str, out: &mut String) {
    put(value, b"-_.~*:,/@", out);
}

fn put(text: &str, plain: &[u8], out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)])));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_an_address_does_not_in_a_text() {
        assert_eq!(escape("gpu-1_a.b~"), "gpu-1_a.b~");
        assert_eq!(escape("a/b?c=d&e#f%"), "a%2Fb%3Fc%3Dd%26e%23f%25");
        assert_eq!(escape("ü 日"), "%C3%BC%20%E6%97%A5");
        let mut value = String::new();
        escape_value("now-1h,a:b/c&*", &mut value);
        assert_eq!(value, "now-1h,a:b/c%26*");
    }
}
