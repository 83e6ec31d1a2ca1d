//! Which tasks of a family are shown, and what hangs from what.
//!
//! A family that is small is shown whole. Of any other: the first task, the way down to the one that the page is about (its
//! middle left out where it is long), its siblings where they are few, and what came of it, level by level.

use super::{Family, Relative};
use forewatch::attempts::running_since;
use forewatch::{TaskId, TaskMetrics, Timestamp};
use std::collections::{HashMap, VecDeque};

/// Tasks that are shown at most.
pub const MOST: usize = 50;
/// Levels that are shown at most, with that of the first task.
pub const LEVELS: usize = 6;
/// Levels of them that the way down takes at most: the rest is for what came of the task.
const UPPER: usize = 4;
/// More siblings than this are left out.
pub const FEW: usize = 10;

/// What is known of a family.
pub struct Known {
    /// The task that the page is about.
    pub me: TaskId,
    /// The first task; it need not be among those that are known.
    pub root: TaskId,
    /// The tasks, each once.
    pub tasks: Vec<TaskMetrics>,
    /// Ancestors of the task that are not there any more.
    pub missing: Vec<TaskId>,
    /// How many there are, where they were counted because they are too many to be read.
    pub total: Option<u64>,
    /// Whether all were read or counted.
    pub is_exact: bool,
    /// Whether the task tells which is the first of its chain.
    pub is_rooted: bool,
}

/// The task that another one submitted; Celery says of one that is tried again that it submitted itself.
pub(super) fn parent(task: &TaskMetrics) -> Option<&TaskId> {
    task.parent_id.as_ref().filter(|parent| **parent != task.task_id)
}

/// The family as it is shown.
pub fn grow(known: Known) -> Family {
    let family = Family {
        relatives: Vec::new(),
        is_rooted: known.is_rooted,
        at_least: !known.is_exact,
        is_open: known.tasks.iter().any(|task| !task.status.is_ended()),
        heard: known.tasks.iter().map(|task| task.timestamp).max().unwrap_or_default(),
    };
    let (total, is_exact) = (known.total, known.is_exact);
    let tree = Tree::of(known);
    let Some(me) = tree.me else { return family };
    let mut shown = if total.is_none() && is_exact { tree.whole() } else { None }.unwrap_or_else(|| tree.around(me));
    match total {
        Some(total) => shown.count_rest(tree.root, total),
        None => shown.count_hidden(&tree),
    }
    let relatives = tree.relatives(&shown);
    let is_alone = matches!(&relatives[..], [only] if only.more == 0);
    Family { relatives: if is_alone { Vec::new() } else { relatives }, ..family }
}

/// All that is known, in the order in which it is shown; numbers are places in it.
struct Tree {
    ids: Vec<TaskId>,
    tasks: Vec<Option<TaskMetrics>>,
    /// From what each hangs: a forest without cycles, with one root.
    parents: Vec<usize>,
    children: Vec<Vec<usize>>,
    root: usize,
    me: Option<usize>,
}

/// What of it is shown.
struct Shown {
    /// From what each hangs that is shown.
    under: Vec<Option<usize>>,
    between: Vec<u64>,
    more: Vec<u64>,
    count: u64,
}

impl Tree {
    fn of(known: Known) -> Self {
        let Known { me, root, mut tasks, missing, .. } = known;
        let began =
            |task: &TaskMetrics| -> Timestamp { task.submitted_at.or(task.started_at).unwrap_or(task.timestamp) };
        tasks.sort_by(|a, b| began(a).cmp(&began(b)).then_with(|| a.task_id.cmp(&b.task_id)));
        let mut ids: Vec<TaskId> = tasks.iter().map(|task| task.task_id.clone()).collect();
        let mut tasks: Vec<Option<TaskMetrics>> = tasks.into_iter().map(Some).collect();
        for id in std::iter::once(root.clone()).chain(missing) {
            if !ids.contains(&id) {
                ids.push(id);
                tasks.push(None);
            }
        }
        let places: HashMap<&TaskId, usize> = ids.iter().enumerate().map(|(place, id)| (id, place)).collect();
        let root = places.get(&root).copied().unwrap_or(0);
        // What is not read hangs from the first task, as far as anybody knows.
        let over = |task: &Option<TaskMetrics>| Some(*places.get(parent(task.as_ref()?)?)?);
        let mut parents: Vec<usize> = tasks.iter().map(|task| over(task).unwrap_or(root)).collect();
        parents[root] = root;
        cut_cycles(&mut parents, root);
        let me = places.get(&me).copied();
        let mut children = vec![Vec::new(); parents.len()];
        for (place, over) in parents.iter().enumerate().filter(|(place, _)| *place != root) {
            children[*over].push(place);
        }
        Self { ids, tasks, parents, children, root, me }
    }

    /// The first task and so on down to one.
    fn path(&self, to: usize) -> Vec<usize> {
        let mut path = vec![to];
        while let Some(last) = path.last().filter(|last| **last != self.root) {
            path.push(self.parents[*last]);
        }
        path.reverse();
        path
    }

    fn nothing(&self) -> Shown {
        let number = self.ids.len();
        Shown { under: vec![None; number], between: vec![0; number], more: vec![0; number], count: 1 }
    }

    /// Everything, where that is little enough.
    fn whole(&self) -> Option<Shown> {
        if self.ids.len() > MOST {
            return None;
        }
        let mut shown = self.nothing();
        let whole = self.down(&mut shown, self.root, 1);
        whole.then_some(shown)
    }

    /// What stands around a task.
    fn around(&self, me: usize) -> Shown {
        let mut shown = self.nothing();
        let path = self.path(me);
        let left_out = path.len().saturating_sub(UPPER);
        let way: Vec<usize> = path[..1].iter().chain(&path[(1 + left_out).min(path.len())..]).copied().collect();
        for pair in way.windows(2) {
            shown.put(pair[1], pair[0]);
        }
        if let Some(below) = way.get(1) {
            shown.between[*below] = left_out as u64;
        }
        if me != self.root {
            let over = self.parents[me];
            let siblings = self.children[over].iter().copied().filter(|place| *place != me);
            if siblings.clone().count() <= FEW {
                siblings.for_each(|place| shown.put(place, over));
            }
        }
        self.down(&mut shown, me, way.len());
        shown
    }

    /// Shows what came of a task on `level`, level by level; answers whether that is all.
    fn down(&self, shown: &mut Shown, from: usize, level: usize) -> bool {
        let mut next = VecDeque::from([(from, level)]);
        let mut is_all = true;
        while let Some((over, level)) = next.pop_front() {
            for place in &self.children[over] {
                if level >= LEVELS || shown.count >= MOST as u64 {
                    is_all = false;
                    break;
                }
                shown.put(*place, over);
                next.push_back((*place, level + 1));
            }
        }
        is_all
    }

    /// The tasks that are shown, each behind that from which it hangs.
    fn relatives(self, shown: &Shown) -> Vec<Relative> {
        let mut below = vec![Vec::new(); self.ids.len()];
        for (place, over) in shown.under.iter().enumerate() {
            if let Some(over) = over {
                below[*over].push(place);
            }
        }
        let mut tasks = self.tasks;
        let mut next = vec![self.root];
        let mut relatives = Vec::new();
        while let Some(place) = next.pop() {
            next.extend(below[place].iter().rev());
            let task = tasks[place].take();
            relatives.push(Relative {
                id: self.ids[place].clone(),
                under: shown.under[place].map(|over| self.ids[over].clone()),
                is_me: Some(place) == self.me,
                between: shown.between[place],
                more: shown.more[place],
                since: task.as_ref().and_then(running_since),
                task: task.map(as_listed),
            });
        }
        relatives
    }
}

impl Shown {
    fn put(&mut self, place: usize, under: usize) {
        self.under[place] = Some(under);
        self.count += 1;
    }

    /// Counts what is left out where not all were read: below the first task, wherever it belongs.
    fn count_rest(&mut self, root: usize, total: u64) {
        self.more[root] = total.saturating_sub(self.count + self.between.iter().sum::<u64>());
    }

    /// Counts what is left out below the nearest task that is shown.
    fn count_hidden(&mut self, tree: &Tree) {
        let way = tree.me.map(|me| tree.path(me)).unwrap_or_default();
        let is_shown = |place: usize| place == tree.root || self.under[place].is_some();
        for place in (0..tree.ids.len()).filter(|place| !is_shown(*place) && !way.contains(place)) {
            let mut over = tree.parents[place];
            while !is_shown(over) {
                over = tree.parents[over];
            }
            self.more[over] += 1;
        }
    }
}

/// Lets one task of each circle hang from the first one: nobody submits himself, whatever is told.
fn cut_cycles(parents: &mut [usize], root: usize) {
    for start in 0..parents.len() {
        let mut at = parents[start];
        // As many steps as there are tasks lead to the root or around a circle in which this one is not.
        for _ in 0..parents.len() {
            if at == root || at == start {
                break;
            }
            at = parents[at];
        }
        if at == start {
            parents[start] = root;
        }
    }
}

/// Without its timeline and what no tree shows.
fn as_listed(task: TaskMetrics) -> TaskMetrics {
    TaskMetrics {
        error_message: None,
        user_id: None,
        args: None,
        kwargs: None,
        result: None,
        traceback: None,
        events: Vec::new(),
        ..task
    }
}

#[cfg(test)]
pub(super) mod tests;
