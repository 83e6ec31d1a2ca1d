//! What the palette asks for.

use super::codec::Json;
use crate::backend::BackendError;
#[cfg(feature = "ssr")]
use crate::components::status::task_mark;
#[cfg(feature = "ssr")]
use crate::escape::escape;
use crate::palette::Found;
#[cfg(feature = "ssr")]
use crate::{
    attention::is_open,
    backend::Backend,
    components::moment::date_clock,
    palette::{Kind, alert_address, fit, how, words},
    query::{AlertFilter, TaskFilter},
    session::Zone,
};
#[cfg(feature = "ssr")]
use forewatch::{Alert, AlertId};
use leptos::prelude::*;

/// Workers, queues, alerts and tasks each at most.
#[cfg(feature = "ssr")]
const MOST: usize = 6;
/// Letters in a search at most.
#[cfg(feature = "ssr")]
const LONGEST: usize = 200;

/// Workers, queues, alerts and tasks in which all words of `text` are, the best of each kind first.
#[server(name = Find, prefix = "/api/ui", endpoint = "find", output = Json)]
pub async fn find(text: String) -> Result<Vec<Found>, BackendError> {
    let backend = super::backend()?;
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(BackendError::Invalid(format!("Shorten the search: at most {LONGEST} letters.")));
    }
    let words = words(text);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let workers = backend.workers().await?.data.into_iter().map(|worker| {
        let detail = [vec![worker.hostname.unwrap_or_default()], worker.tags].concat().join(" ");
        let address = format!("/workers/{}", escape(&worker.worker_id));
        Found { kind: Kind::Worker, title: worker.name, detail: detail.trim().to_owned(), address }
    });
    let queues = backend.queues().await?.data.into_iter().map(|queue| {
        let detail = format!("{} waiting", forewatch::format::count(queue.pending_tasks));
        let address = format!("/queues/{}", escape(&queue.id));
        Found { kind: Kind::Queue, title: queue.id.to_string(), detail, address }
    });
    let mut found = best(&words, queues);
    found.extend(best(&words, workers));
    found.extend(alerts(&*backend, text, &words).await?);
    found.extend(tasks(&*backend, text).await?);
    Ok(found)
}

/// Those that fit best.
#[cfg(feature = "ssr")]
fn best(words: &[String], all: impl Iterator<Item = Found>) -> Vec<Found> {
    let ranked = all.filter_map(|found| Some((fit(words, &found.title, &found.detail)?, found)));
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by(|(a, left), (b, right)| a.cmp(b).then_with(|| left.title.cmp(&right.title)));
    ranked.into_iter().take(MOST).map(|(_, found)| found).collect()
}

/// Letters of a whole id of an alert.
#[cfg(feature = "ssr")]
const WHOLE_ID: usize = 26;

/// Alerts with the words in their title or description, or whose id begins with the text: those first that need someone,
/// then those that are active, then the newest of those that have ended.
#[cfg(feature = "ssr")]
async fn alerts(backend: &dyn Backend, text: &str, words: &[String]) -> Result<Vec<Found>, BackendError> {
    let id = text.to_uppercase();
    let mut found: Vec<Alert> = backend.live_alerts().await?.data;
    found.retain(|a| a.was_raised() && (a.alert_id.starts_with(&id) || fit(words, &a.title, &a.description).is_some()));
    found.sort_by_key(|alert| (!is_open(alert), !alert.is_active, std::cmp::Reverse(alert.timestamp)));
    if let Some(id) = Some(id).filter(|id| id.len() == WHOLE_ID).and_then(|id| AlertId::new(id).ok()) {
        // Most texts of that length are no id.
        found.extend(backend.alert(id).await.ok());
    }
    let ended = AlertFilter {
        state: Some("resolved".to_owned()),
        q: Some(text.to_owned()),
        limit: MOST,
        ..AlertFilter::default()
    };
    found.extend(backend.alerts(ended).await?.items);
    let mut seen = std::collections::HashSet::new();
    found.retain(|alert| seen.insert(alert.alert_id.clone()));
    let found = found.into_iter().take(MOST).map(|alert| {
        let ended = alert.resolved_at.map(|at| format!("resolved {} UTC", date_clock(at, Zone::Utc)));
        let detail = ended.unwrap_or_else(|| how(&alert));
        Found { kind: Kind::Alert, address: alert_address(&alert), title: alert.title, detail }
    });
    Ok(found.collect())
}

/// The newest tasks with the text in their id, name, arguments or error.
#[cfg(feature = "ssr")]
async fn tasks(backend: &dyn Backend, text: &str) -> Result<Vec<Found>, BackendError> {
    let filter = TaskFilter { q: Some(text.to_owned()), limit: MOST, ..TaskFilter::default() };
    let tasks = backend.tasks(filter).await?.items.into_iter().map(|task| {
        let address = format!("/tasks/{}", escape(&task.task_id));
        let detail = format!("{} {}", task_mark(&task).2, task.task_id);
        Found { kind: Kind::Task, title: task.name.unwrap_or_else(|| task.task_id.to_string()), detail, address }
    });
    Ok(tasks.collect())
}
