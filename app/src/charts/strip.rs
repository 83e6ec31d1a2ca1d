//! What a strip chart shows, as data: strips, lines, limits, marks. Pages only write these down.

use crate::components::icon::Glyph;
use crate::trends::Happening;
use forewatch::catalogue;
use forewatch::series::Aggregation;
use forewatch::{Alert, AlertSeverity, Unit};
use std::collections::BTreeMap;

/// The colour of a line: a place in the series' palette, or a severity for what is over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tone {
    /// The class that sets `--c`.
    pub class: &'static str,
    /// The custom property itself.
    pub property: &'static str,
}

macro_rules! tones {
    ($($name:ident $class:literal $property:literal;)+) => {
        impl Tone {
            $(#[expect(missing_docs, reason = "the name says it")]
            pub const $name: Self = Self { class: $class, property: $property };)+
        }
    };
}

tones! {
    BLUE "k1" "--s1";
    GREEN "k2" "--s2";
    PURPLE "k3" "--s3";
    OCHRE "k4" "--s4";
    SKY "k5" "--s5";
    GREY "k6" "--s6";
    CRITICAL "k-critical" "--critical";
    ERROR "k-error" "--error";
    WARNING "k-warning" "--warning";
    INFO "k-info" "--info";
    GHOST "k-ghost" "--ghost";
}

/// The palette in the order in which lines take it.
pub const PALETTE: [Tone; 6] = [Tone::BLUE, Tone::GREEN, Tone::PURPLE, Tone::OCHRE, Tone::SKY, Tone::GREY];

/// One line of a strip.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is called beside its value; empty for the only line of its strip.
    pub name: String,
    /// A name of the metric catalogue.
    pub metric: &'static str,
    /// Which of the metric's series.
    pub labels: BTreeMap<String, String>,
    /// Its colour.
    pub tone: Tone,
    /// How its stroke goes on.
    pub stroke: Stroke,
    /// What its numbers count.
    pub unit: Unit,
    /// Whether the same time yesterday is drawn behind it.
    pub ghost: bool,
    /// A metric of the same worker's devices of which the smallest and largest are drawn as a band.
    pub band: Option<&'static str>,
}

impl Line {
    /// A line of a metric.
    pub fn new(name: impl Into<String>, metric: &'static str, tone: Tone) -> Self {
        let unit = catalogue::find(metric).map_or(Unit::Count, |id| id.metric().unit);
        let (stroke, labels) = (Stroke::Solid, BTreeMap::new());
        Self { name: name.into(), metric, labels, tone, stroke, unit, ghost: false, band: None }
    }

    /// Only the series with this label.
    #[must_use]
    pub fn of(mut self, label: &str, value: impl ToString) -> Self {
        self.labels.insert(label.to_owned(), value.to_string());
        self
    }

    /// What stands for it in an address: its metric, and its device where it has one.
    pub fn key(&self) -> String {
        match self.labels.get("gpu") {
            Some(gpu) => [self.metric, "/", gpu].concat(),
            None => self.metric.to_owned(),
        }
    }

    /// Whether such a word stands for it.
    pub fn is_keyed(&self, key: &str) -> bool {
        let device = self.labels.get("gpu").map_or("", String::as_str);
        match key.split_once('/') {
            Some((metric, gpu)) => metric == self.metric && gpu == device,
            None => key == self.metric && device.is_empty(),
        }
    }

    /// With the same time yesterday behind it.
    #[must_use]
    pub fn with_yesterday(mut self) -> Self {
        self.ghost = true;
        self
    }

    /// With the smallest and the largest of the devices behind it.
    #[must_use]
    pub fn with_band(mut self, metric: &'static str) -> Self {
        self.band = Some(metric);
        self
    }
}

/// How the stroke of a line goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// Without a break.
    Solid,
    /// In dashes: with them, more lines than there are colours are told apart.
    Dashed,
    /// Thin, in dots: what it was at another time.
    Dotted,
}

impl Stroke {
    /// Lengths of dashes and of the gaps between them, CSS pixels.
    pub fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[7.0, 4.0],
            Self::Dotted => &[2.0, 3.0],
        }
    }

    /// Its width, CSS pixels.
    pub fn width(self) -> f64 {
        if self == Self::Dotted { 1.0 } else { 1.5 }
    }

    /// The class of a path with it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Solid => "",
            Self::Dashed => "dashed",
            Self::Dotted => "dotted",
        }
    }
}

/// A limit that is drawn across a strip.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Where it lies.
    pub value: f64,
    /// What stands at it: "alerts at 10 %".
    pub text: String,
}

/// One strip.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// What it shows.
    pub title: String,
    /// What its numbers are.
    pub note: String,
    /// Its lines.
    pub lines: Vec<Line>,
    /// A limit.
    pub limit: Option<Limit>,
}

impl Strip {
    /// A strip of these lines.
    pub fn new(title: impl Into<String>, note: impl Into<String>, lines: Vec<Line>) -> Self {
        Self { title: title.into(), note: note.into(), lines, limit: None }
    }

    /// With a limit across it.
    #[must_use]
    pub fn with_limit(mut self, value: f64, text: impl Into<String>) -> Self {
        self.limit = Some(Limit { value, text: text.into() });
        self
    }

    /// What its numbers count: one unit a strip.
    pub fn unit(&self) -> Unit {
        self.lines.first().map_or(Unit::Count, |line| line.unit)
    }
}

/// Something that happened, drawn as a line through all strips.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// When, Unix seconds.
    pub at: f64,
    /// Until when; an alert that is still open has no end. `Some(at)` for what has no duration.
    pub until: Option<f64>,
    /// Its icon.
    pub glyph: Glyph,
    /// The colour of its icon and line.
    pub tone: Tone,
    /// What it is.
    pub text: String,
    /// Where more is told.
    pub link: Option<String>,
    /// How much it matters beside others: where there is no room for all names, the larger one has it.
    pub weight: u8,
}

impl Mark {
    /// The weight of what the page is about: more than that of anything that happened meanwhile.
    pub const OWN: u8 = 10;

    /// The mark of an alert.
    pub fn of_alert(alert: &Alert) -> Self {
        Self::of(&Happening::of_alert(alert))
    }

    /// The mark of an alert or a note.
    pub fn of(happening: &Happening) -> Self {
        let (glyph, tone) = Self::look(happening.severity);
        let Happening { at, until, text, link, .. } = happening.clone();
        Self { at, until, glyph, tone, text, link, weight: weight(happening) }
    }

    /// The icon and the colour of an alert of this severity, or of a note, which has none.
    fn look(severity: Option<AlertSeverity>) -> (Glyph, Tone) {
        match severity {
            Some(AlertSeverity::Critical) => (Glyph::Critical, Tone::CRITICAL),
            Some(AlertSeverity::Error) => (Glyph::Error, Tone::ERROR),
            Some(AlertSeverity::Warning) => (Glyph::Warning, Tone::WARNING),
            Some(AlertSeverity::Info) => (Glyph::Info, Tone::INFO),
            None => (Glyph::Note, Tone::GREY),
        }
    }
}

/// How much something that happened matters beside others: alerts that are open, then notes, then what is over.
fn weight(happening: &Happening) -> u8 {
    match (happening.severity, happening.until) {
        (Some(severity), None) => 5 + severity as u8,
        (None, _) => 4,
        (Some(severity), Some(_)) => severity as u8,
    }
}

/// The aggregation with which the band's metric is asked for.
pub(crate) const BAND: [Aggregation; 2] = [Aggregation::Min, Aggregation::Max];

#[cfg(test)]
mod tests {
    use super::{Line, Tone};

    #[test]
    fn a_line_is_known_by_its_key_and_by_no_other() {
        let mean = Line::new("mean", "gpu.temperature", Tone::BLUE).of("worker", "gpu-7");
        let lines = [mean.clone(), mean.clone().of("gpu", 0), mean.of("gpu", 10)];
        assert_eq!(lines[1].key(), "gpu.temperature/0");
        for (n, line) in lines.iter().enumerate() {
            let known: Vec<bool> = lines.iter().map(|other| other.is_keyed(&line.key())).collect();
            assert_eq!(known, [0, 1, 2].map(|other| other == n));
        }
    }
}
