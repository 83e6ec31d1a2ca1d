//! Text as it is drawn: letter by letter in which font, and how wide it is.

use super::font;

/// Widths of the signs from space to `~` in Helvetica, in thousandths of the size (Adobe's font metrics).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];
/// Of any other of its signs.
const OTHER: u16 = 600;
/// What stands for letters that no font here has.
pub(super) const BOX: char = '□';

/// How a letter is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// In Helvetica: its byte in Windows' Western encoding.
    Western(u8),
    /// In the font that comes along.
    Own(char),
    /// As [`BOX`].
    Missing,
}

impl Sign {
    /// None for what is not seen: marks of direction and joining.
    pub(super) fn of(letter: char) -> Option<Self> {
        Some(match letter {
            ' '..='~' => Self::Western(letter as u8),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
                return None;
            }
            '\u{fe00}'..='\u{fe0f}' => return None,
            // The same places as in Unicode.
            '\u{a0}'..='\u{ff}' => Self::Western(letter as u8),
            '−' => Self::Western(b'-'),
            '–' => Self::Western(0x96),
            '—' => Self::Western(0x97),
            '’' => Self::Western(0x92),
            '…' => Self::Western(0x85),
            '€' => Self::Western(0x80),
            _ if letter.is_whitespace() => Self::Western(b' '),
            _ if font::width(letter).is_some() => Self::Own(letter),
            _ => Self::Missing,
        })
    }

    /// In thousandths of the size.
    fn width(self) -> f32 {
        match self {
            Self::Western(byte) => {
                f32::from(WIDTHS.get(usize::from(byte.wrapping_sub(b' '))).copied().unwrap_or(OTHER))
            }
            Self::Own(letter) => font::width(letter).unwrap_or_default(),
            Self::Missing => font::width(BOX).unwrap_or_default(),
        }
    }
}

/// How wide a text is, points.
pub(super) fn width(text: &str, size: f32) -> f32 {
    text.chars().filter_map(Sign::of).map(Sign::width).sum::<f32>() * size / 1_000.0
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

/// A text in lines that have room, cut between words.
pub(super) fn lines(text: &str, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| width(&format!("{line} {word}"), size) <= room) {
            Some(line) => *line += &format!(" {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_to_its_room_and_says_so() {
        for name in [
            "gpu_priority_of_a_very_long_name_indeed",
            "обработка_очень_длинных_видео_на_ночь",
            "東京の長い長い長い長い仕事の名前",
        ] {
            let cut = fit(name, 8.0, 60.0);
            assert!(cut.ends_with('…') && width(&cut, 8.0) <= 60.0 && name.starts_with(cut.trim_end_matches('…')));
        }
        assert_eq!(fit("gpu", 8.0, 60.0), "gpu");
        assert_eq!(fit("gpu", 8.0, 0.5), "");
    }

    #[test]
    fn a_long_note_has_several_lines_and_loses_no_word() {
        let note = "each moment of a wait is shared evenly among the tasks that run in it";
        let told = lines(note, 8.0, 90.0);
        assert!(told.len() > 2 && told.iter().all(|line| width(line, 8.0) <= 90.0));
        assert_eq!(told.join(" "), note);
    }

    #[test]
    fn latin_greek_and_cyrillic_letters_are_drawn_and_others_have_a_sign() {
        for letter in "ĄČĐĘğİłőřşŽžẢựΑΩάώАЯяёЇєҐ№→≤“”„•™".chars() {
            assert_eq!(Sign::of(letter), Some(Sign::Own(letter)), "{letter}");
        }
        for letter in "Zürich – 5 €".chars() {
            assert!(matches!(Sign::of(letter), Some(Sign::Western(_))), "{letter}");
        }
        for letter in "東京서울שלוםمرحبا😀".chars() {
            assert_eq!(Sign::of(letter), Some(Sign::Missing), "{letter}");
        }
        assert_eq!(Sign::of('\u{200b}'), None);
        assert!(Sign::Missing.width() > 300.0, "the sign is seen");
    }
}
