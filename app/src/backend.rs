//! The one door from the dashboard to the server: what pages and server functions ask for. The
//! server implements it and provides it as context; nothing here names axum, SQLite or Redis.

use crate::query::{AlertFilter, SeriesQuery, TaskFilter};
use async_trait::async_trait;
use forewatch::alert::{AlertCommand, AlertState};
use forewatch::control::{BulkDeed, BulkOutcome, ControlCommand, ControlOutcome, ControlRecord};
use forewatch::event::Annotation;
use forewatch::limit::Limit;
use forewatch::list::Page;
use forewatch::notification::{ChannelStatus, Delivery};
use forewatch::objective::ObjectiveStatus;
use forewatch::report::KeptReport;
use forewatch::rule::{RuleStatus, RuleTrial};
use forewatch::series::QueryAnswer;
use forewatch::silence::{NewSilence, Silence};
use forewatch::source::SourceStatus;
use forewatch::store::StoreOutage;
use forewatch::stuck::Usual;
use forewatch::worker::{FleetGpu, WorkerMoment};
use forewatch::{
    Alert, AlertId, QueueName, QueueStats, SilenceId, SourceName, SystemMetrics, TaskGroup, TaskId, TaskMetrics,
    Timestamp, WorkerId, WorkerMetrics, WorkerSummary,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A topic's records with the live sequence that they belong to: the page hydrates from it, and the
/// live socket goes on from there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot<T> {
    /// The server process.
    pub epoch: String,
    /// The last delta that is included.
    pub seq: u64,
    /// When it was true.
    pub at: Timestamp,
    /// The records.
    pub data: T,
}

/// Why the server could not do what a page asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BackendError {
    /// There is no such thing; the text names it.
    NotFound(String),
    /// It cannot be done in the present state; the text says who or what was first.
    Conflict(String),
    /// The request is wrong; the text says what to change.
    Invalid(String),
    /// The session has ended: sign in again.
    SignedOut,
    /// The server cannot do it now; the text says why.
    Unavailable(String),
}

impl BackendError {
    /// The status of an answer over HTTP that it is.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) => 404,
            Self::Invalid(_) => 400,
            Self::Conflict(_) => 409,
            Self::SignedOut => 401,
            Self::Unavailable(_) => 503,
        }
    }
}

impl std::fmt::Display for BackendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound(text) | Self::Conflict(text) | Self::Invalid(text) | Self::Unavailable(text) => {
                f.write_str(text)
            }
            Self::SignedOut => f.write_str("Your session has ended. Sign in again."),
        }
    }
}

impl std::error::Error for BackendError {}

/// What the frame around every page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Who is signed in; the local operator's name where there are no accounts.
    pub actor: String,
    /// Whether signing out means anything here.
    pub can_sign_out: bool,
    /// The server's version.
    pub version: String,
    /// The address under which people and workers reach the server.
    pub public_url: String,
    /// Workers, for the navigation.
    pub workers: u64,
    /// Queues, for the navigation.
    pub queues: u64,
    /// Sources and how they are.
    pub sources: Vec<SourceStatus>,
    /// Alerts that are active, not acknowledged and not suppressed.
    pub open_alerts: u64,
    /// The server's clock when the page was made: what "now" means while it is rendered.
    pub now: Timestamp,
}

/// Which period, as the address of the page has it: a word, or two days; none is the last seven days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReportAsked {
    /// `24h`, `7d`, `30d`; `day`, `week` or `month`: the last whole one (UTC).
    pub range: Option<String>,
    /// The first day, or a time.
    pub from: Option<String>,
    /// The day after the last, or a time.
    pub to: Option<String>,
}

/// A rule to try on the past, as the address of the page has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RuleAsked {
    /// The rule.
    pub rule: String,
    /// From where on it is true, as people write it: `90 %`, `5 min`, `100`. None: as it is set.
    pub threshold: Option<String>,
    /// For how long it must be true: `2 min`. None: as it is set.
    pub lasts: Option<String>,
}

/// A report to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportShown {
    /// Where the period begins, RFC 3339.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// The report: HTML made by the server, in which text from outside is escaped.
    pub html: String,
}

/// Something that is kept, for how long, and what it takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is, in a word or three.
    pub what: String,
    /// Where the configuration says for how long: a key of `[retention]`.
    pub key: String,
    /// For how long, seconds.
    pub seconds: f64,
    /// What it takes, bytes; absent where it shares a file with something else.
    pub bytes: Option<u64>,
}

/// What the store keeps and what it takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Storage {
    /// Where it lies, without secrets.
    pub place: String,
    /// Its files with what each takes, bytes; none where it lies elsewhere.
    pub files: Vec<(String, u64)>,
    /// What is kept.
    pub kept: Vec<Kept>,
    /// The newest time in which it could not be written since the server started, also once it is over.
    pub outage: Option<StoreOutage>,
}

/// Whether secrets tell people and workers from strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessMode {
    /// Whoever reaches the server, which only this machine can, is the operator.
    Open,
    /// People sign in with a password, workers show a token.
    Shared,
}

/// How people and workers get in; without any secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// How they are told from strangers.
    pub mode: AccessMode,
    /// Who is signed in; the local operator's name where nobody has to.
    pub actor: String,
    /// The address under which people and workers reach the server.
    pub url: String,
}

/// What is kept of what happened to a worker, besides its alerts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WorkerPast {
    /// Its comings and goings.
    pub moments: Vec<WorkerMoment>,
    /// What people asked of it, and of the queues that it takes from.
    pub asked: Vec<ControlRecord>,
}

/// A way to another tool of the team's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it says.
    pub title: String,
    /// Where it leads: `http://` or `https://`.
    pub url: String,
}

/// What a page is about, for its links.
#[derive(Debug, Clone, Copy)]
pub enum Linked<'a> {
    /// A task.
    Task(&'a TaskMetrics),
    /// A worker.
    Worker(&'a WorkerMetrics),
    /// An alert.
    Alert(&'a Alert),
    /// A queue.
    Queue(&'a QueueStats),
}

/// What the server can do for the dashboard. Each call is on behalf of the request's signed-in person.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// What the frame around every page shows.
    async fn frame(&self) -> Result<Frame, BackendError>;
    /// The system now.
    async fn system(&self) -> Result<Snapshot<SystemMetrics>, BackendError>;
    /// Every worker, a row each, by name.
    async fn workers(&self) -> Result<Snapshot<Vec<WorkerSummary>>, BackendError>;
    /// One worker by its id, or by its name when only one has it.
    async fn worker(&self, id: WorkerId) -> Result<Snapshot<WorkerMetrics>, BackendError>;
    /// What is kept of what happened to a worker.
    async fn worker_past(&self, id: WorkerId) -> Result<WorkerPast, BackendError>;
    /// Every GPU, a row each.
    async fn fleet(&self) -> Result<Snapshot<Vec<FleetGpu>>, BackendError>;
    /// Every queue, by name.
    async fn queues(&self) -> Result<Snapshot<Vec<QueueStats>>, BackendError>;
    /// How many of a source's newest tasks ended without a word of which queue they were in.
    async fn ended_untold(&self, source: &SourceName) -> Result<u64, BackendError>;
    /// What holds back the tasks of each queue.
    async fn limits(&self) -> Result<Vec<(QueueName, Limit)>, BackendError>;
    /// Alerts that are not resolved, or were within the last hour: the live topic's records.
    async fn live_alerts(&self) -> Result<Snapshot<Vec<Alert>>, BackendError>;
    /// The newest tasks: the live topic's records, newest first.
    async fn live_tasks(&self) -> Result<Snapshot<Vec<TaskMetrics>>, BackendError>;
    /// Every source, by name.
    async fn sources(&self) -> Result<Snapshot<Vec<SourceStatus>>, BackendError>;
    /// Alerts of any age.
    async fn alerts(&self, filter: AlertFilter) -> Result<Page<Alert>, BackendError>;
    /// One alert.
    async fn alert(&self, id: AlertId) -> Result<Alert, BackendError>;
    /// Tasks of any age.
    async fn tasks(&self, filter: TaskFilter) -> Result<Page<TaskMetrics>, BackendError>;
    /// Tasks that ended, by what they have in common (`name`, `queue`, `worker`, `user` or `error`), largest group first.
    async fn groups(&self, by: String, filter: TaskFilter) -> Result<Vec<TaskGroup>, BackendError>;
    /// One task with its timeline.
    async fn task(&self, id: TaskId) -> Result<TaskMetrics, BackendError>;
    /// Why a task waits; none of one that does not.
    async fn task_limit(&self, id: TaskId) -> Result<Option<Limit>, BackendError>;
    /// How long tasks of the same name usually run; none where too few have ended to tell.
    async fn usual_run(&self, task: &TaskMetrics) -> Result<Option<Usual>, BackendError>;
    /// Of those that run and whose name is known well enough: from when on each is stuck, unless it says something before.
    async fn stuck_from(&self, tasks: &[TaskMetrics]) -> Result<Vec<(TaskId, Timestamp)>, BackendError>;
    /// The shortest step, seconds, that history keeps of all that is as new as a moment, or newer; 0 of readings as they came in.
    fn shortest_step(&self, from: Timestamp) -> f64;
    /// The past of a metric.
    async fn series(&self, query: SeriesQuery) -> Result<QueryAnswer, BackendError>;
    /// The ways to other tools, which the configuration has for such a page.
    fn links(&self, about: Linked<'_>) -> Vec<Link>;
    /// The names of every rule that can raise an alert.
    fn rules(&self) -> Vec<String>;
    /// The share of failed tasks above which the rule that comes with Forewatch raises an alert.
    fn error_rate_limit(&self) -> f64;
    /// The report of a period.
    async fn report(&self, asked: ReportAsked) -> Result<ReportShown, BackendError>;
    /// Every alert rule, and how close each is to firing.
    async fn rule_book(&self) -> Result<Vec<RuleStatus>, BackendError>;
    /// Every objective of the configuration, and what is left of its budget.
    async fn objectives(&self) -> Result<Vec<ObjectiveStatus>, BackendError>;
    /// What a rule would have done in the last seven days.
    async fn try_rule(&self, asked: RuleAsked) -> Result<RuleTrial, BackendError>;
    /// Silences that hold or will hold, those first that end first.
    async fn silences(&self) -> Result<Vec<Silence>, BackendError>;
    /// Silences alerts on behalf of the signed-in person.
    async fn silence(&self, silence: NewSilence) -> Result<Silence, BackendError>;
    /// Ends a silence before its time.
    async fn unsilence(&self, id: SilenceId) -> Result<Silence, BackendError>;
    /// The channels by which people are told of alerts.
    async fn channels(&self) -> Result<Vec<ChannelStatus>, BackendError>;
    /// What people were told, newest first: of one alert, or of all.
    async fn deliveries(&self, alert: Option<AlertId>) -> Result<Vec<Delivery>, BackendError>;
    /// Sends a test by a channel.
    async fn test_channel(&self, name: String) -> Result<Delivery, BackendError>;
    /// Sends again what was given up.
    async fn send_again(&self, id: String) -> Result<Delivery, BackendError>;
    /// How people and workers get in.
    fn access(&self) -> Result<Access, BackendError>;
    /// What the store keeps and what it takes.
    async fn storage(&self) -> Result<Storage, BackendError>;
    /// The newest reports that the schedule made, newest first; none where nothing is scheduled.
    async fn kept_reports(&self) -> Result<Vec<KeptReport>, BackendError>;
    /// Notes on the time line between two moments.
    async fn annotations(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Annotation>, BackendError>;
    /// Makes a note on the time line on behalf of the signed-in person: a few words, free labels, and when it applies,
    /// now when absent. Answers once every reader can see it.
    async fn annotate(
        &self,
        title: String,
        tags: Vec<String>,
        at: Option<Timestamp>,
    ) -> Result<Annotation, BackendError>;
    /// Does something with an alert on behalf of the signed-in person; answers with the alert as it is then.
    async fn command_alert(&self, id: AlertId, command: AlertCommand) -> Result<Alert, BackendError>;
    /// Asks something of a Celery application's workers on behalf of the signed-in person.
    async fn control(&self, command: ControlCommand) -> Result<ControlOutcome, BackendError>;
    /// Does something to all tasks of a filter: only counts them without `expected`, and is refused with the new count
    /// where that is more than was expected.
    async fn control_all(
        &self,
        filter: TaskFilter,
        deed: BulkDeed,
        expected: Option<u64>,
    ) -> Result<BulkOutcome, BackendError>;
}

/// The backend as Leptos context.
#[derive(Clone)]
pub struct BackendContext(pub Arc<dyn Backend>);

/// The word for a set of alert states in an address: `active`, `acknowledged`, `suppressed`, `pending`, `resolved`, `all`.
pub fn states_of(word: &str) -> &'static [AlertState] {
    match word {
        "pending" => &[AlertState::Pending],
        "resolved" => &[AlertState::Resolved],
        "all" => AlertState::ALL,
        _ => &[AlertState::Firing, AlertState::Recovering],
    }
}
