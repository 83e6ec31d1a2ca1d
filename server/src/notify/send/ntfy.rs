//! ntfy, published as JSON: <https://docs.ntfy.sh/publish/#publish-as-json>. A message over 4,096 bytes would become a
//! file; at most three actions.

use crate::notify::shown::Shown;
use crate::notify::text;
use forewatch::AlertSeverity;
use serde_json::{Value, json};

const MESSAGE: usize = 4_000;
const TITLE: usize = 250;

/// The body. Its text is plain.
pub(super) fn form(shown: &Shown, topic: &str) -> Value {
    let mut body = String::new();
    for line in &shown.lines {
        body.push_str(&format!("{}\n{}\n", text::cut(&line.title, 300), line.facts));
        if !line.description.is_empty() {
            body.push_str(&format!("{}\n", text::cut(&line.description, 500)));
        }
        body.push('\n');
    }
    body.extend(shown.more());
    let first = shown.lines.first();
    let links = first.into_iter().flat_map(|line| &line.links).take(3);
    let actions: Vec<_> = links.map(|(name, url)| json!({ "action": "view", "label": name, "url": url })).collect();
    let (priority, tag) = match shown.severity {
        _ if shown.is_over => (2, "white_check_mark"),
        AlertSeverity::Info => (2, "information_source"),
        AlertSeverity::Warning => (3, "warning"),
        AlertSeverity::Error => (4, "warning"),
        AlertSeverity::Critical => (5, "rotating_light"),
    };
    json!({
        "topic": topic,
        "title": text::bytes(&shown.headline, TITLE),
        "message": text::bytes(body.trim_end(), MESSAGE),
        "priority": priority,
        "tags": [tag],
        "click": shown.dashboard,
        "actions": actions,
    })
}
