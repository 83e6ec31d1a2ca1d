//! A series in memory: history, and the live points that go on from it.

use forewatch::series::Point;

/// A series whose points are in order of time, each time once. It keeps at most `most` points: the
/// oldest make room. Points lie side by side, so that they are drawn without being copied.
#[derive(Debug, Clone)]
pub struct Track {
    points: Vec<Point>,
    /// Points at the front that no longer count; cleared away when they are as many as the others.
    stale: usize,
    most: usize,
}

impl Track {
    /// An empty series.
    pub fn new(most: usize) -> Self {
        Self { points: Vec::new(), stale: 0, most: most.max(1) }
    }

    /// A series that begins with history. Gaps at its end are left out: they are not known yet, and
    /// the live points fill them.
    pub fn from_history(history: &[Point], most: usize) -> Self {
        let known = history.iter().rposition(|p| p.1.is_some()).map_or(0, |last| last + 1);
        let most = most.max(1);
        let mut track = Self::new(most);
        track.points.extend_from_slice(&history[known.saturating_sub(most)..known]);
        track
    }

    /// Takes a live point. One at the time of the newest replaces it (the same sample again); an older
    /// one is already in the history. True when anything changed.
    pub fn push(&mut self, point: Point) -> bool {
        match self.points.last_mut() {
            Some(last) if point.0 < last.0 || *last == point => return false,
            #[expect(clippy::float_cmp, reason = "the same sample has the same time to the bit")]
            Some(last) if point.0 == last.0 => *last = point,
            _ => self.points.push(point),
        }
        if self.points.len() - self.stale > self.most {
            self.stale += 1;
        }
        if self.stale > self.most {
            self.points.drain(..self.stale);
            self.stale = 0;
        }
        true
    }

    /// Takes the points of another that are newer than its own.
    pub fn go_on(&mut self, other: &Self) {
        for point in other.points() {
            self.push(*point);
        }
    }

    /// The points, oldest first.
    pub fn points(&self) -> &[Point] {
        &self.points[self.stale..]
    }

    /// The points within `from..=to`, and one beyond each edge, so that lines run to the edges.
    pub fn within(&self, from: f64, to: f64) -> &[Point] {
        let points = self.points();
        let first = points.partition_point(|p| p.0 < from).saturating_sub(1);
        let last = (points.partition_point(|p| p.0 <= to) + 1).min(points.len());
        &points[first..last.max(first)]
    }

    /// The newest point.
    pub fn last(&self) -> Option<Point> {
        self.points().last().copied()
    }

    /// The last value up to a moment, when it is not a gap.
    pub fn until(&self, at: f64) -> Option<f64> {
        let points = self.points();
        points[..points.partition_point(|p| p.0 <= at)].last().and_then(|p| p.1)
    }

    /// The newest value, when it is not a gap.
    pub fn newest(&self) -> Option<f64> {
        self.points().last().and_then(|p| p.1)
    }

    /// The value at a moment: of the point nearest to it, when one is within `reach` seconds.
    pub fn at(&self, at: f64, reach: f64) -> Option<f64> {
        let points = self.points();
        let next = points.partition_point(|p| p.0 < at);
        let near = [next.checked_sub(1), Some(next)].into_iter().flatten().filter_map(|n| points.get(n));
        let nearest = near.min_by(|a, b| (a.0 - at).abs().total_cmp(&(b.0 - at).abs()))?;
        nearest.1.filter(|_| (nearest.0 - at).abs() <= reach)
    }
}

/// The smallest and the largest value of some points, when there is any.
pub fn extremes<'a>(points: impl Iterator<Item = &'a Point>) -> Option<(f64, f64)> {
    points.filter_map(|p| p.1).fold(None, |found, value| {
        Some(found.map_or((value, value), |(low, high): (f64, f64)| (low.min(value), high.max(value))))
    })
}
