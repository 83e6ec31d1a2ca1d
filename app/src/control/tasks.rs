//! What can be asked about tasks.

use super::{Ask, Does, Ends};
use crate::components::icon::Glyph;
use crate::components::task_table::task_name;
use forewatch::control::{BulkDeed, ControlCommand};
use forewatch::{SourceName, TaskMetrics, TaskStatus};

/// What can be asked about one task as it is. `worker` is what people call the worker that has it; `queues` are those that it
/// can have been in, where its own is not known.
pub fn of_task(task: &TaskMetrics, worker: Option<&str>, queues: &[String]) -> Vec<Ask> {
    let name = task_name(task);
    let ask = |key, verb, glyph, ends, question: &str, sentence: String, command| Ask {
        key,
        about: name.clone(),
        verb,
        glyph: Some(glyph),
        ends,
        question: Some((question.to_owned(), sentence)),
        does: Does::Asks(command),
    };
    let revoke = |terminate| ControlCommand::Revoke { task_ids: vec![task.task_id.clone()], terminate };
    let place = task.queue.as_ref().map(|queue| [" in ", queue].concat()).unwrap_or_default();
    let runs = worker.map_or_else(|| name.clone(), |worker| [&name, " on worker ", worker].concat());
    match task.status {
        TaskStatus::Pending => {
            let sentence =
                [&name, " waits", &place, " and will not run: the worker that takes it up skips it."].concat();
            vec![ask("revoke", "Revoke", Glyph::Close, Ends::Nothing, "Revoke this task?", sentence, revoke(false))]
        }
        TaskStatus::Processing => {
            let goes_on = [&runs, " goes on to its end; if it fails, it is not tried again."].concat();
            let stops = [&runs, " will be stopped by SIGTERM; what it wrote so far stays."].concat();
            vec![
                ask("revoke", "Revoke", Glyph::Close, Ends::Nothing, "Revoke this task?", goes_on, revoke(false)),
                ask("stop", "Terminate", Glyph::Offline, Ends::Something, "Terminate this task?", stops, revoke(true)),
            ]
        }
        TaskStatus::Failed | TaskStatus::Cancelled => {
            let (to, after) = match (&task.queue, queues) {
                (Some(queue), _) => ([" to ", queue].concat(), ""),
                // There is nowhere that it could be sent to.
                (None, []) => return Vec::new(),
                (None, _) => (String::new(), " Celery did not tell which queue it was in: choose where it goes."),
            };
            let sentence = [
                &name,
                " will be sent",
                &to,
                " with the same arguments, as a new task. This one stays as it is.",
                after,
            ];
            let (question, task_id) = ("Run this task again?", task.task_id.clone());
            let command = ControlCommand::Retry { task_id: task_id.clone(), queue: None };
            let again = ask("again", "Run again", Glyph::Retry, Ends::Nothing, question, sentence.concat(), command);
            match task.queue {
                Some(_) => vec![again],
                None => vec![Ask { does: Does::Sends { task_id, queues: queues.to_vec() }, ..again }],
            }
        }
        TaskStatus::Completed | TaskStatus::Unknown => Vec::new(),
    }
}

/// What can be asked about all tasks of a search, by those of them that are listed. `commanded` are the sources that
/// take commands; an empty search names nothing.
pub fn of_search<'a>(
    search: &str,
    listed: impl Iterator<Item = &'a TaskMetrics> + Clone,
    commanded: &[SourceName],
) -> Vec<Ask> {
    if search.trim().is_empty() {
        return Vec::new();
    }
    let is_any = |status| listed.clone().any(|task| task.status == status && commanded.contains(&task.source));
    let all = [
        (TaskStatus::Pending, "revoke", "Revoke all…", "Revoke all that wait?", BulkDeed::Revoke),
        (TaskStatus::Processing, "stop", "Terminate all…", "Stop all, also those that run?", BulkDeed::Terminate),
        (TaskStatus::Failed, "again", "Run all again…", "Run all that failed again?", BulkDeed::Retry),
    ];
    let ask = |(_, key, verb, question, deed): (_, _, _, &str, _)| Ask {
        key,
        about: search.to_owned(),
        verb,
        glyph: None,
        ends: if deed == BulkDeed::Terminate { Ends::Something } else { Ends::Nothing },
        question: Some((question.to_owned(), String::new())),
        does: Does::All { search: search.to_owned(), deed },
    };
    all.into_iter().filter(|(status, ..)| is_any(*status)).map(ask).collect()
}

/// What stands on the button that does it to so many.
pub fn verb_for(deed: BulkDeed, tasks: u64) -> String {
    let tasks = super::counted(tasks, "task");
    match deed {
        BulkDeed::Revoke => ["Revoke ", &tasks].concat(),
        BulkDeed::Terminate => ["Terminate ", &tasks].concat(),
        BulkDeed::Retry => ["Run ", &tasks, " again"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(status: TaskStatus) -> TaskMetrics {
        let text = include_str!("../../../tests/golden/task_metrics.json");
        let mut task: TaskMetrics = serde_json::from_str(text).expect("a golden record is readable");
        (task.status, task.name, task.queue) = (status, Some("render".to_owned()), Some("gpu_tasks".to_owned()));
        task
    }

    fn asks(task: &TaskMetrics, worker: Option<&str>) -> Vec<(&'static str, String)> {
        let ask = |ask: Ask| (ask.verb, ask.question.expect("tasks are asked about").1);
        of_task(task, worker, &[]).into_iter().map(ask).collect()
    }

    #[test]
    fn what_can_be_asked_of_a_task_follows_from_how_it_is() {
        let waits = asks(&task(TaskStatus::Pending), None);
        let skipped = "render waits in gpu_tasks and will not run: the worker that takes it up skips it.";
        assert_eq!(waits, [("Revoke", skipped.to_owned())]);
        let runs = asks(&task(TaskStatus::Processing), Some("gpu-3"));
        let stopped = "render on worker gpu-3 will be stopped by SIGTERM; what it wrote so far stays.";
        assert_eq!(runs.len(), 2);
        assert_eq!(runs[1], ("Terminate", stopped.to_owned()));
        for status in [TaskStatus::Failed, TaskStatus::Cancelled] {
            assert_eq!(asks(&task(status), None)[0].0, "Run again");
        }
        assert_eq!(asks(&task(TaskStatus::Completed), None), []);
        let untold = TaskMetrics { queue: None, ..task(TaskStatus::Failed) };
        assert_eq!(of_task(&untold, None, &[]), [], "it can be sent nowhere");
        let queues = ["gpu", "cpu"].map(str::to_owned);
        let [again] = &of_task(&untold, None, &queues)[..] else { panic!("it can be sent again") };
        assert_eq!(again.does, Does::Sends { task_id: untold.task_id.clone(), queues: queues.to_vec() });
    }

    #[test]
    fn a_search_offers_what_its_listed_tasks_are_in_need_of_where_their_source_takes_commands() {
        let listed = [task(TaskStatus::Failed), task(TaskStatus::Pending), task(TaskStatus::Completed)];
        let commanded = [listed[0].source.clone()];
        let verbs = |search, sources: &[SourceName]| {
            of_search(search, listed.iter(), sources).into_iter().map(|ask| ask.verb).collect::<Vec<_>>()
        };
        assert_eq!(verbs("name:render", &commanded), ["Revoke all…", "Run all again…"]);
        assert!(verbs(" ", &commanded).is_empty(), "no search names nothing");
        assert!(verbs("name:render", &[]).is_empty(), "no source takes commands");
    }

    #[test]
    fn a_button_counts_what_it_does() {
        assert_eq!(verb_for(BulkDeed::Revoke, 1), "Revoke 1 task");
        assert_eq!(verb_for(BulkDeed::Terminate, 1_204), "Terminate 1,204 tasks");
        assert_eq!(verb_for(BulkDeed::Retry, 2), "Run 2 tasks again");
    }
}
