//! The message of a new task that takes the place of an old one, as Celery's clients write it (protocol 2). Pure.

use super::literal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forewatch::{TaskId, TaskMetrics};
use serde_json::{Value, json};

/// A new task, not sent yet.
#[derive(Debug, Clone)]
pub(crate) struct NewTask {
    pub(crate) id: TaskId,
    /// The queue that it goes to.
    pub(crate) queue: String,
    pub(super) message: String,
}

/// The task to send in the place of `old`, or why that cannot be known. `bits` are random.
pub(super) fn in_place_of(old: &TaskMetrics, [id, tag]: [u128; 2]) -> Result<NewTask, String> {
    let unknown = |what: &str| format!("its {what} is not known");
    let name = old.name.as_deref().ok_or_else(|| unknown("name"))?;
    let queue = old.queue.clone().ok_or_else(|| unknown("queue"))?;
    let (Some(args), Some(kwargs)) = (&old.args, &old.kwargs) else {
        return Err("its arguments were never told".to_owned());
    };
    let read =
        |read: Result<String, literal::Unreadable>| read.map_err(|why| format!("its arguments are not known: {why}"));
    let (args_json, kwargs_json) = (read(literal::arguments(args))?, read(literal::named_arguments(kwargs))?);
    let id = TaskId::new(uuid4(id)).map_err(|error| format!("the id {error}"))?;
    let embed = r#"{"callbacks": null, "errbacks": null, "chain": null, "chord": null}"#;
    let body = format!("[{args_json}, {kwargs_json}, {embed}]");
    let message = json!({
        "body": STANDARD.encode(body),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {
            "lang": "py", "task": name, "id": &id, "root_id": &id, "parent_id": null, "group": null, "group_index": null,
            "shadow": null, "eta": null, "expires": null, "retries": 0, "timelimit": [null, null],
            "argsrepr": args, "kwargsrepr": kwargs, "origin": "forewatch", "ignore_result": false,
            "replaced_task_nesting": 0, "stamped_headers": null, "stamps": {},
        },
        "properties": properties(&id, &queue, &uuid4(tag)),
    });
    Ok(NewTask { id, queue, message: message.to_string() })
}

/// The nameless exchange leads to the queue by its name.
fn properties(id: &TaskId, queue: &str, tag: &str) -> Value {
    json!({
        "correlation_id": id, "reply_to": "", "delivery_mode": 2,
        "delivery_info": { "exchange": "", "routing_key": queue },
        "priority": 0, "body_encoding": "base64", "delivery_tag": tag,
    })
}

/// A version 4 UUID of random bits (RFC 9562).
fn uuid4(bits: u128) -> String {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    fn old(args: Option<&str>, queue: Option<&str>) -> TaskMetrics {
        serde_json::from_value(json!({
            "task_id": "old", "timestamp": "2026-11-24T14:00:00Z", "status": "failed", "state": "failed", "retry_count": 0,
            "source": "celery", "name": "tasks.add", "queue": queue, "args": args, "kwargs": "{'by': 2}",
        }))
        .unwrap()
    }

    #[test]
    fn a_new_task_has_the_old_ones_name_arguments_and_queue_and_an_id_of_its_own() {
        let new = in_place_of(&old(Some("(1, 'x')"), Some("cpu")), [u128::MAX, 7]).unwrap();
        assert_eq!(&*new.id, "ffffffff-ffff-4fff-bfff-ffffffffffff");
        let message: Value = serde_json::from_str(&new.message).unwrap();
        let body: Value = serde_json::from_slice(&STANDARD.decode(message["body"].as_str().unwrap()).unwrap()).unwrap();
        assert_eq!((&body[0], &body[1]), (&json!([1, "x"]), &json!({ "by": 2 })));
        assert_eq!(body[2]["chord"], Value::Null);
        let headers = &message["headers"];
        assert_eq!(
            (&headers["task"], &headers["id"], &headers["root_id"]),
            (&json!("tasks.add"), &json!(new.id), &json!(new.id))
        );
        assert_eq!(message["properties"]["delivery_info"], json!({ "exchange": "", "routing_key": "cpu" }));
    }

    #[test]
    fn what_is_not_known_is_said() {
        let why = |args: Option<&str>, queue: Option<&str>| in_place_of(&old(args, queue), [1, 2]).unwrap_err();
        assert_eq!(why(Some("()"), None), "its queue is not known");
        assert_eq!(why(None, Some("cpu")), "its arguments were never told");
        assert!(why(Some("(<User>,)"), Some("cpu")).contains("“<User>,)” is no plain value"));
        assert!(why(Some("('a...',)"), Some("cpu")).contains("cut"));
    }
}
