//! What came of a command, in a sentence for people.

use forewatch::control::{BulkDeed, ControlAnswer, ControlCommand};

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
        (ControlCommand::PauseQueue { .. }, None) => match answers.len() {
            0 => "Paused: no worker takes from it now, and those that come up are kept from it".to_owned(),
            count => format!("Paused: {} told to take from it no longer", were(count)),
        },
        (ControlCommand::ResumeQueue { .. }, None) => match answers.len() {
            0 => "Resumed: no worker had to be told".to_owned(),
            count => format!("Resumed: {} told to take from it again", were(count)),
        },
        (ControlCommand::Drain { .. }, None) => match answers.first() {
            Some(answer) => format!("Drained: it {}, and finishes what it has", answer.said),
            None => "Drained: it takes from no queue now, or is told so as soon as it is heard of".to_owned(),
        },
        (ControlCommand::Undrain { .. }, None) => match answers.first() {
            Some(answer) => format!("No longer drained: it {}", answer.said),
            None => "No longer drained: it is told so as soon as it is heard of".to_owned(),
        },
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

/// Whether a command holds something, or gives it back, from the moment it is asked.
pub(super) fn holds(command: &ControlCommand) -> bool {
    matches!(
        command,
        ControlCommand::PauseQueue { .. }
            | ControlCommand::ResumeQueue { .. }
            | ControlCommand::Drain { .. }
            | ControlCommand::Undrain { .. }
    )
}

fn were(workers: usize) -> String {
    format!("{} {}", counted(workers, "worker"), if workers == 1 { "was" } else { "were" })
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

/// What a deed on many tasks would do.
pub(super) fn would(deed: BulkDeed, tasks: u64) -> String {
    let count = counted(usize::try_from(tasks).unwrap_or(usize::MAX), "task");
    match deed {
        BulkDeed::Revoke => format!("{count} would be revoked"),
        BulkDeed::Terminate => format!("{count} would be revoked, and stopped where they run"),
        BulkDeed::Retry => format!("{count} would be sent again"),
    }
}

/// What it did.
pub(super) fn did(deed: BulkDeed, tasks: u64) -> String {
    let count = counted(usize::try_from(tasks).unwrap_or(usize::MAX), "task");
    match deed {
        BulkDeed::Revoke => format!("{count} revoked"),
        BulkDeed::Terminate => format!("{count} revoked, and stopped where they run"),
        BulkDeed::Retry => format!("{count} sent again"),
    }
}
