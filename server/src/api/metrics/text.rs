//! Writing Prometheus' text format: names, types, help and escaped labels.

use forewatch::catalogue::{Metric, MetricType};
use std::fmt::Write as _;

/// What kind of numbers a family has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
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
        self.part("", labels, value);
    }

    /// Writes a histogram: how many values are at most so large, class by class, how many there are in all, and their sum.
    pub(super) fn histogram(&mut self, classes: impl Iterator<Item = (f64, u64)>, count: u64, sum: f64) {
        for (class, within) in classes {
            self.part("_bucket", &[("le", &class.to_string())], Some(within as f64));
        }
        self.part("_bucket", &[("le", "+Inf")], Some(count as f64));
        self.part("_sum", &[], Some(sum));
        self.part("_count", &[], Some(count as f64));
    }

    fn part(&mut self, suffix: &str, labels: &[(&str, &str)], value: Option<f64>) {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        if !self.begun {
            self.begun = true;
            let kind = match self.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram => "histogram",
            };
            let help = self.help.replace('\\', "\\\\").replace('\n', "\\n");
            let _ = writeln!(self.text, "# HELP {} {help}\n# TYPE {} {kind}", self.name, self.name);
        }
        self.text.push_str(&self.name);
        self.text.push_str(suffix);
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
    fn a_histogram_counts_up_to_each_class_and_beyond_all() {
        let mut text = Text::default();
        text.family("forewatch_x", Kind::Histogram, "An x.").histogram([(0.5, 1), (60.0, 2)].into_iter(), 3, 99.5);
        assert_eq!(
            text.finish(),
            "# HELP forewatch_x An x.\n# TYPE forewatch_x histogram\nforewatch_x_bucket{le=\"0.5\"} 1\n\
             forewatch_x_bucket{le=\"60\"} 2\nforewatch_x_bucket{le=\"+Inf\"} 3\nforewatch_x_sum 99.5\nforewatch_x_count 3\n"
        );
    }

    #[test]
    fn a_family_without_samples_is_not_told() {
        let mut text = Text::default();
        text.family("forewatch_x", Kind::Gauge, "An x.").sample(&[], None);
        assert_eq!(text.finish(), "");
    }
}
