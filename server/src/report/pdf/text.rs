//! Text in Helvetica: its bytes, and how wide it is.

/// Widths of the signs from space to `~`, in thousandths of the size (Adobe's font metrics of Helvetica).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];
/// Of any other sign.
const OTHER: u16 = 600;

/// The bytes of a text in Windows' Western encoding.
pub(super) fn encoded(text: &str) -> Vec<u8> {
    text.chars().map(byte).collect()
}

fn byte(sign: char) -> u8 {
    match sign {
        ' '..='~' => sign as u8,
        // The same places as in Unicode.
        '\u{a0}'..='\u{ff}' => sign as u8,
        '−' => b'-',
        '–' => 0x96,
        '—' => 0x97,
        '’' => 0x92,
        '…' => 0x85,
        '€' => 0x80,
        _ if sign.is_whitespace() => b' ',
        _ => b'?',
    }
}

/// How wide a text is, points.
pub(super) fn width(text: &str, size: f32) -> f32 {
    let thousandths: u32 = encoded(text)
        .into_iter()
        .map(|byte| u32::from(WIDTHS.get(usize::from(byte.wrapping_sub(b' '))).copied().unwrap_or(OTHER)))
        .sum();
    thousandths as f32 * size / 1_000.0
}

/// As much of a text as has room, with a sign for what has not.
pub(super) fn fit(text: &str, size: f32, room: f32) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut short: String = text.to_owned();
    while short.pop().is_some() {
        let candidate = format!("{}…", short.trim_end());
        if width(&candidate, size) <= room {
            return candidate;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_to_its_room_and_says_so() {
        let name = "gpu_priority_of_a_very_long_name_indeed";
        let cut = fit(name, 8.0, 60.0);
        assert!(cut.ends_with('…') && width(&cut, 8.0) <= 60.0 && name.starts_with(cut.trim_end_matches('…')));
        assert_eq!(fit("gpu", 8.0, 60.0), "gpu");
        assert_eq!(fit("gpu", 8.0, 0.5), "");
    }

    #[test]
    fn letters_that_the_font_has_not_are_told() {
        assert_eq!(encoded("Zürich – 東京"), b"Z\xfcrich \x96 ??");
    }
}
