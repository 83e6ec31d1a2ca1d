//! A team's other tools one click away: the addresses of `[[link]]`, filled in with what a page is about.

use crate::config::LinkText;
use crate::template::Template;
use app::backend::{Link, Linked};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Deserialize;

/// On whose page a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    Task,
    Worker,
    Alert,
    Queue,
}

/// What can stand in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A text, by its number among those of the target.
    Text(usize),
    /// Where the time that matters begins and ends: RFC 3339, and Unix milliseconds.
    From,
    To,
    FromMillis,
    ToMillis,
}

impl Target {
    /// The names of the texts, in the order of [`texts`].
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Task => &["task_id", "name", "queue", "worker_id", "user_id"],
            Self::Worker => &["worker_id", "name", "hostname"],
            Self::Alert => &["alert_id", "rule_id", "component_id"],
            Self::Queue => &["queue", "source"],
        }
    }

    /// Every placeholder.
    pub(crate) fn places(self) -> Vec<(&'static str, Place)> {
        let times =
            [("from", Place::From), ("to", Place::To), ("from_ms", Place::FromMillis), ("to_ms", Place::ToMillis)];
        let texts = self.names().iter().enumerate().map(|(number, name)| (*name, Place::Text(number)));
        texts.chain(times).collect()
    }
}

/// Reads the address of a link.
pub(crate) fn read(link: &LinkText) -> Result<Template<Place>, String> {
    Template::read(&link.url, &link.on.places())
}

/// The links of what a page is about, as of `now`. One that needs what is not known of it is left out.
pub(crate) fn filled(links: &[LinkText], about: &Linked<'_>, now: DateTime<Utc>) -> Vec<Link> {
    let (target, texts, (from, to)) = of(about, now);
    let own = links.iter().filter(|link| link.on == target);
    own.filter_map(|link| {
        let value = |place| match place {
            Place::Text(number) => texts.get(number).cloned().flatten().map(|text| escaped(&text)),
            Place::From => Some(escaped(&from.to_rfc3339_opts(SecondsFormat::Secs, true))),
            Place::To => Some(escaped(&to.to_rfc3339_opts(SecondsFormat::Secs, true))),
            Place::FromMillis => Some(from.timestamp_millis().to_string()),
            Place::ToMillis => Some(to.timestamp_millis().to_string()),
        };
        // What cannot be read was told when the server started.
        let url = read(link).ok()?.fill(value)?;
        Some(Link { title: link.title.trim().to_owned(), url })
    })
    .collect()
}

/// What is seen of it before it began and after it ended.
const AROUND: TimeDelta = TimeDelta::minutes(1);

/// What kind of page it is, its texts in the order of the names, and the time that matters.
fn of(about: &Linked<'_>, now: DateTime<Utc>) -> (Target, Vec<Option<String>>, (DateTime<Utc>, DateTime<Utc>)) {
    let hour = (now - TimeDelta::hours(1), now);
    match about {
        Linked::Task(task) => {
            let text = |text: &Option<String>| text.clone();
            let worker = task.worker_id.as_ref().map(ToString::to_string);
            let texts =
                vec![Some(task.task_id.to_string()), text(&task.name), text(&task.queue), worker, text(&task.user_id)];
            let began = task.submitted_at.or(task.started_at).unwrap_or(hour.0);
            let ended = task.completed_at.map_or(now, |end| (end + AROUND).min(now));
            (Target::Task, texts, (began - AROUND, ended))
        }
        Linked::Worker(worker) => {
            let texts = vec![Some(worker.worker_id.to_string()), Some(worker.name.clone()), worker.hostname.clone()];
            (Target::Worker, texts, hour)
        }
        Linked::Alert(alert) => {
            let texts = [alert.alert_id.to_string(), alert.rule_id.to_string(), alert.component_id.clone()];
            let ended = alert.resolved_at.map_or(now, |end| (end + AROUND).min(now));
            (Target::Alert, texts.map(Some).to_vec(), (alert.timestamp - AROUND * 15, ended))
        }
        Linked::Queue(queue) => {
            (Target::Queue, vec![Some(queue.queue_type.clone()), Some(queue.source.to_string())], hour)
        }
    }
}

/// A value within an address: nothing in it ends the part where it stands.
fn escaped(value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    value
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
