//! Tasks in groups.

use super::codec::Json;
use crate::backend::BackendError;
use crate::task_groups::GroupsAsk;
use forewatch::TaskGroup;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Groups that a page shows at most; the file has them all.
#[cfg(feature = "ssr")]
const SHOWN: usize = 200;

/// Tasks that ended, in groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupsData {
    /// The largest ones.
    pub groups: Vec<TaskGroup>,
    /// How many there are.
    pub count: usize,
    /// What of the search was not understood, in a sentence each.
    pub remarks: Vec<String>,
}

/// The groups that an address asks for, largest first.
#[server(name = LoadGroups, prefix = "/api/ui", endpoint = "task-groups", input = Json, output = Json)]
pub async fn load_groups(ask: GroupsAsk) -> Result<GroupsData, BackendError> {
    let backend = super::backend()?;
    let crate::task_search::TaskSearch { filter, remarks } = ask.search(backend.frame().await?.now);
    let mut groups = backend.groups(ask.by, filter).await?;
    let count = groups.len();
    groups.truncate(SHOWN);
    Ok(GroupsData { groups, count, remarks })
}
