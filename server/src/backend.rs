//! What pages and the REST API ask of the server: one implementation for both, on behalf of whoever
//! sent the request. Live records come from the published fleet, older ones from the store.

mod command;
mod control;
mod notes;
mod notifications;
mod now;
mod past;
mod report;
mod rules;
mod silences;
mod stats;
mod storage;
mod why;

pub(crate) use now::{alerts, queue, tasks, worker};

use crate::alerts::MANUAL_RULE;
use crate::auth::{CspNonce, Identity, access};
use crate::collector::SilenceCommand;
use crate::error::ApiError;
use crate::links;
use crate::live::Published;
use crate::notify::Wanted;
use crate::state::AppState;
use app::backend::{
    Access, AccessMode, Backend, BackendContext, BackendError, Frame, Link, Linked, ReportAsked, ReportShown,
    RuleAsked, Snapshot, Storage, WorkerPast,
};
use app::query::{AlertFilter, SeriesQuery, TaskFilter};
use app::session::PageStatus;
use async_trait::async_trait;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::Utc;
use forewatch::alert::AlertCommand;
use forewatch::control::{BulkDeed, BulkOutcome, ControlCommand, ControlOutcome};
use forewatch::event::{Actor, Annotation};
use forewatch::limit::Limit;
use forewatch::list::Page;
use forewatch::live::Topic;
use forewatch::notification::{ChannelStatus, Delivery};
use forewatch::objective::ObjectiveStatus;
use forewatch::report::KeptReport;
use forewatch::rule::{RuleStatus, RuleTrial};
use forewatch::series::QueryAnswer;
use forewatch::silence::{NewSilence, Silence};
use forewatch::source::SourceStatus;
use forewatch::stuck::Usual;
use forewatch::worker::FleetGpu;
use forewatch::{
    Alert, AlertId, QueueName, QueueStats, SilenceId, SourceName, SystemMetrics, TaskGroup, TaskId, TaskMetrics,
    Timestamp, WorkerId, WorkerMetrics, WorkerSummary,
};
use leptos::context::{provide_context, use_context};
use leptos::nonce::Nonce;
use leptos_axum::ResponseOptions;
use std::sync::Arc;

/// Kept reports that the page shows; the API has them all.
const KEPT_SHOWN: usize = 100;

/// Deliveries that a page shows; the API has them all.
const TOLD: usize = 30;

/// The server as one request may use it.
#[derive(Clone)]
pub(crate) struct BackendFor {
    state: AppState,
    /// Absent: nobody is signed in, and everything answers so.
    actor: Option<Actor>,
}

/// For REST: refuses whoever is no person.
impl FromRequestParts<AppState> for BackendFor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let access::Person(actor) = access::Person::from_request_parts(parts, state).await?;
        Ok(Self { state: state.clone(), actor: Some(actor) })
    }
}

/// Provides what pages and server functions need as Leptos context: the backend for whoever sent the
/// request, the site's files, and the nonce that the answer's content security policy names.
pub(crate) fn provide(state: &AppState) {
    let parts = use_context::<Parts>();
    let actor = parts.as_ref().map_or(Identity::Stranger, access::of).person().cloned();
    provide_context(BackendContext(Arc::new(BackendFor { state: state.clone(), actor })));
    provide_context(state.site.files().clone());
    if let Some(CspNonce(nonce)) = parts.and_then(|parts| parts.extensions.get::<CspNonce>().cloned()) {
        provide_context(Nonce::from_value(nonce));
    }
    if let Some(options) = use_context::<ResponseOptions>() {
        let tell = move |status| {
            if let Ok(status) = StatusCode::from_u16(status) {
                options.set_status(status);
            }
        };
        provide_context(PageStatus(Arc::new(tell)));
    }
}

impl BackendFor {
    /// The person, or that nobody is signed in.
    fn person(&self) -> Result<&Actor, BackendError> {
        self.actor.as_ref().ok_or(BackendError::SignedOut)
    }

    /// The newest published state, for those who may see it.
    pub(crate) fn published(&self) -> Result<Published, BackendError> {
        self.person().map(|_| self.state.hub.published())
    }

    /// Records of a topic with the place in its live sequence.
    fn snapshot<T>(&self, published: &Published, topic: &Topic, data: T) -> Snapshot<T> {
        Snapshot { epoch: self.state.hub.epoch().to_owned(), seq: published.seq(topic), at: published.fleet.now, data }
    }
}

#[async_trait]
impl Backend for BackendFor {
    async fn frame(&self) -> Result<Frame, BackendError> {
        self.frame_now()
    }

    async fn system(&self) -> Result<Snapshot<SystemMetrics>, BackendError> {
        let published = self.published()?;
        Ok(self.snapshot(&published, &Topic::System, (*published.fleet.system).clone()))
    }

    async fn workers(&self) -> Result<Snapshot<Vec<WorkerSummary>>, BackendError> {
        let published = self.published()?;
        Ok(self.snapshot(&published, &Topic::Workers, now::summaries(&published.fleet)))
    }

    async fn worker(&self, id: WorkerId) -> Result<Snapshot<WorkerMetrics>, BackendError> {
        let published = self.published()?;
        let worker = now::worker(&published.fleet, &id)?.metrics.clone();
        Ok(self.snapshot(&published, &Topic::Worker(worker.worker_id.clone()), worker))
    }

    async fn worker_past(&self, id: WorkerId) -> Result<WorkerPast, BackendError> {
        now::worker_past(&self.published()?.fleet, &id)
    }

    async fn fleet(&self) -> Result<Snapshot<Vec<FleetGpu>>, BackendError> {
        let published = self.published()?;
        Ok(self.snapshot(&published, &Topic::Fleet, now::gpus(&published.fleet)))
    }

    async fn ended_untold(&self, source: &SourceName) -> Result<u64, BackendError> {
        let fleet = self.published()?.fleet;
        let is_untold = |task: &TaskMetrics| task.source == *source && task.queue.is_none() && task.status.is_ended();
        Ok(fleet.tasks.values().filter(|task| is_untold(task)).count() as u64)
    }

    async fn queues(&self) -> Result<Snapshot<Vec<QueueStats>>, BackendError> {
        let published = self.published()?;
        Ok(self.snapshot(&published, &Topic::Queues, now::queues(&published.fleet)))
    }

    async fn limits(&self) -> Result<Vec<(QueueName, Limit)>, BackendError> {
        self.queue_limits()
    }

    async fn live_alerts(&self) -> Result<Snapshot<Vec<Alert>>, BackendError> {
        let published = self.published()?;
        Ok(self.snapshot(&published, &Topic::Alerts, now::alerts(&published.fleet)))
    }

    async fn live_tasks(&self) -> Result<Snapshot<Vec<TaskMetrics>>, BackendError> {
        let published = self.published()?;
        Ok(self.snapshot(&published, &Topic::Tasks, now::tasks(&published.fleet).collect()))
    }

    async fn sources(&self) -> Result<Snapshot<Vec<SourceStatus>>, BackendError> {
        let published = self.published()?;
        let sources = published.fleet.sources.values().map(|source| (**source).clone()).collect();
        Ok(self.snapshot(&published, &Topic::Sources, sources))
    }

    async fn rule_book(&self) -> Result<Vec<RuleStatus>, BackendError> {
        self.rule_statuses()
    }

    async fn objectives(&self) -> Result<Vec<ObjectiveStatus>, BackendError> {
        Ok(now::objectives(&self.published()?.fleet))
    }

    async fn try_rule(&self, asked: RuleAsked) -> Result<RuleTrial, BackendError> {
        self.rule_tried(asked).await
    }

    async fn silences(&self) -> Result<Vec<Silence>, BackendError> {
        self.silences_now()
    }

    async fn silence(&self, silence: NewSilence) -> Result<Silence, BackendError> {
        let actor = self.person()?.clone();
        Ok(self.carry_out_silence(SilenceCommand::Make { actor, silence }, None).await?)
    }

    async fn unsilence(&self, id: SilenceId) -> Result<Silence, BackendError> {
        let actor = self.person()?.clone();
        Ok(self.carry_out_silence(SilenceCommand::End { actor, silence_id: id }, None).await?)
    }

    async fn channels(&self) -> Result<Vec<ChannelStatus>, BackendError> {
        self.channel_statuses().await
    }

    async fn deliveries(&self, alert: Option<AlertId>) -> Result<Vec<Delivery>, BackendError> {
        let wanted = Wanted { alert, limit: TOLD, ..Wanted::default() };
        Ok(self.told(wanted).await?.items)
    }

    async fn test_channel(&self, name: String) -> Result<Delivery, BackendError> {
        self.try_channel(&name).await
    }

    async fn send_again(&self, id: String) -> Result<Delivery, BackendError> {
        self.tell_again(&id).await
    }

    fn access(&self) -> Result<Access, BackendError> {
        let frame = self.frame_now()?;
        let mode = if frame.can_sign_out { AccessMode::Shared } else { AccessMode::Open };
        Ok(Access { mode, actor: frame.actor, url: frame.public_url })
    }

    async fn storage(&self) -> Result<Storage, BackendError> {
        self.storage_now().await
    }

    async fn alerts(&self, filter: AlertFilter) -> Result<Page<Alert>, BackendError> {
        self.alerts_past(filter).await
    }

    async fn alert(&self, id: AlertId) -> Result<Alert, BackendError> {
        self.alert_of_any_age(id).await
    }

    async fn tasks(&self, filter: TaskFilter) -> Result<Page<TaskMetrics>, BackendError> {
        self.tasks_past(filter).await
    }

    async fn groups(&self, by: String, filter: TaskFilter) -> Result<Vec<TaskGroup>, BackendError> {
        self.groups_by(&by, filter).await
    }

    async fn task(&self, id: TaskId) -> Result<TaskMetrics, BackendError> {
        self.task_of_any_age(id).await
    }

    async fn task_limit(&self, id: TaskId) -> Result<Option<Limit>, BackendError> {
        self.limit_of_task(&id)
    }

    async fn usual_run(&self, task: &TaskMetrics) -> Result<Option<Usual>, BackendError> {
        self.usual_of(task)
    }

    async fn stuck_from(&self, tasks: &[TaskMetrics]) -> Result<Vec<(TaskId, Timestamp)>, BackendError> {
        self.stuck_by_time(tasks)
    }

    fn shortest_step(&self, from: Timestamp) -> f64 {
        self.state.history.finest(from.timestamp()).bucket_seconds() as f64
    }

    async fn series(&self, query: SeriesQuery) -> Result<QueryAnswer, BackendError> {
        self.person()?;
        self.query(query).await?.map_err(Into::into)
    }

    fn links(&self, about: Linked<'_>) -> Vec<Link> {
        links::filled(&self.state.config.link, &about, Utc::now())
    }

    fn rules(&self) -> Vec<String> {
        self.state.rules.iter().map(|rule| rule.id.to_string()).chain([MANUAL_RULE.to_owned()]).collect()
    }

    fn error_rate_limit(&self) -> f64 {
        let rule = self.state.rules.iter().find(|rule| rule.id.as_str() == "error-rate");
        rule.map_or(self.state.config.thresholds.error_rate, |rule| rule.threshold)
    }

    async fn report(&self, asked: ReportAsked) -> Result<ReportShown, BackendError> {
        self.report_shown(asked).await
    }

    async fn kept_reports(&self) -> Result<Vec<KeptReport>, BackendError> {
        let mut kept = self.reports_kept()?;
        kept.truncate(KEPT_SHOWN);
        Ok(kept)
    }

    async fn annotations(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Annotation>, BackendError> {
        Ok(now::annotations(&self.published()?.fleet, from, to))
    }

    async fn annotate(
        &self,
        title: String,
        tags: Vec<String>,
        at: Option<Timestamp>,
    ) -> Result<Annotation, BackendError> {
        self.note(title, tags, at).await
    }

    async fn command_alert(&self, id: AlertId, command: AlertCommand) -> Result<Alert, BackendError> {
        self.person()?;
        self.handle(id, command, None).await.map_err(Into::into)
    }

    async fn control(&self, command: ControlCommand) -> Result<ControlOutcome, BackendError> {
        self.person()?;
        Ok(self.ask_of_workers(command, None).await?.outcome)
    }

    async fn control_all(
        &self,
        filter: TaskFilter,
        deed: BulkDeed,
        expected: Option<u64>,
    ) -> Result<BulkOutcome, BackendError> {
        self.person()?;
        Ok(self.ask_for_all(filter, deed, expected, None).await?)
    }
}
