//! Asks what is known of a task's family: a few questions to the store, each answered from an index.
//!
//! The first task's family is read whole where it is small. Else only what stands around the task is, and the rest is
//! counted. Where nobody tells of a first task, the way up to one and down again is asked for step by step.

use super::Family;
use super::tree::{FEW, Known, MOST, grow, parent};
use crate::backend::{Backend, BackendError};
use crate::query::{TaskFilter, TaskSort};
use async_trait::async_trait;
use forewatch::list::Page;
use forewatch::{TaskId, TaskMetrics};
use std::collections::{HashSet, VecDeque};

/// Tasks of a family that are read for one answer, and ancestors that are looked up.
const READ: usize = 200;

/// The family of a task, as much of it as is shown.
pub async fn family(backend: &dyn Backend, task: &TaskMetrics) -> Result<Family, BackendError> {
    Ok(grow(known(&Asked(backend), task).await?))
}

/// What is asked of the server.
#[async_trait]
trait Tasks: Sync {
    /// A task; none where it is not known.
    async fn one(&self, id: &TaskId) -> Result<Option<TaskMetrics>, BackendError>;
    /// Tasks that match.
    async fn page(&self, filter: TaskFilter) -> Result<Page<TaskMetrics>, BackendError>;
}

struct Asked<'a>(&'a dyn Backend);

#[async_trait]
impl Tasks for Asked<'_> {
    async fn one(&self, id: &TaskId) -> Result<Option<TaskMetrics>, BackendError> {
        match self.0.task(id.clone()).await {
            Err(BackendError::NotFound(_)) => Ok(None),
            told => told.map(Some),
        }
    }

    async fn page(&self, filter: TaskFilter) -> Result<Page<TaskMetrics>, BackendError> {
        self.0.tasks(filter).await
    }
}

async fn known(tasks: &dyn Tasks, me: &TaskMetrics) -> Result<Known, BackendError> {
    let mut kin = Kin { tasks, read: Vec::new(), ids: HashSet::new(), missing: Vec::new() };
    kin.add([me.clone()]);
    let mut counted = match &me.root_id {
        Some(root) => Some(kin.all_of(root).await?),
        None => None,
    };
    let (top, reached) = kin.climb(me).await?;
    let root = me.root_id.clone().unwrap_or(top);
    kin.look_up(&root).await?;
    let is_rooted = counted.is_some();
    let mut is_whole = reached;
    if !is_rooted {
        counted = Some(kin.all_of(&root).await?);
        is_whole &= kin.descend(&root, READ).await?;
    }
    let counted = counted.filter(|counted| !counted.is_whole);
    if counted.is_some() || !is_whole {
        if let Some(parent) = parent(me) {
            kin.of_parent(parent, FEW + 2).await?;
        }
        kin.descend(&me.task_id, MOST).await?;
    }
    Ok(Known {
        me: me.task_id.clone(),
        root,
        is_exact: is_whole && counted.as_ref().is_none_or(|counted| counted.is_exact),
        total: counted.map(|counted| counted.total),
        tasks: kin.read,
        missing: kin.missing,
        is_rooted,
    })
}

/// How many a first task's family has.
struct Counted {
    total: u64,
    is_exact: bool,
    /// Whether all were read.
    is_whole: bool,
}

/// What was read so far.
struct Kin<'a> {
    tasks: &'a dyn Tasks,
    read: Vec<TaskMetrics>,
    ids: HashSet<TaskId>,
    missing: Vec<TaskId>,
}

impl Kin<'_> {
    fn add(&mut self, tasks: impl IntoIterator<Item = TaskMetrics>) {
        for task in tasks {
            if self.ids.insert(task.task_id.clone()) {
                self.read.push(task);
            }
        }
    }

    fn read(&self, id: &TaskId) -> Option<&TaskMetrics> {
        self.read.iter().find(|task| task.task_id == *id)
    }

    /// Reads a first task's family. Of one that is too large only what hangs from the first itself stays: what the others
    /// hang from was not read.
    async fn all_of(&mut self, root: &TaskId) -> Result<Counted, BackendError> {
        let filter =
            TaskFilter { root_id: Some(root.clone()), sort: TaskSort::Oldest, limit: READ, ..TaskFilter::default() };
        let Page { mut items, next_cursor, total, total_exact } = self.tasks.page(filter).await?;
        let is_whole = next_cursor.is_none();
        items.retain(|task| is_whole || parent(task).is_none_or(|parent| parent == root));
        self.add(items);
        Ok(Counted { total, is_exact: total_exact, is_whole })
    }

    /// Reads a task that is not read yet; answers whether it is known.
    async fn look_up(&mut self, id: &TaskId) -> Result<bool, BackendError> {
        if self.ids.contains(id) {
            return Ok(true);
        }
        if self.missing.contains(id) {
            return Ok(false);
        }
        match self.tasks.one(id).await? {
            Some(task) => self.add([task]),
            None => self.missing.push(id.clone()),
        }
        Ok(self.ids.contains(id))
    }

    /// Reads the way up from a task; answers where it ends, and whether that is its end.
    async fn climb(&mut self, from: &TaskMetrics) -> Result<(TaskId, bool), BackendError> {
        let mut way = vec![from.task_id.clone()];
        let mut next = parent(from).cloned();
        while let Some(id) = next.take().filter(|id| !way.contains(id)) {
            if way.len() > READ {
                return Ok((id, false));
            }
            if self.look_up(&id).await? {
                next = self.read(&id).and_then(parent).cloned();
            }
            way.push(id);
        }
        Ok((way.pop().unwrap_or_else(|| from.task_id.clone()), true))
    }

    /// Reads some of what a task submitted; answers with their ids, and whether these are all.
    async fn of_parent(&mut self, parent: &TaskId, most: usize) -> Result<(Vec<TaskId>, bool), BackendError> {
        let filter = TaskFilter {
            parent_id: Some(parent.clone()),
            sort: TaskSort::Oldest,
            limit: most,
            ..TaskFilter::default()
        };
        let Page { items, next_cursor, .. } = self.tasks.page(filter).await?;
        let ids = items.iter().map(|task| task.task_id.clone()).collect();
        self.add(items);
        Ok((ids, next_cursor.is_none()))
    }

    /// Reads what came of a task, level by level, until that is `most`; answers whether it is all.
    async fn descend(&mut self, from: &TaskId, most: usize) -> Result<bool, BackendError> {
        let mut seen = HashSet::from([from.clone()]);
        let mut next = VecDeque::from([from.clone()]);
        while let Some(id) = next.pop_front() {
            let Some(room) = most.checked_sub(seen.len()).filter(|room| *room > 0) else { return Ok(false) };
            let (children, is_all) = self.of_parent(&id, room).await?;
            next.extend(children.into_iter().filter(|child| seen.insert(child.clone())));
            if !is_all {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
