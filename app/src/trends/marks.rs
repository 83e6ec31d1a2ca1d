//! Reads what happened within a span: alerts, and notes on the time line.

use super::happening::{About, Happening, keep_most};
use super::span::Span;
use crate::backend::{Backend, BackendError};
use crate::query::AlertFilter;
use forewatch::{Alert, Timestamp, time};
use std::collections::BTreeMap;

/// Alerts that are read to choose from.
const READ: usize = 200;

/// What happened within a span, the oldest first, at most so much, and how much is left out. Of the alerts that `about`
/// takes, those are told that `tells` says.
pub(crate) async fn within(
    backend: &dyn Backend,
    span: Span,
    (about, most): (&About, usize),
    tells: impl Fn(&Alert) -> bool + Send,
) -> Result<(Vec<Happening>, usize), BackendError> {
    let (Some(from), Some(to)) = (time::from_unix_seconds(span.from), time::from_unix_seconds(span.to)) else {
        return Ok((Vec::new(), 0));
    };
    // Those that were raised earlier and are open still, or were lately; what ended before does not reach in here.
    let live = backend.live_alerts().await?.data.into_iter().filter(|alert| alert.timestamp < to);
    let live = live.filter(|alert| alert.resolved_at.is_none_or(|ended| ended > from));
    let past = raised(backend, about, from, to).await?;
    let alerts: BTreeMap<_, Alert> =
        past.into_iter().chain(live).map(|alert| (alert.alert_id.clone(), alert)).collect();
    let mut all: Vec<Happening> = backend.annotations(from, to).await?.iter().filter_map(Happening::of_note).collect();
    all.extend(alerts.values().filter(|alert| about.takes(alert) && tells(alert)).map(Happening::of_alert));
    let left_out = keep_most(&mut all, most);
    Ok((all, left_out))
}

/// The newest alerts that were raised within a time.
async fn raised(
    backend: &dyn Backend,
    about: &About,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Alert>, BackendError> {
    let ids = match about {
        About::Everything => vec![None],
        About::These(ids) => ids.iter().cloned().map(Some).collect(),
    };
    let mut found = Vec::new();
    for component_id in ids {
        let filter = AlertFilter {
            state: Some("all".to_owned()),
            component_id,
            from: Some(from),
            to: Some(to),
            limit: READ,
            ..AlertFilter::default()
        };
        found.extend(backend.alerts(filter).await?.items);
    }
    Ok(found)
}
