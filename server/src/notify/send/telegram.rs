//! Telegram's `sendMessage`: <https://core.telegram.org/bots/api#sendmessage>. A text of 4,096 characters once its markup
//! is taken out; it is HTML, in which `<`, `>` and `&` are escaped.

use crate::config::{Chat, Secret};
use crate::notify::shown::{Line, Shown};
use crate::notify::text::{cut, html, written};
use reqwest::Url;
use serde_json::{Value, json};

/// Characters, as UTF-16 counts them, of which some are left for the end.
const TEXT: usize = 3_900;

/// Where a bot's messages are sent to.
pub(super) fn address(base: &Url, token: &Secret) -> Option<Url> {
    let mut url = base.clone();
    url.path_segments_mut().ok()?.pop_if_empty().push(&format!("bot{}", token.expose())).push("sendMessage");
    Some(url)
}

/// The body: as many alerts as fit.
pub(super) fn form(shown: &Shown, chat: &Chat) -> Value {
    let headline = cut(&shown.headline, 300);
    let mut text = format!("<b>{}</b>", escaped(&headline));
    let mut length = units(&headline);
    let mut more = shown.more;
    for one in &shown.lines {
        let (line, long) = line(one);
        length += long;
        if length > TEXT {
            more += 1;
        } else {
            text.push_str(&line);
        }
    }
    if more > 0 {
        text.push_str(&format!("\n\n<a href=\"{}\">and {more} more</a>", escaped(&shown.dashboard)));
    }
    let chat = match chat {
        Chat::Number(number) => Value::from(*number),
        Chat::Name(name) => Value::from(name.as_str()),
    };
    json!({ "chat_id": chat, "text": text, "parse_mode": "HTML", "link_preview_options": { "is_disabled": true } })
}

/// An alert's text, and how long it is without markup.
fn line(line: &Line) -> (String, usize) {
    let (title, description) = (cut(&line.title, 300), cut(&line.description, 500));
    let names = line.links.iter().map(|(name, _)| units(name) + 3).sum::<usize>();
    let length = units(&title) + units(&line.facts) + units(&description) + names + 5;
    let links: Vec<_> =
        line.links.iter().map(|(name, url)| format!("<a href=\"{}\">{name}</a>", escaped(url))).collect();
    let mut text = format!("\n\n<b>{}</b>\n{}", escaped(&title), escaped(&line.facts));
    if !description.is_empty() {
        text.push_str(&format!("\n{}", escaped(&description)));
    }
    if !links.is_empty() {
        text.push_str(&format!("\n{}", links.join(" · ")));
    }
    (text, length)
}

fn escaped(text: &str) -> String {
    written(text, usize::MAX, html)
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
