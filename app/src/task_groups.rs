//! What the address of the tasks' groups asks for: `by`, `since`, and the search `q`.

use crate::escape::escape;
use crate::task_search::{TaskSearch, Term, terms, without_quotes, write};
use forewatch::Timestamp;
use forewatch::group::MARKS;
use forewatch::time::TimeDelta;
use serde::{Deserialize, Serialize};

/// By what tasks are put together: the word in the address, and the head of the column.
pub const BY: [(&str, &str); 5] =
    [("name", "Name"), ("queue", "Queue"), ("worker", "Worker"), ("user", "User"), ("error", "Error")];

/// How far back: the word in the address, hours, and what a button says.
pub const SINCE: [(&str, i64, &str); 3] = [("1h", 1, "1 h"), ("24h", 24, "24 h"), ("7d", 168, "7 d")];
/// Without another word.
const USUAL_SINCE: &str = "24h";

/// The longest part of a text that has none of the marks.
fn longest_between<'a>(marks: &[&str], text: &'a str) -> &'a str {
    let cut = |texts: Vec<&'a str>, mark: &&str| texts.into_iter().flat_map(|text| text.split(*mark)).collect();
    marks.iter().fold(vec![text], cut).into_iter().max_by_key(|text| text.len()).unwrap_or_default()
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsAsk {
    /// A word of [`BY`].
    pub by: String,
    /// A word of [`SINCE`].
    pub since: String,
    /// The search above the list.
    pub q: String,
}

impl GroupsAsk {
    /// From the parts of an address; none where it asks for the list. A word that is not known asks for the usual.
    pub fn of(part: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let by = part("by").filter(|by| BY.iter().any(|(word, _)| word == by))?;
        let since = part("since").filter(|since| SINCE.iter().any(|(word, ..)| word == since));
        let q = part("q").unwrap_or_default().trim().to_owned();
        Some(Self { by, since: since.unwrap_or_else(|| USUAL_SINCE.to_owned()), q })
    }

    /// Its search, of what ended within its time before `now` and until it is answered: what ends at a moment of an hour
    /// is read task by task, what goes on is counted already. A time that the search names itself stays.
    pub fn search(&self, now: Timestamp) -> TaskSearch {
        let mut search = TaskSearch::parse(&self.q, now);
        let hours = SINCE.iter().find(|(word, ..)| *word == self.since).map_or(24, |(_, hours, _)| *hours);
        search.filter.from.get_or_insert(now - TimeDelta::hours(hours));
        search
    }

    /// The address of the same question by another word, or since another time.
    pub fn address(&self, by: &str, since: &str) -> String {
        ["/tasks?by=", by, "&since=", since, "&q=", &escape(&self.q)].concat()
    }

    /// The search for the tasks of a group in the list; none where it cannot be written, as for a user.
    pub fn tasks_of(&self, key: &str) -> Option<String> {
        if self.by == "user" {
            return None;
        }
        let mut all = terms(&self.q);
        let term = match self.by.as_str() {
            // What differs from one to the next is taken out of an error: the longest text between such places is looked for.
            "error" => Term::of("error", without_quotes(longest_between(&MARKS, key))),
            by => Term::exactly(by, key),
        };
        all.retain(|other| other.qualifier != term.qualifier);
        all.push(term);
        Some(write(&all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(address: &str) -> Option<GroupsAsk> {
        let parts: Vec<_> = address.split('&').filter_map(|part| part.split_once('=')).collect();
        GroupsAsk::of(|name| parts.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn an_address_asks_for_groups_only_by_a_word_that_is_known() {
        assert_eq!(ask("q=status:failed"), None);
        assert_eq!(ask("by=colour"), None);
        let asked = ask("by=error&since=7d&q=queue:gpu_*").expect("it asks");
        assert_eq!(asked.address("name", "1h"), "/tasks?by=name&since=1h&q=queue%3Agpu_%2A");
        assert_eq!(ask("by=name&since=9y").expect("it asks").since, "24h");
        let now = forewatch::time::from_unix_seconds(1_800_000_000.0).expect("a time");
        let filter = asked.search(now).filter;
        assert_eq!((filter.from, filter.to), (Some(now - TimeDelta::days(7)), None));
        assert_eq!(filter.queue.as_deref(), Some("gpu_*"));
    }

    #[test]
    fn a_group_leads_to_its_tasks_with_the_rest_of_the_search() {
        let of = |by: &str, key: &str| {
            let q = "status:failed name:old".to_owned();
            GroupsAsk { by: by.to_owned(), since: "24h".to_owned(), q }.tasks_of(key)
        };
        assert_eq!(of("name", "resize all").as_deref(), Some("status:failed name:\"=resize all\""));
        assert_eq!(of("queue", "celery:gpu_big").as_deref(), Some("status:failed name:old queue:=celery:gpu_big"));
        let error = of("error", "OSError: no space on <path> after <n> tries").expect("it can be written");
        assert_eq!(error, "status:failed name:old error:\"OSError: no space on\"");
        assert_eq!(
            of("error", "KeyError: \"a\" is missing").as_deref(),
            Some("status:failed name:old error:\"is missing\"")
        );
        assert_eq!(of("user", "ann"), None);
    }
}
