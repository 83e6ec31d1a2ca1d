//! A message as people read it, before it is written in a receiver's form.

use super::link::Links;
use super::message::{Message, Notice, What};
use super::{Channel, report, template};
use forewatch::{AlertSeverity, time};
use reqwest::Url;

/// What is shown of a message.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// What it is about, in a line. From outside, like every text here: to be escaped.
    pub(crate) headline: String,
    pub(crate) severity: AlertSeverity,
    /// Nothing in it is open any more.
    pub(crate) is_over: bool,
    pub(crate) lines: Vec<Line>,
    /// Alerts that are in it besides.
    pub(crate) more: usize,
    /// The list of alerts.
    pub(crate) dashboard: String,
}

/// One alert.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) title: String,
    /// How it is, how bad, by which rule, since when, with which value.
    pub(crate) facts: String,
    pub(crate) description: String,
    /// Addresses and what they are called: the alert's page, handling it with a click, the runbook.
    pub(crate) links: Vec<(&'static str, String)>,
}

impl Shown {
    /// With at most so many alerts.
    pub(crate) fn of(message: &Message, channel: &Channel, links: &Links, most: usize) -> Self {
        let lines: Vec<_> =
            message.notices.iter().take(most).map(|notice| line(notice, channel.name(), links, message)).collect();
        Self {
            headline: headline(message, channel),
            severity: message.severity(),
            is_over: message.is_over(),
            more: message.notices.len() - lines.len() + message.more,
            lines,
            dashboard: links.alerts(),
        }
    }

    /// How many more alerts there are, in words.
    pub(crate) fn more(&self) -> Option<String> {
        (self.more > 0).then(|| format!("and {} more", self.more))
    }
}

/// What a message is about, in a line: by the channel's template, or as usual.
pub(crate) fn headline(message: &Message, channel: &Channel) -> String {
    let Some(first) = message.first() else { return "Nothing".to_owned() };
    let text = match &channel.title {
        Some(template) if first.what != What::Report => template.fill(first),
        _ => format!("{}: {}", begins(first), first.alert.title),
    };
    // A line is a line.
    let text = text.split(char::is_control).collect::<Vec<_>>().join(" ");
    let others = message.news().saturating_sub(1);
    let others = (others > 0).then(|| format!("and {others} more"));
    let counts: Vec<_> = first.held_back().into_iter().chain(others).collect();
    if counts.is_empty() { text } else { format!("{text} ({})", counts.join("; ")) }
}

fn begins(notice: &Notice) -> String {
    let severity = notice.alert.severity;
    match notice.what {
        What::New | What::Still => capital(severity.as_str()),
        What::Escalated => format!("Not acknowledged, {severity}"),
        What::Risen => format!("Now {severity}"),
        What::Reminder => format!("Still open, {severity}"),
        What::Acknowledged => "Acknowledged".to_owned(),
        What::Recovered => "Resolved".to_owned(),
        What::Test => "Test".to_owned(),
        What::Report => "Report".to_owned(),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn line(notice: &Notice, channel: &str, links: &Links, message: &Message) -> Line {
    if notice.what == What::Report {
        return report::line(notice);
    }
    let alert = &notice.alert;
    let is_over = notice.what == What::Recovered;
    let mut facts = vec![notice.status().to_owned(), alert.severity.to_string(), alert.rule_id.to_string()];
    facts.extend(template::value(notice));
    facts.extend(notice.held_back());
    let since = forewatch::format::age(time::seconds_between(alert.timestamp, message.at).max(0.0));
    facts.push(format!("raised {since} before"));
    match (&alert.resolved_by, &alert.acknowledged_by) {
        (Some(by), _) if is_over => facts.push(format!("resolved by {by}")),
        (_, Some(by)) if !is_over && alert.acknowledged => facts.push(format!("{by} has it")),
        _ => {}
    }
    let mut addresses = Vec::new();
    if notice.what != What::Test {
        addresses.push(("Open", links.alert(&alert.alert_id)));
        if !is_over && !alert.acknowledged {
            addresses.push(("Acknowledge or resolve", links.handle(&alert.alert_id, channel, message.at)));
        }
    }
    addresses.extend(runbook(notice).map(|url| ("Runbook", url)));
    Line {
        title: alert.title.clone(),
        facts: facts.join(" · "),
        description: alert.description.clone(),
        links: addresses,
    }
}

/// The runbook, when it is an address that may be a link.
pub(crate) fn runbook(notice: &Notice) -> Option<String> {
    let url = Url::parse(notice.alert.runbook.as_deref()?).ok()?;
    // `|` ends an address in some receivers' markup.
    matches!(url.scheme(), "http" | "https").then(|| url.as_str().replace('|', "%7C"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::tests::{alert, channel, links, message};

    fn shown(message: &Message) -> Shown {
        Shown::of(message, &channel("type = \"webhook\"\nurl = \"https://hooks.example/a\""), &links(), 2)
    }

    #[test]
    fn the_headline_tells_the_worst_of_what_is_new_and_how_many_more_there_are() {
        let at = "2026-11-24T14:00:00Z".parse().expect("a time");
        let mut about = message("queue-backlog", "01A", at);
        assert!(shown(&about).headline.starts_with("Error: gpu_priority has"), "{:?}", shown(&about));
        let mut worse = alert("queue-backlog", "01B");
        (worse.severity, worse.title) = (AlertSeverity::Critical, "worse\r\nBcc: x".to_owned());
        about.notices.push(Notice { what: What::Risen, alert: worse.clone() });
        about.notices.push(Notice { what: What::Still, alert: worse });
        let shown = shown(&about);
        assert_eq!(shown.headline, "Now critical: worse  Bcc: x (and 1 more)");
        assert_eq!((shown.lines.len(), shown.more().as_deref()), (2, Some("and 1 more")));
    }

    #[test]
    fn a_cause_counts_what_it_holds_back() {
        let at = "2026-11-24T14:00:00Z".parse().expect("a time");
        let mut about = message("worker-offline", "01A", at);
        about.notices[0].alert.title = "rack-7 is silent".to_owned();
        about.notices[0].alert.held_back = 1;
        assert_eq!(shown(&about).headline, "Error: rack-7 is silent (1 more alert because of it)");
        about.notices[0].alert.held_back = 11;
        about.notices.push(Notice { what: What::New, alert: alert("worker-offline", "01B") });
        let shown = shown(&about);
        assert_eq!(shown.headline, "Error: rack-7 is silent (11 more alerts because of it; and 1 more)");
        let counted = shown.lines.iter().map(|line| line.facts.contains("11 more alerts because of it"));
        assert_eq!(counted.collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn what_is_open_and_nobodys_can_be_handled_by_a_link() {
        let at = "2026-11-24T14:00:00Z".parse().expect("a time");
        let mut about = message("queue-backlog", "01A", at);
        let names = |about: &Message| shown(about).lines[0].links.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(names(&about), ["Open", "Acknowledge or resolve", "Runbook"]);
        about.notices[0].alert.runbook = Some("javascript:alert(1)".to_owned());
        about.notices[0].what = What::Recovered;
        assert_eq!(names(&about), ["Open"]);
    }
}
