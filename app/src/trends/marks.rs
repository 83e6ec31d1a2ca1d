//! What happened while the charts' numbers were made: alerts, and notes on the time line.

use super::answer::Happening;
use super::span::Span;
use crate::backend::{Backend, BackendError};
use crate::query::AlertFilter;
use forewatch::alert::AlertState;
use forewatch::{Alert, time};
use std::collections::BTreeMap;

/// Marks on the charts at most.
const MOST: usize = 40;
/// Alerts that are read to choose from.
const READ: usize = 200;

/// What happened within a span, the oldest first, and how much is left out. Notes stay before alerts, and the worse
/// alerts before the others.
pub(super) async fn within(backend: &dyn Backend, span: Span) -> Result<(Vec<Happening>, usize), BackendError> {
    let (Some(from), Some(to)) = (time::from_unix_seconds(span.from), time::from_unix_seconds(span.to)) else {
        return Ok((Vec::new(), 0));
    };
    let raised = AlertFilter {
        state: Some("all".to_owned()),
        from: Some(from),
        to: Some(to),
        limit: READ,
        ..AlertFilter::default()
    };
    // Those that were raised earlier and are open still; what was raised and ended before does not reach in here.
    let open = backend.live_alerts().await?.data.into_iter().filter(|alert| alert.timestamp < to);
    let open = open.filter(|alert| alert.resolved_at.is_none_or(|ended| ended > from));
    let past = backend.alerts(raised).await?.items;
    let alerts: BTreeMap<_, Alert> =
        past.into_iter().chain(open).map(|alert| (alert.alert_id.clone(), alert)).collect();
    let told = |alert: &&Alert| alert.state != AlertState::Pending && alert.suppressed_by.is_none();
    let notes = backend.annotations(from, to).await?;
    let notes = notes.into_iter().filter_map(|note| {
        let at = time::unix_seconds(note.at?);
        let text = if note.tags.is_empty() { note.title } else { format!("{} ({})", note.title, note.tags.join(", ")) };
        Some(Happening { at, until: Some(at), text, severity: None, link: None })
    });
    Ok(choose(notes.chain(alerts.values().filter(told).map(of_alert)).collect()))
}

fn of_alert(alert: &Alert) -> Happening {
    Happening {
        at: time::unix_seconds(alert.timestamp),
        until: alert.resolved_at.map(time::unix_seconds),
        text: alert.title.clone(),
        severity: Some(alert.severity),
        link: Some(format!("/alerts/{}", alert.alert_id)),
    }
}

fn choose(mut all: Vec<Happening>) -> (Vec<Happening>, usize) {
    let rank = |happening: &Happening| (happening.severity.is_none(), happening.severity);
    all.sort_by(|a, b| rank(b).cmp(&rank(a)).then(b.at.total_cmp(&a.at)));
    let left_out = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    all.sort_by(|a, b| a.at.total_cmp(&b.at));
    (all, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::AlertSeverity;

    #[test]
    fn of_too_many_the_notes_and_the_worst_are_kept_in_order_of_time() {
        let happening =
            |at: usize, severity| Happening { at: at as f64, until: None, text: String::new(), severity, link: None };
        let mut all: Vec<Happening> = (0..60).map(|at| happening(at, Some(AlertSeverity::Info))).collect();
        all.push(happening(5, Some(AlertSeverity::Critical)));
        all.push(happening(3, None));
        let (kept, left_out) = choose(all);
        assert_eq!((kept.len(), left_out), (MOST, 22));
        assert_eq!((kept[0].severity, kept[1].severity), (None, Some(AlertSeverity::Critical)));
        assert!(kept.is_sorted_by(|a, b| a.at <= b.at));
    }
}
