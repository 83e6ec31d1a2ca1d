//! What the palette asks for.

use super::codec::Json;
use crate::backend::BackendError;
use crate::palette::Found;
#[cfg(feature = "ssr")]
use crate::{
    backend::Backend,
    palette::{Kind, fit, words},
    query::TaskFilter,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos_router::location::Url;

/// Workers, queues and tasks each at most.
#[cfg(feature = "ssr")]
const MOST: usize = 6;
/// Letters in a search at most.
#[cfg(feature = "ssr")]
const LONGEST: usize = 200;

/// Workers, queues and tasks in which all words of `text` are, the best of each kind first.
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
        let address = format!("/workers/{}", Url::escape(&worker.worker_id));
        Found { kind: Kind::Worker, title: worker.name, detail: detail.trim().to_owned(), address }
    });
    let queues = backend.queues().await?.data.into_iter().map(|queue| {
        let detail = format!("{} waiting", forewatch::format::count(queue.pending_tasks));
        let address = format!("/queues/{}", Url::escape(&queue.id));
        Found { kind: Kind::Queue, title: queue.id.to_string(), detail, address }
    });
    let mut found = best(&words, queues);
    found.extend(best(&words, workers));
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

/// The newest tasks with the text in their id, name, arguments or error.
#[cfg(feature = "ssr")]
async fn tasks(backend: &dyn Backend, text: &str) -> Result<Vec<Found>, BackendError> {
    let filter = TaskFilter { q: Some(text.to_owned()), limit: MOST, ..TaskFilter::default() };
    let tasks = backend.tasks(filter).await?.items.into_iter().map(|task| {
        let address = format!("/tasks/{}", Url::escape(&task.task_id));
        let detail = format!("{} {}", task.state.as_str(), task.task_id);
        Found { kind: Kind::Task, title: task.name.unwrap_or_else(|| task.task_id.to_string()), detail, address }
    });
    Ok(tasks.collect())
}
