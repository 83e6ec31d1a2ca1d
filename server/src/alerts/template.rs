//! What can be inserted into the texts of a rule.

use super::label::Label;
use crate::template;

/// A text of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Template(template::Template<Place>);

/// What can be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// What people call the subject.
    Subject,
    /// The value, as people read it.
    Value,
    /// The threshold, likewise.
    Threshold,
    /// One of the subject's labels.
    Label(Label),
}

impl Template {
    /// Reads a text about a subject with these labels.
    pub(crate) fn read(text: &str, labels: &[Label]) -> Result<Self, String> {
        let own = [("subject", Place::Subject), ("value", Place::Value), ("threshold", Place::Threshold)];
        let labels = labels.iter().map(|label| (label.as_str(), Place::Label(*label)));
        let known: Vec<_> = own.into_iter().chain(labels).collect();
        template::Template::read(text, &known).map(Self)
    }

    /// Puts the values in.
    pub(super) fn fill(&self, value: impl Fn(Place) -> String) -> String {
        self.0.fill(|place| Some(value(place))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_name_the_labels_that_its_subject_has() {
        let template =
            Template::read("{subject}: {value} of {threshold} in {queue}", &[Label::Queue]).expect("they exist");
        let filled = template.fill(|place| match place {
            Place::Subject => "{value}".to_owned(),
            Place::Value => "148".to_owned(),
            Place::Threshold => "100".to_owned(),
            Place::Label(label) => label.as_str().to_owned(),
        });
        assert_eq!(filled, "{value}: 148 of 100 in queue");
        let told = Template::read("{worker} is odd", &[Label::Queue]).expect_err("a queue has no worker");
        assert_eq!(told, "{worker} is no placeholder: there are {subject}, {value}, {threshold}, {queue}");
    }
}
