//! What people ask of a Celery application's workers: looked over, taken down by the collector, carried out over the
//! broker, and what came of it taken down too. Once it is taken down it is carried out to the end, whether or not
//! whoever asked still waits.

mod bulk;
mod check;
mod words;

use super::BackendFor;
use crate::collector::{Admitted, ControlError, Fleet, clock, own_source};
use crate::error::ApiError;
use crate::ingest::celery::{CommandFailure, Commander, NewTask};
use crate::state::AppState;
use app::backend::BackendError;
use forewatch::control::{ControlAnswer, ControlCommand, ControlOutcome, ControlRecord};
use forewatch::task::{TaskEvent, TaskEventKind, TaskFields};
use forewatch::{ControlId, Event, EventBody, EventId, SourceName, TaskMetrics, WorkerId};
use std::sync::Arc;

/// What came of a command.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) outcome: ControlOutcome,
    /// Workers were asked, and none answered.
    pub(crate) is_unanswered: bool,
}

/// A command that is looked over: what it is about exists, and the application may be asked.
struct Ready {
    command: ControlCommand,
    source: SourceName,
    commander: Arc<Commander>,
    again: Option<Again>,
}

/// A task that is sent again, and the new one in its place.
#[derive(Debug, Clone)]
struct Again {
    old: TaskMetrics,
    new: NewTask,
}

impl BackendFor {
    /// Asks something of workers. The same `key` again does nothing twice, and is answered as the first time.
    pub(crate) async fn ask_of_workers(
        &self,
        command: ControlCommand,
        key: Option<EventId>,
    ) -> Result<Done, ControlError> {
        let actor = self.person().map_err(|error| ControlError::Off(error.to_string()))?.clone();
        // What was done before is answered in whatever state it has led to.
        if let Some(answer) = self.answered_before(key.as_ref()) {
            return answer;
        }
        let ready = self.look_over(command).await?;
        ready.commander.reachable().await?;
        let admitted = self.state.intake.control(actor.clone(), vec![ready.command.clone()], key).await?;
        let id = match admitted {
            Admitted::New(ids) => ids.into_iter().next(),
            Admitted::Before(record) => return before(record.map(|record| *record)),
        };
        let id = id.ok_or_else(|| ControlError::Conflict("nothing was asked".to_owned()))?;
        let (state, by) = (self.state.clone(), actor.name);
        let work = tokio::spawn(async move { carry_out(&state, ready, id, &by).await });
        work.await.map_err(|error| {
            tracing::error!(%error, "a command did not end well");
            ControlError::Unavailable("it did not end well: see Forewatch's log".to_owned())
        })
    }
}

impl BackendFor {
    /// What is answered where something was asked under this key already.
    fn answered_before(&self, key: Option<&EventId>) -> Option<Result<Done, ControlError>> {
        let fleet = self.state.fleet.load();
        let about = fleet.commands.about(key?)?;
        let record = fleet.controls.iter().find(|record| &*record.control_id == about);
        Some(before(record.map(|record| ControlRecord::clone(record))))
    }
}

/// What is answered to a command that was asked before, under the same key.
fn before(record: Option<ControlRecord>) -> Result<Done, ControlError> {
    match record.map(|record| record.outcome) {
        Some(Some(outcome)) => Ok(Done { outcome, is_unanswered: false }),
        Some(None) => Err(ControlError::Conflict("this was asked before, and what came of it is not known".to_owned())),
        None => Err(ControlError::Conflict("this was asked before, too long ago to say what came of it".to_owned())),
    }
}

/// Does what was asked, and takes down what came of it.
async fn carry_out(state: &AppState, ready: Ready, id: ControlId, by: &str) -> Done {
    let Ready { command, source, commander, again } = ready;
    if let Some(again) = again {
        let sent = send_again(state, &commander, by, vec![(id, again)]).await;
        return sent.into_iter().next().unwrap_or_else(|| failed("nothing was sent"));
    }
    let online = online(&state.fleet.load(), &source);
    let asked = commander.carry_out(&command, &online).await;
    let done = done(&command, asked, online.len());
    let answers = &done.outcome.answers;
    let (answered, refused) = (answers.len(), answers.iter().filter(|answer| !answer.is_ok).count());
    tracing::info!(command = command.verb(), by, %source, %id, answered, refused, "a person asked workers");
    take_down(state, vec![own(answer(&id, &done.outcome))]).await;
    state.until_published(|fleet| is_answered(fleet, &id)).await;
    done
}

/// Sends tasks of one application again, all of which are taken down: each is answered in its place.
async fn send_again(state: &AppState, commander: &Commander, by: &str, tasks: Vec<(ControlId, Again)>) -> Vec<Done> {
    let new: Vec<NewTask> = tasks.iter().map(|(_, again)| again.new.clone()).collect();
    let sent = commander.send(&new).await;
    let (mut events, mut all) = (Vec::new(), Vec::new());
    for (id, Again { old, new }) in &tasks {
        let done = match &sent {
            Ok(()) => {
                events.push(submitted(old, new));
                let summary = format!("Sent again as {} to {}", new.id, new.queue);
                let outcome = ControlOutcome { summary, answers: Vec::new(), new_task: Some(new.id.clone()) };
                Done { outcome, is_unanswered: false }
            }
            Err(failure) => failed(&failure.to_string()),
        };
        let (task, new, is_sent) = (&old.task_id, &new.id, sent.is_ok());
        tracing::info!(command = "retry", by, source = %old.source, %id, %task, %new, is_sent, "a person sent a task again");
        events.push(own(answer(id, &done.outcome)));
        all.push(done);
    }
    take_down(state, events).await;
    if let Some((last, _)) = tasks.last() {
        state.until_published(|fleet| is_answered(fleet, last)).await;
    }
    all
}

/// The new task, as its client would tell of it: workers do not say from which queue they took it.
fn submitted(old: &TaskMetrics, new: &NewTask) -> Event {
    let fields = TaskFields {
        name: old.name.clone(),
        queue: Some(new.queue.clone()),
        root_id: Some(new.id.clone()),
        args: old.args.clone(),
        kwargs: old.kwargs.clone(),
        source_state: Some("PENDING".to_owned()),
        ..TaskFields::default()
    };
    let task_id = new.id.clone();
    let task = TaskEvent { kind: TaskEventKind::Submitted, task_id, worker_id: None, fields: Box::new(fields) };
    Event { source: old.source.clone(), ..own(EventBody::Task(task)) }
}

fn answer(id: &ControlId, outcome: &ControlOutcome) -> EventBody {
    EventBody::ControlAnswered { control_id: id.clone(), outcome: Box::new(outcome.clone()) }
}

fn failed(reason: &str) -> Done {
    let outcome = ControlOutcome { summary: words::capitalised(reason), answers: Vec::new(), new_task: None };
    Done { outcome, is_unanswered: true }
}

/// An event of Forewatch's own.
fn own(body: EventBody) -> Event {
    let now = clock();
    Event { event_id: None, source: own_source(), at: now, received_at: now, body }
}

async fn take_down(state: &AppState, events: Vec<Event>) {
    if let Err(refused) = state.intake.submit_when_free(events).await {
        tracing::error!(error = %refused.error, "what came of a command could not be taken down");
    }
}

fn done(command: &ControlCommand, asked: Result<Vec<ControlAnswer>, CommandFailure>, online: usize) -> Done {
    match asked {
        Ok(answers) => {
            let summary = words::summary(command, &answers, online);
            // What is held is so from now on, whoever was there to hear of it.
            let is_unanswered = answers.is_empty() && !words::holds(command);
            Done { outcome: ControlOutcome { summary, answers, new_task: None }, is_unanswered }
        }
        Err(failure) => failed(&failure.to_string()),
    }
}

/// The workers of an application that are online.
fn online(fleet: &Fleet, source: &SourceName) -> Vec<WorkerId> {
    let workers = fleet.workers.values().map(|worker| &worker.metrics);
    workers
        .filter(|worker| worker.is_online && worker.source == *source)
        .map(|worker| worker.worker_id.clone())
        .collect()
}

fn is_answered(fleet: &Fleet, id: &ControlId) -> bool {
    fleet.controls.iter().rev().any(|record| record.control_id == *id && record.outcome.is_some())
}

impl From<CommandFailure> for ControlError {
    fn from(failure: CommandFailure) -> Self {
        match failure {
            CommandFailure::Off(reason) => Self::Off(reason),
            CommandFailure::Busy | CommandFailure::Broker(_) | CommandFailure::Journal(_) => {
                Self::Unavailable(failure.to_string())
            }
        }
    }
}

impl From<ControlError> for ApiError {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::NotFound(reason) => Self::not_found(reason),
            ControlError::Conflict(reason) => Self::conflict(reason, None),
            ControlError::Off(reason) => Self::forbidden(reason),
            ControlError::Invalid { pointer, reason } => Self::field(pointer, reason),
            ControlError::Impossible(reason) => Self::unprocessable(reason),
            ControlError::Unavailable(reason) => Self::unavailable(reason),
            ControlError::Intake(error) => error.into(),
        }
    }
}

impl From<ControlError> for BackendError {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::NotFound(reason) => Self::NotFound(reason),
            ControlError::Conflict(reason) | ControlError::Off(reason) => Self::Conflict(reason),
            ControlError::Impossible(reason) => Self::Invalid(reason),
            ControlError::Invalid { pointer, reason } => {
                Self::Invalid(format!("{}: {reason}.", pointer.trim_start_matches('/')))
            }
            ControlError::Unavailable(reason) => Self::Unavailable(reason),
            ControlError::Intake(error) => Self::Unavailable(error.to_string()),
        }
    }
}
