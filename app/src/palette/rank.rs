//! Which of many things are meant by a few words.

/// The words of a search, in small letters.
pub fn words(text: &str) -> Vec<String> {
    text.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

/// How well something with this title and detail fits, 0 the best; `None` when a word is in neither. A title that is
/// what was typed comes first, then one that begins with it, then one in which a part does, then the others.
pub fn fit(words: &[String], title: &str, detail: &str) -> Option<usize> {
    let (title, detail) = (title.to_lowercase(), detail.to_lowercase());
    let mut worst = 0;
    for word in words {
        let begins_part = || title.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(&**word));
        let rank = match () {
            () if title == *word => 0,
            () if title.starts_with(&**word) => 1,
            () if begins_part() => 2,
            () if title.contains(&**word) => 3,
            () if detail.contains(&**word) => 4,
            () => return None,
        };
        worst = worst.max(rank);
    }
    Some(worst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_the_words_comes_before_what_only_has_them() {
        let rank = |text: &str, title: &str| fit(&words(text), title, "site:fra gpu");
        assert_eq!(rank("GPU-7", "gpu-7"), Some(0));
        assert_eq!(rank("gpu", "gpu-7"), Some(1));
        assert_eq!(rank("7", "gpu-7"), Some(2));
        assert_eq!(rank("pu", "gpu-7"), Some(3));
        assert_eq!(rank("fra", "sim-001"), Some(4));
        assert_eq!(rank("sim fra", "sim-001"), Some(4), "every word counts, the worst decides");
        assert_eq!(rank("sim ams", "sim-001"), None);
        assert_eq!(rank("  ", "sim-001"), Some(0));
    }
}
