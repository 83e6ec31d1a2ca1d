//! Discord's webhooks: <https://docs.discord.com/developers/resources/webhook#execute-webhook>. Content of 2,000
//! characters, at most 10 embeds with a title of 256, and 6,000 characters in all embeds together.

use crate::notify::shown::{Line, Shown};
use crate::notify::text::written;
use serde_json::{Value, json};

const CONTENT: usize = 1_000;
const TITLE: usize = 200;
/// With a title, links and ten embeds that stays under 6,000.
const DESCRIPTION: usize = 120;
const FACTS: usize = 120;

/// The body.
pub(super) fn form(shown: &Shown) -> Value {
    let more = shown.more().map(|more| format!("\n[{more}](<{}>)", shown.dashboard)).unwrap_or_default();
    json!({
        "content": format!("**{}**{more}", written(&shown.headline, CONTENT, escape)),
        "embeds": shown.lines.iter().map(|line| embed(line, super::colour(shown))).collect::<Vec<_>>(),
        // Nobody is called by a name in a title.
        "allowed_mentions": { "parse": [] },
    })
}

fn embed(line: &Line, colour: u32) -> Value {
    // Addresses do not count as long texts here: they are in fields of their own.
    let mut description = written(&line.facts, FACTS, escape);
    if !line.description.is_empty() {
        description = format!("{description}\n{}", written(&line.description, DESCRIPTION, escape));
    }
    let mut embed = json!({
        "title": written(&line.title, TITLE, escape),
        "description": description,
        "color": colour,
    });
    if let Some((_, url)) = line.links.first() {
        embed["url"] = url.as_str().into();
    }
    embed
}

/// Everything that Discord's Markdown could take for something.
fn escape(character: char) -> Option<&'static str> {
    Some(match character {
        '\\' => "\\\\",
        '*' => "\\*",
        '_' => "\\_",
        '~' => "\\~",
        '`' => "\\`",
        '|' => "\\|",
        '>' => "\\>",
        '<' => "\\<",
        '#' => "\\#",
        '[' => "\\[",
        ']' => "\\]",
        '(' => "\\(",
        ')' => "\\)",
        '@' => "\\@",
        ':' => "\\:",
        '-' => "\\-",
        _ => return None,
    })
}
