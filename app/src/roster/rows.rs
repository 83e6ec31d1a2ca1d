//! The rows of the list: what the page's address asks for, and what is shown of it.

use super::{Grouping, matching};
use crate::escape::escape;
use forewatch::{WorkerId, WorkerSummary};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the list is asked for: the words of the page's address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RosterAsk {
    /// What is searched for.
    pub search: String,
    /// By what it is grouped.
    pub group: Grouping,
    /// Groups that are closed.
    pub closed: Vec<String>,
}

/// Closed groups that are read of an address at most.
const CLOSED: usize = 100;

impl RosterAsk {
    /// Reads the address, of which `given` knows all values of a word.
    pub fn of(given: impl Fn(&str) -> Vec<String>) -> Self {
        let first = |word| given(word).into_iter().next().unwrap_or_default();
        let mut closed = given("closed");
        closed.truncate(CLOSED);
        Self { search: first("q"), group: Grouping::from_word(&first("group")), closed }
    }

    /// Its address.
    pub fn address(&self) -> String {
        let mut address = ["/workers?group=", self.group.as_str()].concat();
        let search = (!self.search.is_empty()).then_some(("q", &self.search));
        for (word, value) in search.into_iter().chain(self.closed.iter().map(|group| ("closed", group))) {
            address += &["&", word, "=", &escape(value)].concat();
        }
        address
    }

    /// The same with a group closed that is open, or opened.
    #[must_use]
    pub fn turned(&self, group: &str) -> Self {
        let mut turned = self.clone();
        turned.closed.retain(|closed| closed != group);
        if turned.closed.len() == self.closed.len() {
            turned.closed.push(group.to_owned());
        }
        turned
    }

    /// The rows of the list.
    pub fn rows(&self, workers: &[WorkerSummary]) -> Vec<RosterRow> {
        rows(workers, &self.search, self.group, &self.closed)
    }
}

/// Workers by group, in the order of their names. They come in that of their ids, which mostly is the same: runs that lie in
/// order already cost a sort nothing, and thousands are ordered anew each second.
fn grouped(workers: Vec<&WorkerSummary>, group: Grouping) -> BTreeMap<&str, Vec<&WorkerSummary>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for worker in workers {
        groups.entry(group.of(worker)).or_default().push(worker);
    }
    for members in groups.values_mut() {
        members.sort_by(|a, b| (&a.name, &a.worker_id).cmp(&(&b.name, &b.worker_id)));
    }
    groups
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RosterRow {
    /// The head of a group.
    Group(GroupHead),
    /// A worker, by its id: its readings change often, its place in the list seldom.
    Worker(WorkerId),
}

/// The head of a group.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GroupHead {
    /// Its name.
    pub name: String,
    /// Workers in it.
    pub total: usize,
    /// Those of them that are online.
    pub online: usize,
    /// Mean load of the devices of those that have one.
    pub mean_gpu: Option<f64>,
    /// Whether its workers are hidden.
    pub closed: bool,
}

/// The rows of the list: group heads and, unless `closed` names their group, their workers.
fn rows(workers: &[WorkerSummary], search: &str, group: Grouping, closed: &[String]) -> Vec<RosterRow> {
    let found = matching(workers, search);
    let mut rows = Vec::with_capacity(found.len() + 8);
    for (name, members) in grouped(found, group) {
        if group == Grouping::None {
            rows.extend(members.iter().map(|w| RosterRow::Worker(w.worker_id.clone())));
            continue;
        }
        let name = name.to_owned();
        let loads: Vec<f64> =
            members.iter().filter(|w| w.is_online).filter_map(|w| w.gpu_usage.map(forewatch::Ratio::get)).collect();
        let head = GroupHead {
            total: members.len(),
            online: members.iter().filter(|w| w.is_online).count(),
            mean_gpu: (!loads.is_empty()).then(|| loads.iter().sum::<f64>() / loads.len() as f64),
            closed: closed.contains(&name),
            name,
        };
        let is_closed = head.closed;
        rows.push(RosterRow::Group(head));
        if !is_closed {
            rows.extend(members.iter().map(|w| RosterRow::Worker(w.worker_id.clone())));
        }
    }
    rows
}

/// The rows of the page `page` (from 0) of a list, `size` each. A page that begins within a group begins with its head.
#[cfg(feature = "ssr")]
pub(crate) fn page(rows: &[RosterRow], page: usize, size: usize) -> Vec<RosterRow> {
    let first = page.saturating_mul(size).min(rows.len());
    let shown = &rows[first..(first + size).min(rows.len())];
    let is_head = |row: &&RosterRow| matches!(row, RosterRow::Group(_));
    let begins_within = shown.first().is_some_and(|row| !is_head(&row));
    let head = begins_within.then(|| rows[..first].iter().rfind(is_head)).flatten();
    head.into_iter().chain(shown).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worker(n: u32, site: &str) -> WorkerSummary {
        let golden: WorkerSummary =
            serde_json::from_str(include_str!("../../../tests/golden/worker_summary.json")).expect("a worker");
        let id = format!("w-{n}");
        WorkerSummary {
            worker_id: WorkerId::new(&id).expect("an id"),
            name: id,
            tags: vec![["site:", site].concat()],
            ..golden
        }
    }

    fn told(rows: &[RosterRow]) -> Vec<String> {
        let tell = |row: &RosterRow| match row {
            RosterRow::Group(head) => {
                format!("{}: {}{}", head.name, head.total, if head.closed { ", closed" } else { "" })
            }
            RosterRow::Worker(id) => id.to_string(),
        };
        rows.iter().map(tell).collect()
    }

    #[test]
    fn an_address_says_what_is_searched_for_how_it_is_grouped_and_what_is_closed() {
        let given = |word: &str| match word {
            "q" => vec!["gpu 1".to_owned()],
            "closed" => vec!["site:fra".to_owned(), "a&b".to_owned()],
            _ => Vec::new(),
        };
        let ask = RosterAsk::of(given);
        assert_eq!(ask.address(), "/workers?group=tag&q=gpu%201&closed=site%3Afra&closed=a%26b");
        assert_eq!(ask.turned("a&b").closed, ["site:fra"]);
        assert_eq!(ask.turned("new").closed, ["site:fra", "a&b", "new"]);
        assert_eq!(ask.turned("new").turned("new"), ask);
        assert_eq!(RosterAsk::of(|_| Vec::new()), RosterAsk::default());
    }

    #[test]
    fn a_closed_group_has_its_head_alone_and_that_counts_all_of_it() {
        let workers: Vec<_> = (0..3).map(|n| worker(n, "fra")).chain((3..5).map(|n| worker(n, "ber"))).collect();
        let ask = RosterAsk { closed: vec!["site:fra".to_owned()], ..RosterAsk::default() };
        assert_eq!(told(&ask.rows(&workers)), ["site:ber: 2", "w-3", "w-4", "site:fra: 3, closed"]);
    }

    #[test]
    fn workers_stand_in_the_order_of_their_names_and_those_of_one_name_in_that_of_their_ids() {
        let named = |n: u32, name: &str, site| WorkerSummary { name: name.to_owned(), ..worker(n, site) };
        let workers = [named(1, "b", "fra"), named(2, "c", "ber"), named(3, "a", "fra"), named(0, "b", "fra")];
        let all = RosterAsk { group: Grouping::None, ..RosterAsk::default() };
        assert_eq!(told(&all.rows(&workers)), ["w-3", "w-0", "w-1", "w-2"]);
        let by_tag = ["site:ber: 1", "w-2", "site:fra: 3", "w-3", "w-0", "w-1"];
        assert_eq!(told(&RosterAsk::default().rows(&workers)), by_tag);
    }

    #[test]
    fn workers_are_found_by_the_queue_that_they_take_from() {
        let serves = |n, queue: &str| WorkerSummary { queues: vec![queue.to_owned()], ..worker(n, "fra") };
        let workers = [serves(0, "gpu"), serves(1, "gpu_big"), serves(2, "GPU")];
        let found = |search: &str| matching(&workers, search).iter().map(|w| w.name.clone()).collect::<Vec<_>>();
        assert_eq!(found("queue:gpu"), ["w-0", "w-2"]);
        assert_eq!(found("queue:gpu w-2"), ["w-2"]);
        assert_eq!(found("queue:"), [""; 0]);
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_page_that_begins_within_a_group_begins_with_its_head() {
        let workers: Vec<_> = (0..5).map(|n| worker(n, "fra")).chain((5..7).map(|n| worker(n, "ham"))).collect();
        let rows = RosterAsk::default().rows(&workers);
        assert_eq!(told(&page(&rows, 0, 4)), ["site:fra: 5", "w-0", "w-1", "w-2"]);
        assert_eq!(told(&page(&rows, 1, 4)), ["site:fra: 5", "w-3", "w-4", "site:ham: 2", "w-5"]);
        assert_eq!(told(&page(&rows, 2, 4)), ["site:ham: 2", "w-6"]);
        assert_eq!(told(&page(&rows, 9, 4)), [""; 0]);
    }
}
