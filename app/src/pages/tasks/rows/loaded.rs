//! The pages of the list that are loaded, one behind the other.

use forewatch::TaskMetrics;
use forewatch::list::Page;
use std::sync::Arc;

/// Pages that are kept at most. What lies behind them begins a list of its own, to which a link leads.
const MOST: usize = 100;

/// A page of tasks that does not change any more.
pub(in crate::pages::tasks) type OlderPage = Arc<Page<TaskMetrics>>;

/// What is loaded.
#[derive(Debug)]
pub(in crate::pages::tasks) struct Loaded {
    /// The page with which the list begins.
    pub first: Page<TaskMetrics>,
    older: Vec<OlderPage>,
}

impl Loaded {
    /// A list of one page.
    pub fn of(first: Page<TaskMetrics>) -> Self {
        Self { first, older: Vec::new() }
    }

    /// The pages behind the first one.
    pub fn older(&self) -> &[OlderPage] {
        &self.older
    }

    /// All tasks, in the order of the list.
    pub fn tasks(&self) -> impl Iterator<Item = &TaskMetrics> + Clone {
        self.first.items.iter().chain(self.older.iter().flat_map(|page| &page.items))
    }

    /// Where the next page begins; none on the last one.
    pub fn next_cursor(&self) -> Option<&str> {
        self.older.last().map_or(&self.first, |page| page).next_cursor.as_deref()
    }

    /// Where the page begins that can be appended; none where there is no other, or no room for one.
    pub fn wanted(&self) -> Option<&str> {
        self.next_cursor().filter(|_| self.older.len() + 1 < MOST)
    }

    /// Appends the page that begins at `cursor`, unless the list has begun anew since it was asked for.
    pub fn append(&mut self, cursor: &str, page: Page<TaskMetrics>) {
        if self.wanted() == Some(cursor) {
            self.older.push(Arc::new(page));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::TaskId;

    fn page(id: &str, next_cursor: Option<&str>) -> Page<TaskMetrics> {
        let golden: TaskMetrics =
            serde_json::from_str(include_str!("../../../../../tests/golden/task_metrics.json")).expect("a task");
        let task = TaskMetrics { task_id: TaskId::new(id).expect("an id"), ..golden };
        Page { items: vec![task], next_cursor: next_cursor.map(str::to_owned), total: 3, total_exact: true }
    }

    fn ids(loaded: &Loaded) -> Vec<String> {
        loaded.tasks().map(|task| task.task_id.to_string()).collect()
    }

    #[test]
    fn pages_lie_one_behind_the_other_to_the_last() {
        let mut loaded = Loaded::of(page("a", Some("1")));
        loaded.append("1", page("b", Some("2")));
        assert_eq!((loaded.wanted(), loaded.next_cursor()), (Some("2"), Some("2")));
        loaded.append("2", page("c", None));
        assert_eq!((loaded.wanted(), loaded.next_cursor()), (None, None));
        assert_eq!(ids(&loaded), ["a", "b", "c"]);
    }

    #[test]
    fn a_page_that_was_asked_for_before_the_list_began_anew_has_no_place_in_it() {
        let mut loaded = Loaded::of(page("n", Some("9")));
        loaded.append("1", page("b", Some("2")));
        assert_eq!((ids(&loaded), loaded.next_cursor()), (vec!["n".to_owned()], Some("9")));
    }

    #[test]
    fn so_many_pages_are_kept_and_a_link_leads_to_the_next() {
        let cursor = |n: usize| n.to_string();
        let mut loaded = Loaded::of(page("a", Some("1")));
        for n in 1..=MOST + 1 {
            loaded.append(&cursor(n), page("b", Some(&cursor(n + 1))));
        }
        assert_eq!(loaded.older().len() + 1, MOST);
        assert_eq!((loaded.wanted(), loaded.next_cursor()), (None, Some("100")));
    }
}
