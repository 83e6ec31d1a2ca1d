//! Control messages (kombu's pidbox): what can be asked and how a worker's answer is read. Pure. How a
//! request is written is in [`super::request`].

use super::envelope;
use super::refusal::Refusal;
use super::text;
use super::workers::Learnt;
use chrono::{DateTime, Utc};
use forewatch::task::{FOUND_BY_ASKING, TaskEvent, TaskEventKind, TaskFields};
use forewatch::{TaskId, time};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The longest answer that is read, in bytes: it carries the arguments of the tasks that a worker has.
const MAX_REPLY: usize = 16 * 1024 * 1024;
/// Queues of one worker that are taken.
const MAX_QUEUES: usize = 1_000;

/// What can be asked for. None of these changes what a worker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    /// The queues that it takes tasks from.
    ActiveQueues,
    /// Its pool, among much else.
    Stats,
    /// The tasks that it runs.
    Active,
    /// The tasks that it has taken and not started.
    Reserved,
    /// Which of the tasks of a round's message, by its number, it has: running, taken or held until their time.
    QueryTask(usize),
}

impl Question {
    /// What a worker is asked when it is new.
    pub(super) const SETUP: [Self; 4] = [Self::ActiveQueues, Self::Stats, Self::Active, Self::Reserved];

    pub(super) fn method(self) -> &'static str {
        match self {
            Self::ActiveQueues => "active_queues",
            Self::Stats => "stats",
            Self::Active => "active",
            Self::Reserved => "reserved",
            Self::QueryTask(_) => "query_task",
        }
    }
}

/// What one worker answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Finding {
    /// How it is set up.
    Learnt(Learnt),
    /// A task that it has, and since when, where it tells.
    Task(TaskEvent, Option<DateTime<Utc>>),
    /// A task that it runs and was asked about, with its queue.
    Placed(TaskEvent, Option<DateTime<Utc>>),
    /// Those that it has of the tasks that a round's message, by its number, asked about.
    Has(usize, BTreeSet<String>),
}

/// Reads an answer: the ticket of its question, its worker and what it says.
pub(super) fn read(data: &[u8], question_of: impl Fn(&str) -> Option<Question>) -> Result<Vec<Answer>, Refusal> {
    let message = envelope::open_within(data, MAX_REPLY)?;
    // Without a ticket, or with one of a question long past, nobody waits for it.
    let Some(question) = message.ticket.as_deref().and_then(question_of) else { return Ok(Vec::new()) };
    let by_node: BTreeMap<String, &RawValue> = serde_json::from_slice(&message.body)?;
    by_node
        .into_iter()
        .map(|(node, result)| Ok(Answer { node, question, findings: findings(question, result.get())? }))
        .collect()
}

/// One worker's answer to one question.
#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) node: String,
    pub(super) question: Question,
    pub(super) findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Queue {
    name: String,
}

#[derive(Deserialize)]
struct Stats {
    pool: Pool,
}

#[derive(Deserialize)]
struct Pool {
    #[serde(rename = "max-concurrency")]
    max_concurrency: u32,
}

#[derive(Deserialize)]
struct Task<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(default)]
    time_start: Option<f64>,
    #[serde(borrow, default)]
    delivery_info: Option<DeliveryInfo<'a>>,
}

#[derive(Deserialize)]
struct DeliveryInfo<'a> {
    #[serde(borrow, default)]
    exchange: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    routing_key: Option<Cow<'a, str>>,
}

fn findings(question: Question, result: &str) -> Result<Vec<Finding>, Refusal> {
    // A worker that cannot answer says {"error": …}; so do old ones that do not know the question.
    if result.starts_with("{\"error\"") {
        return Ok(Vec::new());
    }
    Ok(match question {
        Question::ActiveQueues => {
            let queues: Vec<Queue> = serde_json::from_str(result)?;
            let names = queues.into_iter().take(MAX_QUEUES).filter_map(|queue| text::name(&queue.name)).collect();
            vec![Finding::Learnt(Learnt { queues: Some(names), concurrency: None })]
        }
        Question::Stats => {
            let stats: Stats = serde_json::from_str(result)?;
            vec![Finding::Learnt(Learnt { queues: None, concurrency: Some(stats.pool.max_concurrency) })]
        }
        Question::Active => tasks(result, TaskEventKind::Started, "STARTED")?,
        Question::Reserved => tasks(result, TaskEventKind::Received, "RECEIVED")?,
        Question::QueryTask(message) => {
            let by_task: BTreeMap<String, &RawValue> = serde_json::from_str(result)?;
            let running = by_task.values().filter_map(|told| placed(told.get())).collect::<Vec<_>>();
            [Finding::Has(message, by_task.into_keys().collect())].into_iter().chain(running).collect()
        }
    })
}

/// In which queue a task lay that a worker was asked about and runs; events of workers do not tell.
fn placed(told: &str) -> Option<Finding> {
    let (state, task): (Cow<'_, str>, Task<'_>) = serde_json::from_str(told).ok()?;
    let Finding::Task(event, at) = found(task, TaskEventKind::Started, "STARTED")? else { return None };
    (state == "active" && event.fields.queue.is_some()).then_some(Finding::Placed(event, at))
}

fn tasks(result: &str, kind: TaskEventKind, state: &str) -> Result<Vec<Finding>, Refusal> {
    let tasks: Vec<Task<'_>> = serde_json::from_str(result)?;
    Ok(tasks.into_iter().filter_map(|task| found(task, kind, state)).collect())
}

fn found(task: Task<'_>, kind: TaskEventKind, state: &str) -> Option<Finding> {
    // Only the nameless exchange's routing key is the queue's name.
    let queue =
        task.delivery_info.filter(|info| info.exchange.as_deref() == Some("")).and_then(|info| info.routing_key);
    let fields = TaskFields {
        name: task.name.as_deref().and_then(text::name),
        queue: queue.as_deref().and_then(text::name),
        message: Some(FOUND_BY_ASKING.to_owned()),
        source_state: Some(state.to_owned()),
        ..TaskFields::default()
    };
    let event = TaskEvent { kind, task_id: TaskId::new(&task.id).ok()?, worker_id: None, fields: Box::new(fields) };
    Some(Finding::Task(event, task.time_start.and_then(time::from_unix_seconds)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use serde_json::Value;

    const CAPTURE: &str = include_str!("../../../tests/fixtures/celery/pidbox.ndjson");

    fn replies(step: &str) -> Vec<String> {
        let lines = CAPTURE.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let wanted = lines.filter(|line| line["dir"] == "reply" && line["step"].as_str().unwrap().starts_with(step));
        wanted.map(|line| line["data"].as_str().unwrap().to_owned()).collect()
    }

    fn answers(step: &str, question: Question) -> Vec<Answer> {
        replies(step).iter().flat_map(|data| read(data.as_bytes(), |_| Some(question)).unwrap()).collect()
    }

    #[test]
    fn a_workers_queues_and_concurrency_are_learnt() {
        let gpu = answers("active_queues", Question::ActiveQueues).into_iter().find(|a| a.node == "gpu@host").unwrap();
        let queues = Some(vec!["gpu_priority".to_owned(), "gpu_fallback".to_owned()]);
        assert_eq!(gpu.findings, [Finding::Learnt(Learnt { queues, concurrency: None })]);
        let stats = answers("stats", Question::Stats);
        assert!(
            stats
                .iter()
                .all(|answer| answer.findings == [Finding::Learnt(Learnt { queues: None, concurrency: Some(2) })])
        );
    }

    #[test]
    fn a_running_task_is_found_with_its_queue_and_start() {
        let running: Vec<Answer> = answers("active {}", Question::Active);
        let gpu = running.iter().find(|answer| answer.node == "gpu@host").unwrap();
        let Finding::Task(task, Some(at)) = &gpu.findings[0] else { panic!("{gpu:?}") };
        assert_eq!((task.kind, task.fields.queue.as_deref()), (TaskEventKind::Started, Some("gpu_priority")));
        assert_eq!(task.fields.name.as_deref(), Some("tasks.nap"));
        assert!((time::unix_seconds(*at) - 1_795_479_131.766_513).abs() < 1e-3);
    }

    #[test]
    fn an_answer_about_tasks_tells_which_there_are_and_the_queues_of_those_that_run() {
        let answers = answers("query_task", Question::QueryTask(3));
        let of = |node: &str| answers.iter().find(|answer| answer.node == node).unwrap().findings.as_slice();
        let [Finding::Has(3, has), Finding::Placed(task, Some(_))] = of("gpu@host") else { panic!("{answers:?}") };
        assert!(has.contains(task.task_id.as_str()));
        assert_eq!((task.kind, task.fields.queue.as_deref()), (TaskEventKind::Started, Some("gpu_priority")));
        assert!(matches!(of("cpu@host"), [Finding::Has(3, has)] if has.len() == 1), "it has not begun");
        assert_eq!(placed(r#"["active"]"#), None);
    }

    #[test]
    fn an_answer_to_no_question_and_an_error_bring_nothing() {
        let data = replies("ping {}").swap_remove(0);
        assert_eq!(read(data.as_bytes(), |_| None).unwrap(), []);
        assert_eq!(findings(Question::Stats, r#"{"error": "KeyError('stats')"}"#).unwrap(), []);
        assert!(findings(Question::Stats, "[]").is_err());
    }
}
