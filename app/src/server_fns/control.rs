//! What people ask of a Celery application's workers.

use super::codec::Json;
use crate::backend::BackendError;
use forewatch::control::{BulkDeed, BulkOutcome, ControlOutcome};
use leptos::prelude::*;

/// Asks something of workers: the target of the plain forms, too. `command` is a
/// [`ControlCommand`](forewatch::control::ControlCommand) as JSON, because a form has nothing but texts.
#[server(name = AskWorkers, prefix = "/api/ui", endpoint = "control", output = Json)]
pub async fn ask_workers(command: String) -> Result<ControlOutcome, BackendError> {
    let command = serde_json::from_str(&command)
        .map_err(|error| BackendError::Invalid(format!("The command could not be read: {error}.")))?;
    super::backend()?.control(command).await
}

/// Does something to all tasks that `search` asks for; only counts them without `expected`. A search that is not understood
/// as a whole is refused: without the part that was not, more tasks would be meant than somebody had in mind.
#[server(name = AskForAll, prefix = "/api/ui", endpoint = "control-all", input = Json, output = Json)]
pub async fn ask_for_all(search: String, deed: BulkDeed, expected: Option<u64>) -> Result<BulkOutcome, BackendError> {
    let backend = super::backend()?;
    let now = backend.frame().await?.now;
    let crate::task_search::TaskSearch { filter, remarks } = crate::task_search::TaskSearch::parse(&search, now);
    if let Some(remark) = remarks.first() {
        return Err(BackendError::Invalid(format!("{remark} Nothing was done: correct the search first.")));
    }
    if filter == crate::query::TaskFilter::default() {
        return Err(BackendError::Invalid("The search names no tasks: say which ones are meant.".to_owned()));
    }
    backend.control_all(filter, deed, expected).await
}
