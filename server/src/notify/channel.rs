//! A channel as it is used: read from the configuration and checked.

mod address;
mod checked;
mod mail;
#[cfg(test)]
mod tests;
mod together;

use super::plan::{Route, Takes};
use super::{Reach, Template};
use crate::config::{self, Notify, NotifyType, Secret};
pub(crate) use mail::Mail;
use reqwest::Url;
use std::time::Duration;

/// A receiver, and when it is told of what.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) kind: NotifyType,
    pub(crate) route: Route,
    pub(crate) target: Target,
    /// The headline, where it is not the usual one.
    pub(crate) title: Option<Template>,
    pub(crate) reach: Reach,
    /// How long one attempt may take.
    pub(crate) timeout: Duration,
}

/// An address that is not printed: those of most receivers hold a secret.
#[derive(Clone)]
pub(crate) struct Link(pub(crate) Url);

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(address)")
    }
}

/// Where a message goes, in which form.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Webhook { url: Link, secret: Option<Secret> },
    Slack { url: Link },
    Discord { url: Link },
    Teams { url: Link },
    Telegram { url: Link, token: Secret, chat: config::Chat },
    PagerDuty { url: Link, key: Secret },
    Ntfy { url: Link, topic: String, token: Option<Secret> },
    Email(Box<Mail>),
    Command { argv: Vec<String> },
    Heartbeat { url: Link, every: Duration },
}

impl Channel {
    pub(crate) fn name(&self) -> &str {
        &self.route.name
    }

    /// Whether it is told of alerts.
    pub(crate) fn takes_alerts(&self) -> bool {
        self.kind != NotifyType::Heartbeat
    }

    /// Text that came from the receiver or the network, without what must not be seen, and of bounded length.
    pub(crate) fn told(&self, text: &str) -> String {
        let (link, secret) = match &self.target {
            Target::Webhook { url, secret } | Target::Ntfy { url, token: secret, .. } => (Some(url), secret.as_ref()),
            Target::Slack { url } | Target::Discord { url } | Target::Teams { url } => (Some(url), None),
            Target::Heartbeat { url, .. } => (Some(url), None),
            Target::Telegram { url, token: secret, .. } | Target::PagerDuty { url, key: secret } => {
                (Some(url), Some(secret))
            }
            Target::Email(mail) => (None, mail.credentials.as_ref().map(|(_, password)| password)),
            Target::Command { .. } => (None, None),
        };
        let mut text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let path = link.map(|link| link.0.path().trim_matches('/')).filter(|path| !path.is_empty());
        let query = link.and_then(|link| link.0.query());
        let hidden =
            link.map(|link| link.0.as_str()).into_iter().chain(secret.map(Secret::expose)).chain(path).chain(query);
        for hidden in hidden.filter(|hidden| hidden.len() >= SHORTEST) {
            text = text.replace(hidden, "(secret)");
        }
        super::text::cut(text.trim(), ANSWER)
    }
}

/// Characters of a receiver's answer that are kept.
const ANSWER: usize = 300;
/// A part of an address below this length is no secret, and would be found in ordinary words.
const SHORTEST: usize = 8;

/// The channels of a configuration, or all that is wrong with them: the place in the list, the key, the reason.
pub(crate) fn channels(notify: &[Notify]) -> Result<Vec<Channel>, Vec<(usize, String, String)>> {
    let (mut channels, mut wrong) = (Vec::new(), Vec::new());
    for (place, one) in notify.iter().enumerate() {
        match checked::channel(one) {
            Ok(channel) => channels.push(channel),
            Err(mistakes) => wrong.extend(mistakes.into_iter().map(|(key, reason)| (place, key, reason))),
        }
    }
    wrong.extend(together::check(notify));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    for (place, one) in notify.iter().enumerate() {
        if let (Some(after), Some(then)) = (one.escalate_after, &one.then)
            && let Some(next) = notify.iter().position(|other| other.name == *then)
        {
            let from = channels[place].route.name.clone();
            channels[next].route.escalated_by.push((from, checked::delta(after)));
        }
    }
    Ok(channels)
}
