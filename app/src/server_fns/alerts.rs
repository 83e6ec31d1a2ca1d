//! Alerts: the list, one, and what a person does with them.

use super::codec::Json;
use crate::backend::{BackendError, Link, Snapshot};
use crate::query::AlertFilter;
use forewatch::event::Annotation;
use forewatch::list::Page;
use forewatch::notification::Delivery;
use forewatch::{Alert, QueueStats, SystemMetrics, Timestamp, WorkerMetrics};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Which alerts the tab of a word shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// The rows that the filter asks for.
    pub page: Page<Alert>,
    /// Alerts that are not resolved, for the counts of the tabs.
    pub live: Snapshot<Vec<Alert>>,
    /// Every rule there is.
    pub rules: Vec<String>,
}

/// The alerts that a filter asks for, newest first.
#[server(name = LoadAlerts, prefix = "/api/ui", endpoint = "alerts", input = Json, output = Json)]
pub async fn load_alerts(filter: AlertFilter) -> Result<AlertsData, BackendError> {
    let backend = super::backend()?;
    let page = backend.alerts(filter).await?;
    let now = backend.frame().await?.now;
    Ok(AlertsData { now, page, live: super::live_alerts(&*backend).await?, rules: backend.rules() })
}

/// One alert, and the topic that keeps it live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertData {
    /// The server's clock when this was put together.
    pub now: Timestamp,
    /// The alert.
    pub alert: Alert,
    /// Alerts that are not resolved.
    pub live: Snapshot<Vec<Alert>>,
    /// Whose metric it watches, where that is still known.
    pub subject: Subject,
    /// What was noted on the time line around it.
    pub annotations: Vec<Annotation>,
    /// The tasks behind it; none where tasks do not explain it.
    pub behind: Option<super::TasksBehind>,
    /// What people were told of it, newest first.
    pub deliveries: Vec<Delivery>,
    /// Ways to other tools.
    pub links: Vec<Link>,
}

/// The record whose metric an alert watches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    /// The system's.
    System(Box<Snapshot<SystemMetrics>>),
    /// A worker's, with its devices.
    Worker(Box<Snapshot<WorkerMetrics>>),
    /// A queue's, by its id.
    Queue(String, Snapshot<Vec<QueueStats>>),
    /// None that has a past of its own.
    None,
}

/// One alert.
#[server(name = LoadAlert, prefix = "/api/ui", endpoint = "alert", output = Json)]
pub async fn load_alert(id: String) -> Result<AlertData, BackendError> {
    let backend = super::backend()?;
    let id = forewatch::AlertId::new(&id).map_err(|e| BackendError::NotFound(format!("No alert: its id {e}.")))?;
    let alert = backend.alert(id).await?;
    let subject = subject_of(&*backend, &alert).await;
    let now = backend.frame().await?.now;
    let deliveries = backend.deliveries(Some(alert.alert_id.clone())).await?;
    let annotations = backend.annotations(alert.timestamp - chrono::TimeDelta::days(1), now).await?;
    let links = backend.links(crate::backend::Linked::Alert(&alert));
    // Without them the page says what it can.
    let behind = super::tasks::tasks_behind(&*backend, &alert).await.unwrap_or_default();
    let live = super::live_alerts(&*backend).await?;
    Ok(AlertData { now, alert, live, subject, annotations, behind, deliveries, links })
}

/// The record whose metric an alert watches; what is gone has none.
#[cfg(feature = "ssr")]
async fn subject_of(backend: &dyn crate::backend::Backend, alert: &Alert) -> Subject {
    use forewatch::alert::AlertComponent;

    let worker = match alert.component {
        AlertComponent::Gpu => alert.component_id.rsplit_once('/').map_or(&*alert.component_id, |(worker, _)| worker),
        _ => &alert.component_id,
    };
    match alert.metric_name.as_deref().and_then(|name| name.split_once('.')).map(|(subject, _)| subject) {
        Some("system") => backend.system().await.map_or(Subject::None, |system| Subject::System(Box::new(system))),
        Some("worker" | "gpu") => match forewatch::WorkerId::new(worker) {
            Ok(id) => backend.worker(id).await.map_or(Subject::None, |w| Subject::Worker(Box::new(w))),
            Err(_) => Subject::None,
        },
        Some("queue") => {
            backend.queues().await.map_or(Subject::None, |queues| Subject::Queue(alert.component_id.clone(), queues))
        }
        _ => Subject::None,
    }
}

/// Does something with an alert: the target of every plain form around alerts. `command` is the
/// command's verb; `note` its remark; `hold` how long an acknowledgement holds (`1h`, `4h`,
/// `tomorrow`, `end`). Empty fields count as absent, because a form sends them.
#[server(name = ActOnAlert, prefix = "/api/ui", endpoint = "alert-command", output = Json)]
pub async fn act_on_alert(
    id: String,
    command: String,
    #[server(default)] note: Option<String>,
    #[server(default)] hold: Option<String>,
) -> Result<Alert, BackendError> {
    use forewatch::alert::AlertCommand;

    let backend = super::backend()?;
    let id = forewatch::AlertId::new(&id).map_err(|e| BackendError::Invalid(format!("The alert's id {e}.")))?;
    let note = note.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty());
    let command = match command.as_str() {
        "acknowledge" => {
            let now = backend.frame().await?.now;
            AlertCommand::Acknowledge { note, until: hold_until(hold.as_deref(), now) }
        }
        "unacknowledge" => AlertCommand::Unacknowledge,
        "resolve" => AlertCommand::Resolve { note },
        "reopen" => AlertCommand::Reopen,
        "comment" => AlertCommand::Comment {
            text: note.ok_or_else(|| BackendError::Invalid("The note is empty: write what you saw.".to_owned()))?,
        },
        other => {
            return Err(BackendError::Invalid(format!(
                "\"{other}\" cannot be done with an alert: acknowledge, unacknowledge, resolve, reopen or comment."
            )));
        }
    };
    backend.command_alert(id, command).await
}

/// Until when an acknowledgement holds; `None` is until the alert ends. "Tomorrow" is the next 09:00
/// UTC that is at least four hours away.
#[cfg(feature = "ssr")]
fn hold_until(word: Option<&str>, now: Timestamp) -> Option<Timestamp> {
    match word {
        Some("1h") => Some(now + chrono::TimeDelta::hours(1)),
        Some("4h") => Some(now + chrono::TimeDelta::hours(4)),
        Some("tomorrow") => {
            let nine = now.date_naive().and_hms_opt(9, 0, 0)?.and_utc();
            let far = now + chrono::TimeDelta::hours(4);
            Some(if nine >= far { nine } else { nine + chrono::TimeDelta::days(1) })
        }
        _ => None,
    }
}
