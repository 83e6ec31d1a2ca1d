//! Reading a channel from the configuration: every key that is wrong, missing or of another type is named.

use super::{Channel, Link, Route, Takes, Target, address};
use crate::config::{Chat, Notify, NotifyType, Secret};
use crate::notify::{Filter, Quiet, Reach, Template};
use chrono::TimeDelta;
use std::time::Duration;

/// The longest name of a channel.
const NAME: usize = 40;

/// What is wrong so far: the key, and the reason.
pub(super) struct Check<'a> {
    pub(super) notify: &'a Notify,
    pub(super) reach: Reach,
    wrong: Vec<(String, String)>,
}

/// The channel that stands in the file.
pub(super) fn channel(notify: &Notify) -> Result<Channel, Vec<(String, String)>> {
    let reach = if notify.allow_private { Reach::Private } else { Reach::Public };
    let mut check = Check { notify, reach, wrong: Vec::new() };
    check.name();
    check.keys();
    let target = check.target();
    let title = notify.title.as_deref().and_then(|text| check.read("title", Template::of(text)));
    let quiet = notify.quiet.as_ref().and_then(|quiet| check.nested("quiet", Quiet::of(quiet)));
    let filter = check.nested("where", Filter::of(notify.min_severity, &notify.wanted));
    match (notify.kind, target, filter) {
        (Some(kind), Some(target), Some(filter)) if check.wrong.is_empty() => {
            let takes = if kind == NotifyType::PagerDuty { Takes::Incidents } else { Takes::Groups };
            let route = Route {
                name: notify.name.clone(),
                filter,
                group_wait: delta(notify.group_wait),
                group_interval: delta(notify.group_interval),
                renotify: delta(notify.renotify),
                quiet,
                escalated_by: Vec::new(),
                takes,
            };
            Ok(Channel { kind, route, target, title, reach, timeout: notify.timeout })
        }
        _ => Err(check.wrong),
    }
}

pub(super) fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

impl Check<'_> {
    pub(super) fn wrong(&mut self, key: &str, reason: impl Into<String>) {
        self.wrong.push((key.to_owned(), reason.into()));
    }

    pub(super) fn read<T>(&mut self, key: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|reason| self.wrong(key, reason)).ok()
    }

    fn nested<T, K: AsRef<str>>(&mut self, key: &str, read: Result<T, Vec<(K, String)>>) -> Option<T> {
        let tell = |mistakes: Vec<(K, String)>| {
            for (within, reason) in mistakes {
                self.wrong(&format!("{key}.{}", within.as_ref()), reason);
            }
        };
        read.map_err(tell).ok()
    }

    fn name(&mut self) {
        let name = &self.notify.name;
        let is_fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > NAME || !name.chars().all(is_fine) {
            self.wrong("name", format!("must be 1 to {NAME} letters, digits, - and _"));
        }
    }

    /// Refuses keys that mean nothing to the type.
    fn keys(&mut self) {
        use NotifyType::{Command, Email, Heartbeat, Ntfy, PagerDuty, Telegram, Webhook};
        let Some(kind) = self.notify.kind else { return };
        let n = self.notify;
        let given: [(&str, bool, &[NotifyType]); 8] = [
            ("secret", n.secret.is_some(), &[Webhook, Telegram, PagerDuty, Ntfy, Email]),
            ("chat", n.chat.is_some(), &[Telegram]),
            ("from", n.from.is_some(), &[Email]),
            ("to", !n.to.is_empty(), &[Email]),
            ("user", n.user.is_some(), &[Email]),
            ("ca_file", n.ca_file.is_some(), &[Email]),
            ("argv", !n.argv.is_empty(), &[Command]),
            ("every", n.every.is_some(), &[Heartbeat]),
        ];
        for (key, _, of) in given.iter().filter(|(_, given, of)| *given && !of.contains(&kind)) {
            let of: Vec<_> = of.iter().map(|kind| kind.word()).collect();
            self.wrong(key, format!("means nothing to type = \"{}\": it is for {}", kind.word(), of.join(", ")));
        }
        if kind == Command && n.url.is_some() {
            self.wrong("url", "means nothing to type = \"command\": write argv");
        }
    }

    fn target(&mut self) -> Option<Target> {
        let secret = self.notify.secret.clone();
        let Some(kind) = self.notify.kind else {
            let types = "webhook, slack, discord, teams, telegram, pagerduty, ntfy, email, command or heartbeat";
            self.wrong("type", format!("is missing: {types}"));
            return None;
        };
        Some(match kind {
            NotifyType::Webhook => Target::Webhook { url: self.url(None)?, secret },
            NotifyType::Slack => Target::Slack { url: self.hidden_url()? },
            NotifyType::Discord => Target::Discord { url: self.hidden_url()? },
            NotifyType::Teams => Target::Teams { url: self.hidden_url()? },
            NotifyType::Telegram => {
                let url = self.url(Some("https://api.telegram.org"));
                let token = self.secret("the bot's token");
                let chat = self.chat();
                Target::Telegram { url: url?, token: token?, chat: chat? }
            }
            NotifyType::PagerDuty => {
                let url = self.url(Some("https://events.pagerduty.com/v2/enqueue"));
                let key = self.secret("the integration key of an Events API v2 integration");
                Target::PagerDuty { url: url?, key: key? }
            }
            NotifyType::Ntfy => {
                let Link(url) = self.url(None)?;
                let (url, topic) = self.read("url", address::topic(url))?;
                Target::Ntfy { url: Link(url), topic, token: secret }
            }
            NotifyType::Email => Target::Email(Box::new(self.mail()?)),
            NotifyType::Command if self.notify.argv.is_empty() => {
                self.wrong("argv", "is missing: the program and its arguments, such as [\"/usr/local/bin/page\"]");
                return None;
            }
            NotifyType::Command => Target::Command { argv: self.notify.argv.clone() },
            NotifyType::Heartbeat => {
                let every = self.notify.every.unwrap_or(Duration::from_mins(1));
                if every < Duration::from_secs(1) {
                    self.wrong("every", "must be a second or longer");
                }
                Target::Heartbeat { url: self.url(None)?, every }
            }
        })
    }

    fn url(&mut self, usual: Option<&str>) -> Option<Link> {
        let given = self.notify.url.as_ref().map(|address| address.text.expose());
        let Some(text) = given.or(usual) else {
            self.wrong("url", "is missing: https://…, or env:NAME or file:PATH where it holds a secret");
            return None;
        };
        self.read("url", address::http(text, self.reach)).map(Link)
    }

    /// An address by which alone one may write: it does not stand in the file.
    fn hidden_url(&mut self) -> Option<Link> {
        if self.notify.url.as_ref().is_some_and(|address| address.is_open) {
            self.wrong("url", "is a secret, which does not stand in the file: write env:NAME or file:PATH");
            return None;
        }
        self.url(None)
    }

    fn secret(&mut self, what: &str) -> Option<Secret> {
        if self.notify.secret.is_none() {
            self.wrong("secret", format!("is missing: {what}, as env:NAME or file:PATH"));
        }
        self.notify.secret.clone()
    }

    fn chat(&mut self) -> Option<Chat> {
        match &self.notify.chat {
            Some(Chat::Name(name)) if !name.starts_with('@') && name.parse::<i64>().is_err() => {
                self.wrong("chat", format!("\"{name}\" is neither a chat's number nor a channel's @name"));
                None
            }
            None => {
                self.wrong("chat", "is missing: the chat's number, or a channel's @name");
                None
            }
            Some(chat) => Some(chat.clone()),
        }
    }
}
