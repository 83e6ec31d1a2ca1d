//! What came of a command, in a sentence for people.

use forewatch::control::{ControlAnswer, ControlCommand};

/// What `answers` to a command amount to, of `online` workers that are known.
pub(super) fn summary(command: &ControlCommand, answers: &[ControlAnswer], online: usize) -> String {
    let refusal = answers.iter().find(|answer| !answer.is_ok).map(|answer| answer.said.as_str());
    let said = answers.first().map(|answer| answer.said.as_str()).unwrap_or_default();
    match (command, refusal) {
        (ControlCommand::Revoke { task_ids, terminate }, None) if !answers.is_empty() => {
            let stopped = if *terminate { ", and stopped where they run" } else { "" };
            let (tasks, workers) = (counted(task_ids.len(), "task"), counted(answers.len(), "worker"));
            format!("{tasks} revoked{stopped}: {workers} of {online} online know")
        }
        _ if answers.is_empty() && online == 0 && matches!(command, ControlCommand::Revoke { .. }) => {
            "No worker is online to hear of it: what waits is not called off".to_owned()
        }
        _ if answers.is_empty() => {
            "No worker answered within 2 s: whether it is done is not known, and it may still be".to_owned()
        }
        (_, Some(refusal)) => format!("Refused: {refusal}"),
        (ControlCommand::ShutDown { .. }, None) => {
            "It was told to shut down: it finishes what it runs and gives back what it has not started".to_owned()
        }
        (ControlCommand::Ping { .. }, None) => format!("It is there: {said}"),
        (_, None) => capitalised(said),
    }
}

/// `1 task`, `2 tasks`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A sentence begins with a capital.
pub(super) fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
