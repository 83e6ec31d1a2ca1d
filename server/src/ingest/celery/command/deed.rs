//! Which requests a command is. Pure.

use super::ask::Request;
use forewatch::WorkerId;
use forewatch::control::ControlCommand;
use serde_json::{Value, json};

/// The requests that carry out `command`; `node` knows the node behind a worker's id. None where a command is
/// carried out otherwise.
pub(super) fn requests(command: &ControlCommand, node: impl Fn(&WorkerId) -> Option<String>) -> Vec<Request> {
    let to = |id: &WorkerId, method, arguments: Value| {
        let nodes = node(id).into_iter().collect();
        Request { method, arguments, nodes: Some(nodes), is_answered: true }
    };
    match command {
        // All workers: any of them may get the task.
        ControlCommand::Revoke { task_ids, terminate } => {
            let arguments = json!({ "task_id": task_ids, "terminate": terminate, "signal": "SIGTERM" });
            vec![Request { method: "revoke", arguments, nodes: None, is_answered: true }]
        }
        ControlCommand::Ping { worker_id } => vec![to(worker_id, "ping", json!({}))],
        // Nobody answers a shutdown. Who answers a ping right before it is there and gets it.
        ControlCommand::ShutDown { worker_id } => {
            let shutdown = Request { is_answered: false, ..to(worker_id, "shutdown", json!({})) };
            vec![to(worker_id, "ping", json!({})), shutdown]
        }
        ControlCommand::Resize { worker_id, by } => {
            let method = if *by < 0 { "pool_shrink" } else { "pool_grow" };
            vec![to(worker_id, method, json!({ "n": by.unsigned_abs() }))]
        }
        ControlCommand::LimitRate { worker_id, name, rate } => {
            vec![to(worker_id, "rate_limit", json!({ "task_name": name, "rate_limit": rate }))]
        }
        ControlCommand::Retry { .. }
        | ControlCommand::PauseQueue { .. }
        | ControlCommand::ResumeQueue { .. }
        | ControlCommand::Drain { .. }
        | ControlCommand::Undrain { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use crate::ingest::celery::request;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use forewatch::TaskId;

    fn worker() -> WorkerId {
        WorkerId::new("celery:gpu@host").unwrap()
    }

    fn made(command: &ControlCommand) -> Vec<Request> {
        requests(command, |id| id.strip_prefix("celery:").map(str::to_owned))
    }

    fn body(text: &str) -> Value {
        let envelope: Value = serde_json::from_str(text).unwrap();
        serde_json::from_slice(&STANDARD.decode(envelope["body"].as_str().unwrap()).unwrap()).unwrap()
    }

    /// The requests that Celery itself sent, by method.
    fn captured(method: &str) -> Vec<Value> {
        let capture = include_str!("../../../../tests/fixtures/celery/pidbox.ndjson");
        let lines = capture.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let requests = lines.filter(|line| line["dir"] == "request").map(|line| body(line["data"].as_str().unwrap()));
        requests.filter(|request| request["method"] == method).collect()
    }

    #[test]
    fn requests_read_as_celerys_own() {
        let tasks = vec![TaskId::new("a").unwrap(), TaskId::new("b").unwrap()];
        let name = "tasks.add".to_owned();
        for command in [
            ControlCommand::Revoke { task_ids: tasks, terminate: true },
            ControlCommand::Ping { worker_id: worker() },
            ControlCommand::ShutDown { worker_id: worker() },
            ControlCommand::Resize { worker_id: worker(), by: 2 },
            ControlCommand::Resize { worker_id: worker(), by: -2 },
            ControlCommand::LimitRate { worker_id: worker(), name, rate: "10/m".to_owned() },
        ] {
            for made in made(&command) {
                let sent = body(&request::message(made.method, made.nodes.as_deref(), "t", &made.arguments, Some("l")));
                let theirs = captured(made.method);
                let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
                assert!(theirs.iter().any(|their| keys(their) == keys(&sent)), "{sent} {theirs:?}");
                let fits =
                    |their: &Value| keys(&their["arguments"]).iter().all(|key| sent["arguments"].get(key).is_some());
                assert!(theirs.iter().any(fits), "{sent} {theirs:?}");
            }
        }
    }

    #[test]
    fn what_takes_a_worker_out_of_service_goes_to_that_worker_alone() {
        for command in [
            ControlCommand::ShutDown { worker_id: worker() },
            ControlCommand::Resize { worker_id: worker(), by: -1 },
            ControlCommand::ShutDown { worker_id: WorkerId::new("other:gpu@host").unwrap() },
        ] {
            for request in made(&command) {
                let nodes = request.nodes.expect("a destination");
                assert!(nodes.iter().all(|node| node == "gpu@host"), "{nodes:?}");
            }
        }
    }
}
