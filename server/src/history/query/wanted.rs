//! Which series a query asks for, and in which steps.

use super::QueryError;
use super::steps::Steps;
use crate::history::subject::Subject;
use app::query::SeriesQuery;
use forewatch::catalogue::{self, MetricId, Read};
use forewatch::series::step_for;
use forewatch::time;
use globset::{Glob, GlobMatcher};
use std::collections::BTreeMap;

/// Points of a series at most.
const MAX_POINTS: f64 = 11_000.0;
/// Points of a series when no step is asked for.
const USUAL_POINTS: usize = 720;

/// The metric and the steps of a query that makes sense.
pub(super) fn checked(query: &SeriesQuery) -> Result<(MetricId, Steps), QueryError> {
    let id =
        catalogue::find(&query.metric).ok_or_else(|| QueryError::Metric(query.metric.chars().take(60).collect()))?;
    let metric = id.metric();
    let names = query.labels.keys().chain(query.by.iter().flatten());
    if let Some(label) = names.into_iter().find(|label| !metric.labels.contains(&label.as_str())) {
        let known = if metric.labels.is_empty() { "none".to_owned() } else { metric.labels.join(", ") };
        return Err(QueryError::Label { label: label.clone(), metric: metric.name, known });
    }
    let offset = query.offset.unwrap_or(0.0);
    let (from, to) = (time::unix_seconds(query.from) - offset, time::unix_seconds(query.to) - offset);
    if from >= to {
        return Err(QueryError::Range);
    }
    let step = query.step.unwrap_or_else(|| step_for(to - from, USUAL_POINTS));
    if !(step > 0.0 && (to - from) / step <= MAX_POINTS) {
        return Err(QueryError::Step { asked: step, least: ((to - from) / MAX_POINTS).ceil() });
    }
    Ok((id, Steps { from: (from / step).floor() * step, to, step, offset }))
}

/// Which series are asked for.
pub(super) struct Wanted {
    kind: &'static str,
    name: Option<GlobMatcher>,
    device: Option<GlobMatcher>,
    is_all: bool,
}

impl Wanted {
    /// Those of a metric with such labels.
    pub(super) fn of(id: MetricId, labels: &BTreeMap<String, String>) -> Result<Self, QueryError> {
        let pattern = |label: &str| -> Result<Option<GlobMatcher>, QueryError> {
            let Some(text) = labels.get(label) else { return Ok(None) };
            // Only `*` has a meaning: ids may hold any other sign.
            let escaped = text.split('*').map(globset::escape).collect::<Vec<_>>().join("*");
            Glob::new(&escaped).map(|glob| Some(glob.compile_matcher())).map_err(|_| QueryError::Pattern(text.clone()))
        };
        let (kind, name) = match id.metric().read {
            Read::System(_) => ("system", None),
            Read::Queue(_) => ("queue", pattern("queue")?),
            Read::Derived(_) | Read::Worker(_) | Read::Gpu(_) => ("worker", pattern("worker")?),
        };
        Ok(Self { kind, name, device: pattern("gpu")?, is_all: labels.values().all(|text| text == "*") })
    }

    /// Whether those are all series of the metric.
    pub(super) fn is_all(&self) -> bool {
        self.is_all
    }

    /// Whether a subject's series are among them.
    pub(super) fn fits(&self, subject: &Subject) -> bool {
        subject.kind() == self.kind && self.name.as_ref().is_none_or(|name| name.is_match(subject.name()))
    }

    /// Whether those of a subject that fits are which have this label, see [`crate::history::table::Column`].
    pub(super) fn fits_label(&self, label: u32) -> bool {
        match (&self.device, label.checked_sub(1)) {
            (Some(pattern), Some(index)) => pattern.is_match(index.to_string()),
            (Some(_), None) => false,
            (None, _) => true,
        }
    }
}

/// The labels of a series in an answer.
pub(crate) fn labels(subject: &Subject, device: u32) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    if *subject != Subject::System {
        labels.insert(subject.kind().to_owned(), subject.name().to_owned());
    }
    if let Some(index) = device.checked_sub(1) {
        labels.insert("gpu".to_owned(), index.to_string());
    }
    labels
}
