//! The past of a chart: which questions are asked, and how the answers become the series that are drawn.

use super::range::Range;
use super::source::Reading;
use super::strip::{BAND, Line, Strip};
use super::track::Track;
use crate::backend::BackendError;
use crate::query::SeriesQuery;
use crate::server_fns::{MAX_QUERIES, load_series};
use crate::trends::{About, Happening, Span};
use forewatch::series::{Aggregation, Point, step_for};
use forewatch::time;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::pin::Pin;

/// Points of history that a line begins with at most.
pub(super) const POINTS: usize = 240;
/// Points that a line keeps at most: an hour at one a second.
const KEPT: usize = 3_600;
/// Seconds a step up to which a picture is fine; it is taken for the step where there is no history yet.
pub(super) const FINE: f64 = 15.0;

/// The past as the page carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Unix seconds at which it ends.
    pub to: f64,
    /// Seconds a step.
    pub step: f64,
    /// The answers, in the order of the questions; empty where nothing is known.
    pub series: Vec<Vec<Point>>,
    /// What happened meanwhile and is over.
    pub happenings: Vec<Happening>,
}

impl History {
    /// None that is known, up to a moment.
    pub fn none(to: f64) -> Self {
        Self { to, step: FINE, series: Vec::new(), happenings: Vec::new() }
    }
}

/// An answer on its way.
type Loading = Pin<Box<dyn Future<Output = Result<History, BackendError>> + Send>>;

/// Asks for what lies between two moments, Unix seconds, and what happened meanwhile that is `about` what is shown.
pub fn load(strips: &[Strip], (from, to): (f64, f64), about: Option<About>) -> Loading {
    let step = step_for(to - from, POINTS);
    // What was just now is within it, too.
    let marks = about.zip(Span::of(from.floor(), to.ceil()));
    Box::pin(ask(questions(strips, (from, to), step), to, step, marks))
}

async fn ask(
    queries: Vec<SeriesQuery>,
    to: f64,
    step: f64,
    mut marks: Option<(About, Span)>,
) -> Result<History, BackendError> {
    let mut history = History { to, step, series: Vec::with_capacity(queries.len()), happenings: Vec::new() };
    for some in queries.chunks(MAX_QUERIES) {
        let (answers, happenings) = load_series(some.to_vec(), marks.take()).await?;
        history.happenings.extend(happenings);
        for answer in answers {
            history.step = history.step.max(answer.step);
            history.series.push(answer.series.into_iter().next().map(|s| s.points).unwrap_or_default());
        }
    }
    Ok(history)
}

/// How far back the period lies that is drawn behind one of so many seconds: yesterday, and for more than a day the one before.
pub fn before(seconds: f64) -> f64 {
    seconds.max(Range::Day.seconds())
}

/// The questions for some strips, in the order in which [`Memory::of`] takes the answers.
fn questions(strips: &[Strip], (from, to): (f64, f64), step: f64) -> Vec<SeriesQuery> {
    let moment = |at: f64| time::from_unix_seconds(at).unwrap_or_default();
    let span = (moment(from), moment(to));
    let ask = |metric: &str, labels: &BTreeMap<String, String>| SeriesQuery::of(metric, labels.clone(), span, step);
    let mut queries = Vec::new();
    for line in strips.iter().flat_map(|strip| &strip.lines) {
        let own = ask(line.metric, &line.labels);
        if line.ghost {
            queries.push(SeriesQuery { offset: Some(before(to - from)), ..own.clone() });
        }
        queries.push(own);
        if let Some(metric) = line.band {
            let over =
                |how: Aggregation| SeriesQuery { by: Some(Vec::new()), agg: Some(how), ..ask(metric, &line.labels) };
            queries.extend(BAND.map(over));
        }
    }
    queries
}

/// Seconds between two points from which on there is a gap between them: more than two steps, and never less than a
/// worker that reports once a minute needs.
pub fn gap(step: f64) -> f64 {
    (step * 2.5).max(75.0)
}

/// What history tells of a line. Of steps so short that [`gap`] is not for them, those without a value tell only that nobody
/// reports so often: a gap there is what live points make one.
fn told(points: &[Point], step: f64) -> Cow<'_, [Point]> {
    if gap(step) > step * 2.5 { points.iter().filter(|p| p.1.is_some()).copied().collect() } else { points.into() }
}

/// The mean of the live points of one step, as far as they have come.
#[derive(Debug, Clone, Copy, Default)]
pub struct Newest {
    /// When the step began, Unix seconds.
    begin: f64,
    sum: f64,
    count: f64,
    last: Option<Point>,
}

impl Newest {
    /// Takes a live point; answers with what stands for its step. A step in which history has a `known` value goes on from it.
    #[expect(clippy::float_cmp, reason = "the same step and the same sample have the same time to the bit")]
    fn take(&mut self, (at, value): Point, step: f64, known: Option<Point>) -> Point {
        let begin = (at / step).floor() * step;
        let mean = |of: &Self| (of.count > 0.0).then(|| of.sum / of.count);
        if self.last.is_some_and(|(before, _)| at < before) {
            // It is known already, or came too late.
            return (begin, if begin == self.begin { mean(self) } else { value });
        }
        if self.begin != begin || self.last.is_none() {
            let known = known.filter(|known| known.0 == begin).and_then(|known| known.1);
            let (sum, count) = known.map_or((0.0, 0.0), |known| (known, 1.0));
            *self = Self { begin, sum, count, last: None };
        }
        match (self.last, value) {
            // The same sample again.
            (Some((before, Some(old))), Some(value)) if before == at => self.sum += value - old,
            (_, Some(value)) => (self.sum, self.count) = (self.sum + value, self.count + 1.0),
            (_, None) => {}
        }
        if value.is_some() || self.last.is_none() {
            self.last = Some((at, value));
        }
        (begin, mean(self))
    }
}

/// One line's series.
#[derive(Debug, Clone)]
pub struct LineMemory {
    /// The line.
    pub own: Track,
    /// The period before, moved to this one; empty when it is not drawn or not known.
    pub ghost: Vec<Point>,
    /// The smallest and the largest of the devices.
    pub band: Option<[Track; 2]>,
    /// The live points of the newest step.
    pub newest: Newest,
}

/// All series of a chart: by strip, by line.
#[derive(Debug, Clone)]
pub struct Memory {
    /// The strips.
    pub strips: Vec<Vec<LineMemory>>,
    /// Unix seconds of the newest point, or of the end of history.
    pub end: f64,
    /// Points further apart than this have a gap between them.
    pub gap: f64,
    /// Seconds a step: live points of one are shown by their mean, as history has it; 0 shows each.
    step: f64,
}

impl Memory {
    /// The series that begin with this past.
    pub fn of(strips: &[Strip], history: &History) -> Self {
        let mut answers = history.series.iter();
        let mut next = move || answers.next().map(Vec::as_slice).unwrap_or_default();
        let mut line = |line: &Line| {
            let before = if line.ghost { next() } else { &[] };
            let ghost = if before.iter().any(|p| p.1.is_some()) { before.to_vec() } else { Vec::new() };
            let mut track = || Track::from_history(&told(next(), history.step), KEPT);
            let own = track();
            let band = line.band.map(|_| [track(), track()]);
            LineMemory { own, ghost, band, newest: Newest::default() }
        };
        let strips = strips.iter().map(|strip| strip.lines.iter().map(&mut line).collect()).collect();
        let step = if history.series.is_empty() { 0.0 } else { history.step };
        Self { strips, end: history.to, gap: gap(history.step), step }
    }

    /// Series of the past that nothing follows, a strip of them; `end` is Unix seconds of the right edge.
    pub fn past(lines: Vec<LineMemory>, end: f64, step: f64) -> Self {
        Self { strips: vec![lines], end, gap: gap(step), step }
    }

    /// Takes the live points that came before this past did, where they go on from it.
    pub fn go_on(&mut self, before: &Self) {
        for (line, before) in self.strips.iter_mut().flatten().zip(before.strips.iter().flatten()) {
            line.own.go_on(&before.own);
            line.newest = before.newest;
            let bands = line.band.iter_mut().flatten().zip(before.band.iter().flatten());
            bands.for_each(|(band, before)| band.go_on(before));
        }
        self.end = self.end.max(before.end);
    }

    /// Takes what a live record says of one line. True when anything changed.
    pub fn push(&mut self, strip: usize, line: usize, reading: &Reading) -> bool {
        let Some(memory) = self.strips.get_mut(strip).and_then(|lines| lines.get_mut(line)) else { return false };
        let (at, value) = match self.step {
            step if step > 0.0 => memory.newest.take(reading.point, step, memory.own.last()),
            _ => reading.point,
        };
        let mut changed = memory.own.push((at, value));
        if let Some(band) = &mut memory.band {
            changed |= band[0].push((at, reading.band.map(|b| b.0)));
            changed |= band[1].push((at, reading.band.map(|b| b.1)));
        }
        // Of fine steps the picture moves on with each reading, also where it changes no mean.
        changed |= self.step <= FINE && reading.point.0 > self.end;
        if changed {
            self.end = self.end.max(reading.point.0);
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_points_of_a_step_are_shown_by_their_mean_as_history_has_it() {
        let mut newest = Newest::default();
        let mut take = |at, value, known| newest.take((at, value), 10.0, known);
        assert_eq!(take(21.0, Some(4.0), Some((20.0, Some(2.0)))), (20.0, Some(3.0)), "history goes on");
        assert_eq!(take(25.0, Some(6.0), None), (20.0, Some(4.0)));
        assert_eq!(take(25.0, Some(9.0), None), (20.0, Some(5.0)), "the same sample, corrected");
        assert_eq!(take(24.0, Some(99.0), None), (20.0, Some(5.0)), "what is known already counts once");
        assert_eq!(take(26.0, None, None), (20.0, Some(5.0)), "what is absent is no zero");
        assert_eq!(take(31.0, None, Some((20.0, Some(5.0)))), (30.0, None));
        assert_eq!(take(32.0, Some(7.0), None), (30.0, Some(7.0)));
    }

    #[test]
    fn who_reports_less_often_than_a_short_step_has_a_line_and_a_long_step_without_a_value_is_a_gap() {
        let points = [(0.0, Some(1.0)), (60.0, None), (120.0, Some(2.0))];
        for (step, expected) in [(1.0, 2), (15.0, 2), (30.0, 3), (60.0, 3)] {
            assert_eq!(told(&points, step).len(), expected, "{step}");
        }
        assert!(gap(60.0) > 120.0, "by the distance alone it would be none");
    }
}
