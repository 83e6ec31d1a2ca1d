//! What a worker says to a command. Pure.

use crate::ingest::celery::refusal::Refusal;
use crate::ingest::celery::{envelope, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// The longest answer that is read, in bytes.
const MAX_REPLY: usize = 1024 * 1024;

/// What one worker answered to one request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) node: String,
    /// The request's place among those that were sent together.
    pub(super) request: usize,
    /// Whether it did what it was asked for.
    pub(super) is_ok: bool,
    /// Its own words, or whatever it was asked for.
    pub(super) value: Value,
}

impl Reply {
    /// What it said, in a line.
    pub(super) fn said(&self) -> String {
        match &self.value {
            Value::String(said) => text::head(&text::name(said).unwrap_or_default(), text::MAX_LINE),
            other => text::head(&other.to_string(), text::MAX_LINE),
        }
    }
}

/// Reads an answer; `request_of` knows the place of a ticket. Empty when nobody waits for it.
pub(super) fn read(data: &[u8], request_of: impl Fn(&str) -> Option<usize>) -> Result<Vec<Reply>, Refusal> {
    let message = envelope::open_within(data, MAX_REPLY)?;
    let Some(request) = message.ticket.as_deref().and_then(request_of) else { return Ok(Vec::new()) };
    let by_node: BTreeMap<String, Value> = serde_json::from_slice(&message.body)?;
    let reply = |(node, result)| {
        let (is_ok, value) = understood(result);
        Reply { node, request, is_ok, value }
    };
    Ok(by_node.into_iter().map(reply).collect())
}

/// Commands are answered with `{"ok": …}` or `{"error": …}`, questions with what was asked for.
fn understood(result: Value) -> (bool, Value) {
    match result {
        Value::Object(mut fields) if fields.len() == 1 => match (fields.remove("ok"), fields.remove("error")) {
            (Some(said), _) => (true, said),
            (_, Some(said)) => (false, said),
            _ => (true, Value::Object(fields)),
        },
        other => (true, other),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    /// What real workers answered to a step of the capture.
    fn answers(step: &str) -> Vec<Reply> {
        let capture = include_str!("../../../../tests/fixtures/celery/pidbox.ndjson");
        let lines = capture.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let replies = lines.filter(|line| line["dir"] == "reply" && line["step"] == step);
        replies.flat_map(|line| read(line["data"].as_str().unwrap().as_bytes(), |_| Some(0)).unwrap()).collect()
    }

    #[test]
    fn what_workers_said_is_told_apart_from_what_they_refused() {
        let pong = answers("ping {}").swap_remove(0);
        assert_eq!((pong.node.as_str(), pong.is_ok, pong.said().as_str()), ("gpu@host", true, "pong"));
        let refused: Vec<Reply> = answers_anywhere(|reply| !reply.is_ok);
        assert!(!refused.is_empty() && refused.iter().all(|reply| !reply.said().is_empty()), "{refused:?}");
    }

    fn answers_anywhere(fits: impl Fn(&Reply) -> bool) -> Vec<Reply> {
        let capture = include_str!("../../../../tests/fixtures/celery/pidbox.ndjson");
        let lines = capture.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let replies = lines.filter(|line| line["dir"] == "reply" && line["step"] != "worker start-up (mingle)");
        let read = |line: Value| read(line["data"].as_str().unwrap().as_bytes(), |_| Some(0)).unwrap();
        replies.flat_map(read).filter(fits).collect()
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_none() {
        let data = r#"{"body": "{\"a@b\": {\"ok\": 1}}", "headers": {"ticket": "t"}}"#;
        assert_eq!(read(data.as_bytes(), |_| None).unwrap(), []);
        let [ref one] = read(data.as_bytes(), |ticket| (ticket == "t").then_some(3)).unwrap()[..] else { panic!() };
        assert_eq!((one.request, one.is_ok, one.said().as_str()), (3, true, "1"));
    }
}
