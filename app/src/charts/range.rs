//! How much of the past charts show.

macro_rules! ranges {
    ($($(#[$note:meta])* $name:ident $seconds:literal $label:literal $title:literal;)+) => {
        /// How much of the past is shown.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Default, serde::Serialize, serde::Deserialize)]
        pub enum Range {
            $(#[doc = $title] $(#[$note])* $name,)+
        }

        impl Range {
            /// All of them, shortest first.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its length.
            pub fn seconds(self) -> f64 {
                match self {
                    $(Self::$name => $seconds,)+
                }
            }

            /// What people read where it is chosen.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)+
                }
            }

            /// What a chart of it is called.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)+
                }
            }
        }
    };
}

ranges! {
    Quarter 900.0 "15 min" "Last quarter of an hour";
    #[default] Hour 3_600.0 "1 h" "Last hour";
    Hours 21_600.0 "6 h" "Last 6 hours";
    Day 86_400.0 "24 h" "Last 24 hours";
    Week 604_800.0 "7 d" "Last 7 days";
    Month 2_592_000.0 "30 d" "Last 30 days";
    Season 7_776_000.0 "90 d" "Last 90 days";
    Year 31_536_000.0 "1 y" "Last year";
    Years 63_072_000.0 "2 y" "Last 2 years";
}

impl Range {
    /// Those that have a link each; the longer ones are behind a choice.
    pub const SHORT: usize = 4;

    /// Its word in an address: `15min`, `6h`.
    pub fn word(self) -> String {
        self.label().replace(' ', "")
    }

    /// The one with this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|range| range.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn a_range_is_found_by_its_word_and_no_other_word_is_one() {
        for range in Range::ALL {
            assert_eq!(Range::of_word(&range.word()), Some(*range));
        }
        assert_eq!(Range::of_word("6h"), Some(Range::Hours));
        for wrong in ["", "6 h", "5y"] {
            assert_eq!(Range::of_word(wrong), None, "{wrong}");
        }
    }
}
