//! Slack's incoming webhooks: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/>, with blocks:
//! <https://docs.slack.dev/reference/block-kit/blocks/>. At most 50 blocks, a header of 150 characters, a section of 3,000.

use crate::notify::shown::{Line, Shown};
use crate::notify::text::{cut, written};
use serde_json::{Value, json};

const HEADER: usize = 150;
const SECTION: usize = 3_000;
/// What is shown where blocks are not, as in a notification.
const FALLBACK: usize = 1_000;

/// The body.
pub(super) fn form(shown: &Shown) -> Value {
    let mut blocks = vec![json!({ "type": "header", "text": plain(&shown.headline, HEADER) })];
    blocks.extend(shown.lines.iter().flat_map(line));
    let more = shown.more().map_or_else(|| "All alerts".to_owned(), |more| format!("{more}: all alerts"));
    blocks.push(json!({ "type": "context", "elements": [markup(&format!("<{}|{more}>", shown.dashboard))] }));
    json!({ "text": written(&shown.headline, FALLBACK, escape), "mrkdwn": false, "unfurl_links": false, "blocks": blocks })
}

fn line(line: &Line) -> [Value; 2] {
    let text = format!("{}\n{}\n{}", cut(&line.title, 500), line.facts, cut(&line.description, 1_000));
    let links: Vec<_> =
        line.links.iter().map(|(name, url)| format!("<{}|{name}>", url.replace('&', "&amp;"))).collect();
    let links = if links.is_empty() { "–".to_owned() } else { links.join(" · ") };
    [
        json!({ "type": "section", "text": plain(text.trim_end(), SECTION) }),
        json!({ "type": "context", "elements": [markup(&links)] }),
    ]
}

/// Text in which nothing is markup.
fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": written(text, most, escape), "emoji": false })
}

/// Text of our own, with links.
fn markup(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

/// The three characters that Slack wants escaped everywhere: without them there is no link and no mention.
fn escape(character: char) -> Option<&'static str> {
    match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}
