//! A new error or critical alert takes the whole screen: at once, until somebody has it or a while has passed.

use crate::attention::is_open;
use crate::components::alert_card::AlertFacts;
use crate::components::alert_deeds::Deeds;
use crate::components::icon::Icon;
use crate::components::severity::{mark, word};
use forewatch::{Alert, AlertId};
use leptos::prelude::*;

/// Seconds that a new alert is shown when nobody takes it.
#[cfg(any(feature = "hydrate", test))]
const STAYS: u32 = 120;
/// New alerts that are remembered at once; of more, the newest.
#[cfg(any(feature = "hydrate", test))]
const MOST: usize = 20;

/// The alerts that are new, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct News(Vec<(AlertId, u32)>);

impl News {
    /// These came.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn came(&mut self, new: &[Alert]) {
        self.0.extend(new.iter().map(|alert| (alert.alert_id.clone(), STAYS)));
        let over = self.0.len().saturating_sub(MOST);
        self.0.drain(..over);
    }

    /// A second passed.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn tick(&mut self) {
        for (_, left) in &mut self.0 {
            *left = left.saturating_sub(1);
        }
        self.0.retain(|(_, left)| *left > 0);
    }

    /// Somebody has seen them.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether there is nothing new.
    #[cfg(any(feature = "hydrate", test))]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one to show, the worst of those that still need someone and of these the newest, and how many there are.
    pub(super) fn shown(&self, alerts: &[Alert]) -> Option<(Alert, usize)> {
        let is_new = |alert: &&Alert| is_open(alert) && self.0.iter().any(|(id, _)| *id == alert.alert_id);
        let new: Vec<&Alert> = alerts.iter().filter(is_new).collect();
        let worst = new.iter().max_by_key(|alert| (alert.severity, alert.timestamp))?;
        Some(((*worst).clone(), new.len()))
    }
}

/// The alert, as large as the screen.
#[component]
pub(super) fn Alarm(
    alert: Alert,
    /// New ones there are, with it.
    count: usize,
) -> impl IntoView {
    let severity = alert.severity;
    let (glyph, class) = mark(severity);
    let address = ["/alerts/", alert.alert_id.as_ref()].concat();
    let more = match count {
        0 | 1 => String::new(),
        2 => "1 more is new".to_owned(),
        many => [&(many - 1).to_string(), " more are new"].concat(),
    };
    let text =
        (!alert.description.is_empty()).then(|| view! { <p class="soft wall-text">{alert.description.clone()}</p> });
    view! {
        <section class=["wall-alarm ", severity.as_str()].concat() aria-label="New alert">
            <p class=["wall-mark ", class].concat()>
                <Icon glyph/>
                <span>{word(severity)}</span>
                <span class="soft">{more}</span>
            </p>
            <h1><a href=address>{alert.title.clone()}</a></h1>
            {text}
            <AlertFacts alert=alert.clone()/>
            <Deeds alert/>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::AlertSeverity;

    fn alert(id: &str, severity: AlertSeverity) -> Alert {
        let text = include_str!("../../../../tests/golden/alert.json");
        let alert: Alert = serde_json::from_str(text).expect("an alert");
        let alert_id = AlertId::new(id).expect("an id");
        Alert { alert_id, severity, is_active: true, acknowledged: false, suppressed_by: None, ..alert }
    }

    fn shown(news: &News, alerts: &[Alert]) -> Option<(String, usize)> {
        news.shown(alerts).map(|(alert, count)| (alert.alert_id.to_string(), count))
    }

    #[test]
    fn the_worst_is_shown_until_somebody_has_it_and_then_the_next() {
        let mut alerts = vec![
            alert("a", AlertSeverity::Critical),
            alert("b", AlertSeverity::Error),
            alert("old", AlertSeverity::Critical),
        ];
        let mut news = News::default();
        news.came(&alerts[..2]);
        assert_eq!(shown(&news, &alerts), Some(("a".to_owned(), 2)));
        alerts[0].acknowledged = true;
        assert_eq!(shown(&news, &alerts), Some(("b".to_owned(), 1)));
        alerts[1].is_active = false;
        assert_eq!(shown(&news, &alerts), None);
    }

    #[test]
    fn what_nobody_takes_goes_after_a_while_and_many_are_bounded() {
        let alerts: Vec<Alert> = (0..50).map(|n| alert(&format!("a{n}"), AlertSeverity::Error)).collect();
        let mut news = News::default();
        news.came(&alerts);
        assert_eq!(shown(&news, &alerts).map(|(_, count)| count), Some(MOST));
        (1..STAYS).for_each(|_| news.tick());
        assert!(!news.is_empty());
        news.tick();
        assert!(news.is_empty());
    }
}
