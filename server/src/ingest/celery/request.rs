//! How a control request is written (kombu's pidbox). Pure.

use super::control::Question;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The message that switches task events on; nobody answers it. `None`: at every worker.
pub(super) fn enable_events(nodes: Option<&[String]>, tag: &str) -> String {
    message("enable_events", nodes, tag, &json!({}), None)
}

/// The message that asks `question`; answers are pushed to the list `reply_key`, with `ticket`.
pub(super) fn ask(question: Question, nodes: Option<&[String]>, ticket: &str, reply_key: &str) -> String {
    message(question.method(), nodes, ticket, &json!({}), Some(reply_key))
}

/// The message that asks which of `tasks` a worker has; `None`: every worker.
pub(super) fn ask_about(tasks: &[String], nodes: Option<&[String]>, ticket: &str, reply_key: &str) -> String {
    message("query_task", nodes, ticket, &json!({ "ids": tasks }), Some(reply_key))
}

/// The message that asks for `method` with `arguments`; `None`: of every worker. Answers are pushed to `reply_key`.
pub(super) fn message(
    method: &str,
    nodes: Option<&[String]>,
    ticket: &str,
    arguments: &Value,
    reply_key: Option<&str>,
) -> String {
    let mut body = json!({
        "method": method, "arguments": arguments, "destination": nodes, "pattern": null, "matcher": null,
    });
    if let Some(key) = reply_key {
        body["ticket"] = json!(ticket);
        // The nameless exchange: workers push straight to the list, and no binding is needed.
        body["reply_to"] = json!({ "exchange": "", "routing_key": key });
    }
    json!({
        "body": STANDARD.encode(body.to_string()),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": { "clock": 1, "expires": 0 },
        "properties": {
            "delivery_mode": 2,
            "delivery_info": { "exchange": "celery.pidbox", "routing_key": "" },
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": ticket,
        },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    #[test]
    fn a_request_reads_as_celerys_own() {
        let sent: Value = serde_json::from_str(&ask(Question::Active, None, "t-1", "list")).unwrap();
        let body = STANDARD.decode(sent["body"].as_str().unwrap()).unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&body["method"], &body["destination"]), (&json!("active"), &Value::Null));
        assert_eq!(body["reply_to"], json!({ "exchange": "", "routing_key": "list" }));
        let cast: Value = serde_json::from_str(&enable_events(Some(&["a@b".to_owned()]), "t-2")).unwrap();
        let body: Value = serde_json::from_slice(&STANDARD.decode(cast["body"].as_str().unwrap()).unwrap()).unwrap();
        assert_eq!((&body["destination"], body.get("reply_to")), (&json!(["a@b"]), None));
    }
}
