//! Writing Prometheus' text format: names, types, help and escaped labels.

use forewatch::catalogue::{Metric, MetricType};
use std::fmt::Write as _;

/// What kind of numbers a family has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
}

/// The text so far.
#[derive(Default)]
pub(super) struct Text(String);

/// One metric with its samples. Its head is written with the first sample: a family without any is not told.
pub(super) struct Family<'a> {
    text: &'a mut String,
    name: String,
    kind: Kind,
    help: &'a str,
    begun: bool,
}

impl Text {
    /// Begins a family.
    pub(super) fn family<'a>(&'a mut self, name: &str, kind: Kind, help: &'a str) -> Family<'a> {
        Family { text: &mut self.0, name: name.to_owned(), kind, help, begun: false }
    }

    /// Begins the family of a metric of the catalogue.
    pub(super) fn catalogued(&mut self, metric: &'static Metric) -> Family<'_> {
        let kind = if metric.kind == MetricType::Counter { Kind::Counter } else { Kind::Gauge };
        Family { text: &mut self.0, name: metric.prometheus_name(), kind, help: metric.help, begun: false }
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

impl Family<'_> {
    /// Writes a sample; what is unknown is left out.
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: Option<f64>) {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        if !self.begun {
            self.begun = true;
            let kind = if self.kind == Kind::Counter { "counter" } else { "gauge" };
            let help = self.help.replace('\\', "\\\\").replace('\n', "\\n");
            let _ = writeln!(self.text, "# HELP {} {help}\n# TYPE {} {kind}", self.name, self.name);
        }
        self.text.push_str(&self.name);
        for (index, (name, value)) in labels.iter().enumerate() {
            self.text.push(if index == 0 { '{' } else { ',' });
            let _ = write!(self.text, "{name}=\"{}\"", escape(value));
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_unknown_values_left_out() {
        let mut text = Text::default();
        let mut family = text.family("forewatch_x", Kind::Gauge, "An x.");
        family.sample(&[("worker", "a\"b\\c\nd"), ("gpu", "0")], Some(0.5));
        family.sample(&[("worker", "e")], None);
        family.sample(&[("worker", "f")], Some(f64::NAN));
        assert_eq!(
            text.finish(),
            "# HELP forewatch_x An x.\n# TYPE forewatch_x gauge\nforewatch_x{worker=\"a\\\"b\\\\c\\nd\",gpu=\"0\"} 0.5\n"
        );
    }

    #[test]
    fn a_family_without_samples_is_not_told() {
        let mut text = Text::default();
        text.family("forewatch_x", Kind::Gauge, "An x.").sample(&[], None);
        assert_eq!(text.finish(), "");
    }
}
