//! Slack, Discord, Teams and Telegram.

use super::receiver::{Receiver, Request, must, only, text};
use super::*;
use serde_json::Value;

/// A secret address in a file.
fn hidden(kind: &str, url: &str) -> (tempfile::NamedTempFile, String) {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(&file, url).expect("it can be written");
    let setup = format!("type = \"{kind}\"\nurl = \"file:{}\"", file.path().display());
    (file, setup)
}

/// An alarm, its end, and as much as there can be: all are taken.
async fn all_taken(setup: &str, receiver: &Receiver) {
    for message in [small(), recovered(small()), hostile(), recovered(hostile())] {
        let answer = hand_over(setup, &message).await;
        assert!(answer.is_ok(), "{answer:?} to {:#?}", receiver.requests().last().map(|request| request.body.clone()));
    }
    assert_eq!(receiver.requests().len(), 4);
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// <https://docs.slack.dev/reference/block-kit/blocks/>
fn slack(request: &Request) -> Result<(), String> {
    let body = request.json();
    only(&body, &["text", "blocks", "mrkdwn", "unfurl_links"])?;
    no_markup(text(&body["text"], 40_000, "text")?)?;
    must((1..=50).contains(&items(&body["blocks"]).len()), "1 to 50 blocks")?;
    for block in items(&body["blocks"]) {
        match block["type"].as_str() {
            Some("header") => {
                only(block, &["type", "text"])?;
                must(block["text"]["type"] == "plain_text", "a header is plain text")?;
                no_markup(text(&block["text"]["text"], 150, "header")?)?;
            }
            Some("section") => {
                must(block["text"]["type"] == "plain_text", "outside text is plain text")?;
                no_markup(text(&block["text"]["text"], 3_000, "section")?)?;
            }
            Some("context") => {
                must((1..=10).contains(&items(&block["elements"]).len()), "1 to 10 elements")?;
                for element in items(&block["elements"]) {
                    let markup = text(&element["text"], 3_000, "context")?;
                    must(!markup.contains("<!") && !markup.contains("<@"), "nobody is called")?;
                    let links = markup.matches("<http").count();
                    must(markup.matches('<').count() == links && markup.matches('>').count() == links, markup)?;
                    must(markup.matches('|').count() == links, "one name a link")?;
                }
            }
            other => return Err(format!("no block {other:?}")),
        }
    }
    Ok(())
}

/// Escaped whole: no `<`, no `>`, and `&` only as the beginning of an entity.
fn no_markup(text: &str) -> Result<(), String> {
    let rest = text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
    must(!rest.contains(['<', '>', '&']), format!("not escaped: {rest}"))
}

#[tokio::test]
async fn slack_takes_what_is_sent() {
    let receiver = Receiver::start(slack).await;
    let (_file, setup) = hidden("slack", &receiver.url());
    all_taken(&setup, &receiver).await;
}

/// <https://docs.discord.com/developers/resources/message#embed-object-embed-limits>
fn discord(request: &Request) -> Result<(), String> {
    let body = request.json();
    only(&body, &["content", "embeds", "allowed_mentions"])?;
    must(body["allowed_mentions"]["parse"] == serde_json::json!([]), "nobody is called")?;
    let content = text(&body["content"], 2_000, "content")?;
    must(!content.contains("javascript:") && !content.contains("\n#"), content)?;
    must((1..=10).contains(&items(&body["embeds"]).len()), "1 to 10 embeds")?;
    let mut all = 0;
    for embed in items(&body["embeds"]) {
        only(embed, &["title", "description", "color", "url"])?;
        let title = text(&embed["title"], 256, "title")?;
        let description = text(&embed["description"], 4_096, "description")?;
        all += title.chars().count() + description.chars().count();
        must(embed["color"].as_u64().is_some_and(|colour| colour <= 0xff_ff_ff), "a colour of 24 bits")?;
        let url = embed["url"].as_str().unwrap_or_default();
        must(url.starts_with("https://forewatch.example/"), url)?;
        for outside in [title, description] {
            must(is_escaped(outside), outside)?;
        }
    }
    must(all <= 6_000, format!("{all} characters in all embeds"))
}

/// Every sign of Markdown has a backslash before it.
fn is_escaped(text: &str) -> bool {
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => drop(signs.next()),
            '*' | '_' | '~' | '`' | '[' | ']' | '(' | ')' | '<' | '>' | '@' | '#' | '|' => return false,
            _ => {}
        }
    }
    true
}

#[tokio::test]
async fn discord_takes_what_is_sent() {
    let receiver = Receiver::start(discord).await;
    let (_file, setup) = hidden("discord", &receiver.url());
    all_taken(&setup, &receiver).await;
}

/// <https://learn.microsoft.com/adaptive-cards/schema-explorer/adaptive-card>
fn teams(request: &Request) -> Result<(), String> {
    must(request.body.len() <= 28 * 1_024, format!("{} bytes", request.body.len()))?;
    let body = request.json();
    must(body["type"] == "message" && items(&body["attachments"]).len() == 1, "a message with one card")?;
    let attachment = &body["attachments"][0];
    must(attachment["contentType"] == "application/vnd.microsoft.card.adaptive", "an adaptive card")?;
    let card = &attachment["content"];
    only(card, &["$schema", "type", "version", "body", "actions"])?;
    for block in items(&card["body"]) {
        must(block["type"] == "RichTextBlock", "text in which nothing is markup")?;
        for run in items(&block["inlines"]) {
            must(run["type"] == "TextRun", "a run of text")?;
            text(&run["text"], 2_000, "run")?;
        }
    }
    for action in items(&card["actions"]) {
        must(action["type"] == "Action.OpenUrl", "a link")?;
        let url = action["url"].as_str().unwrap_or_default();
        must(url.starts_with("https://") && !url.contains(['<', '>', '"', ' ']), url)?;
    }
    must(items(&card["actions"]).len() <= 6, "Teams shows six actions")
}

#[tokio::test]
async fn teams_takes_what_is_sent() {
    let receiver = Receiver::start(teams).await;
    let (_file, setup) = hidden("teams", &receiver.url());
    all_taken(&setup, &receiver).await;
}

/// <https://core.telegram.org/bots/api#html-style>
fn telegram(request: &Request) -> Result<(), String> {
    must(request.uri.path() == "/bot123:a-token/sendMessage", request.uri.path())?;
    let body = request.json();
    only(&body, &["chat_id", "text", "parse_mode", "link_preview_options"])?;
    must(body["chat_id"] == -1_001_234, "the chat's number")?;
    must(body["parse_mode"] == "HTML", "HTML")?;
    let mut rest = text(&body["text"], usize::MAX, "text")?;
    let (mut open, mut plain) = (Vec::new(), String::new());
    while let Some(place) = rest.find('<') {
        plain.push_str(&rest[..place]);
        let (tag, after) = rest[place + 1..].split_once('>').ok_or("a tag without an end")?;
        match tag.split_once(' ').map_or((tag, ""), |(name, attributes)| (name, attributes)) {
            ("b", "") => open.push("b"),
            ("a", link) => {
                must(link.starts_with("href=\"https://") && link.matches('"').count() == 2, link)?;
                open.push("a");
            }
            (end, _) => must(open.pop().is_some_and(|name| end == format!("/{name}")), format!("a wrong tag {tag}"))?,
        }
        rest = after;
    }
    plain.push_str(rest);
    must(open.is_empty(), "every tag has its end")?;
    let plain = plain.replace("&quot;", "\"");
    no_markup(&plain)?;
    let shown = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let length = shown.encode_utf16().count();
    must((1..=4_096).contains(&length), format!("{length} characters"))
}

#[tokio::test]
async fn telegram_takes_what_is_sent_and_says_when_to_come_again_in_its_answer() {
    let receiver = Receiver::start(telegram).await;
    let token = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(&token, "123:a-token\n").expect("it can be written");
    let setup = format!(
        "type = \"telegram\"\nchat = -1001234\nsecret = \"file:{}\"\nurl = \"{}\"",
        token.path().display(),
        receiver.url()
    );
    all_taken(&setup, &receiver).await;
    let body =
        r#"{"ok":false,"error_code":429,"description":"bot123:a-token: slow down","parameters":{"retry_after":9}}"#;
    receiver.answer(429, &[], body);
    let failure = hand_over(&setup, &small()).await.expect_err("it is too often");
    assert_eq!(failure.retry, Retry::After(std::time::Duration::from_secs(9)));
    assert!(!failure.reason.contains("a-token"), "{failure:?}");
}
