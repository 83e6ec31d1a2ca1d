//! Microsoft Teams' webhooks of Workflows, with an Adaptive Card:
//! <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>. At most 28 KB.
//! Outside text lies in text runs, in which nothing is markup.

use crate::notify::shown::{Line, Shown};
use crate::notify::text::cut;
use serde_json::{Value, json};

/// Bytes of a message, with something to spare.
const BYTES: usize = 26_000;

/// The body: as many alerts as fit.
pub(super) fn form(shown: &Shown) -> Value {
    let mut lines = shown.lines.len();
    loop {
        let body = with(shown, lines);
        if lines <= 1 || body.to_string().len() <= BYTES {
            return body;
        }
        lines -= 1;
    }
}

fn with(shown: &Shown, lines: usize) -> Value {
    let more = shown.more + shown.lines.len() - lines;
    let mut body = vec![runs(&[run(&cut(&shown.headline, 300), "Bolder", colour(shown))])];
    body.extend(shown.lines.iter().take(lines).map(line));
    if more > 0 {
        body.push(runs(&[run(&format!("and {more} more"), "Default", "Default")]));
    }
    // The first alert's links are buttons; those of the others are one click away.
    let links = shown.lines.first().into_iter().flat_map(|line| &line.links);
    let links = links.map(|(name, url)| (*name, url.as_str())).chain([("All alerts", shown.dashboard.as_str())]);
    let actions: Vec<_> =
        links.map(|(title, url)| json!({ "type": "Action.OpenUrl", "title": title, "url": url })).collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": actions,
            },
        }],
    })
}

fn line(line: &Line) -> Value {
    let description = cut(&line.description, 500);
    let mut texts =
        vec![run(&cut(&line.title, 300), "Bolder", "Default"), run(&format!("\n{}", line.facts), "Default", "Default")];
    if !description.is_empty() {
        texts.push(run(&format!("\n{description}"), "Default", "Default"));
    }
    runs(&texts)
}

fn runs(texts: &[Value]) -> Value {
    json!({ "type": "RichTextBlock", "inlines": texts })
}

fn run(text: &str, weight: &str, colour: &str) -> Value {
    json!({ "type": "TextRun", "text": text, "weight": weight, "color": colour })
}

fn colour(shown: &Shown) -> &'static str {
    use forewatch::AlertSeverity::{Critical, Error, Info, Warning};
    match shown.severity {
        _ if shown.is_over => "Good",
        Info => "Default",
        Warning => "Warning",
        Error | Critical => "Attention",
    }
}
