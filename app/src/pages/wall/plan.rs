//! What the wall shows and for how long, as its address says it: `?wall=overview,queues&every=30s`. Pure.

use forewatch::time::parse_span;

/// Seconds that a slide stays when the address does not say.
const USUAL: u32 = 20;
/// The shortest and the longest stay, seconds.
const BOUNDS: (i64, i64) = (5, 3_600);

/// One of the things that are shown in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slide {
    Overview,
    Charts,
    Workers,
    Queues,
    Alerts,
}

impl Slide {
    const ALL: [Self; 5] = [Self::Overview, Self::Charts, Self::Workers, Self::Queues, Self::Alerts];

    /// The word in the address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Charts => "charts",
            Self::Workers => "workers",
            Self::Queues => "queues",
            Self::Alerts => "alerts",
        }
    }

    /// What people read.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Charts => "Charts",
            Self::Workers => "Workers",
            Self::Queues => "Queues",
            Self::Alerts => "Alerts",
        }
    }
}

/// What is shown in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// At least one.
    pub(super) slides: Vec<Slide>,
    /// Seconds that each stays.
    pub(super) every: u32,
    /// What was not understood, a sentence each.
    pub(super) remarks: Vec<String>,
}

impl Plan {
    /// Reads the values of `wall` and of `every`; what is not understood is told, and the usual holds.
    pub(super) fn read(wall: &str, every: Option<&str>) -> Self {
        let mut remarks = Vec::new();
        let mut slides = Vec::new();
        for word in wall.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match Slide::ALL.into_iter().find(|slide| slide.word() == word) {
                Some(slide) if slides.contains(&slide) => {}
                Some(slide) => slides.push(slide),
                None => remarks.push(["There is no \"", shortened(word), "\" to show."].concat()),
            }
        }
        if slides.is_empty() {
            slides = Slide::ALL.to_vec();
        }
        remarks.truncate(1);
        let seconds = every.map(str::trim).filter(|every| !every.is_empty()).map(|every| {
            let seconds = every.parse().ok().or_else(|| parse_span(every).map(|span| span.num_seconds()));
            seconds.filter(|seconds| (BOUNDS.0..=BOUNDS.1).contains(seconds))
        });
        let every = match seconds {
            None => USUAL,
            Some(known) => known.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or_else(|| {
                remarks.push("\"every\" takes 5s to 1h.".to_owned());
                USUAL
            }),
        };
        Self { slides, every, remarks }
    }
}

/// The beginning of a word that came from outside.
fn shortened(word: &str) -> &str {
    word.char_indices().nth(20).map_or(word, |(end, _)| &word[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_word_everything_is_shown_for_the_usual_time() {
        let plan = Plan::read("", None);
        assert_eq!((plan.slides.len(), plan.every, plan.remarks.len()), (5, 20, 0));
    }

    #[test]
    fn the_address_says_what_is_shown_in_which_order_and_for_how_long() {
        let plan = Plan::read("queues, overview,queues", Some("90"));
        assert_eq!((plan.slides, plan.every), (vec![Slide::Queues, Slide::Overview], 90));
        assert_eq!(Plan::read("", Some("2m")).every, 120);
        assert_eq!(Plan::read("", Some("1h")).every, 3_600);
    }

    #[test]
    fn what_is_not_understood_is_told_and_the_usual_holds() {
        let plan = Plan::read("queues,nonsense", Some("1s"));
        assert_eq!((plan.slides, plan.every), (vec![Slide::Queues], 20));
        assert_eq!(plan.remarks, ["There is no \"nonsense\" to show.", "\"every\" takes 5s to 1h."]);
        let long = Plan::read(&"ü".repeat(5_000), Some("∞"));
        assert_eq!(long.slides.len(), 5);
        assert!(long.remarks.iter().all(|remark| remark.chars().count() < 60), "{:?}", long.remarks);
    }
}
