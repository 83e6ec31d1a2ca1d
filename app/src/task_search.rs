//! The search above the list of tasks: words with typed qualifiers, such as
//! `status:failed queue:gpu_* error:"out of memory" took:>5m from:2026-11-24T14:00 to:2026-11-24T15:00`.
//!
//! Read here once, for the page's address, its pills and the server's filter alike.

use crate::escape::escape;
use crate::query::TaskFilter;
use crate::trends::span;
use forewatch::time::{self, TimeDelta, parse_span};
use forewatch::{TaskId, Timestamp};

/// A search, understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskSearch {
    /// What the server is asked.
    pub filter: TaskFilter,
    /// What was not understood, in a sentence each.
    pub remarks: Vec<String>,
}

/// One part of a search: a qualifier with its value, or a bare word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The word before the colon; none for a bare word.
    pub qualifier: Option<String>,
    /// The value, without quotes.
    pub value: String,
}

impl Term {
    /// A qualifier with its value.
    pub fn of(qualifier: &str, value: impl Into<String>) -> Self {
        Self { qualifier: Some(qualifier.to_owned()), value: value.into() }
    }

    /// A qualifier with the whole of a name: not those of which it is a part.
    pub fn exactly(qualifier: &str, name: &str) -> Self {
        Self::of(qualifier, format!("={}", without_quotes(name)))
    }

    /// The term as it is written in a search.
    pub fn text(&self) -> String {
        let quoted = self.value.contains(char::is_whitespace) || self.value.is_empty();
        let value = if quoted { format!("\"{}\"", self.value) } else { self.value.clone() };
        match &self.qualifier {
            Some(qualifier) => format!("{qualifier}:{value}"),
            None => value,
        }
    }
}

/// The qualifiers that are known.
pub const QUALIFIERS: [&str; 12] =
    ["status", "state", "queue", "name", "worker", "type", "error", "took", "from", "to", "parent", "root"];

/// Splits a search into its terms. Quotes hold words together; an open quote runs to the end.
pub fn terms(search: &str) -> Vec<Term> {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut quoted = false;
    for c in search.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => parts.push(std::mem::take(&mut part)),
            c => part.push(c),
        }
    }
    parts.push(part);
    parts.into_iter().filter(|p| !p.is_empty()).map(|part| read_term(&part)).collect()
}

fn read_term(part: &str) -> Term {
    match part.split_once(':') {
        Some((word, value)) if known(word).is_some() => {
            Term { qualifier: known(word).map(str::to_owned), value: value.to_owned() }
        }
        _ => Term { qualifier: None, value: part.to_owned() },
    }
}

/// The qualifier that a word is, however it is written.
fn known(word: &str) -> Option<&'static str> {
    QUALIFIERS.into_iter().find(|qualifier| qualifier.eq_ignore_ascii_case(word))
}

/// What must be said of a bare word that looks like a qualifier: it is looked for as it is.
fn remark(word: &str) -> Option<String> {
    let (before, value) = word.split_once(':')?;
    let is_meant = before.trim_start_matches(['-', '!']).chars().all(|c| c.is_ascii_alphabetic()) && before.len() > 1;
    let is_text = value.is_empty() || value.starts_with([':', '/']) || word.contains(char::is_whitespace);
    let is_negated = known(before.trim_start_matches(['-', '!'])).is_some();
    (is_meant && !is_text).then(|| match is_negated {
        true => format!("\"{word}\" is looked for as text: what is not so cannot be asked for."),
        false => format!(
            "\"{before}:\" is no qualifier, so \"{word}\" is looked for as text. Qualifiers are {}.",
            QUALIFIERS.join(", ")
        ),
    })
}

/// Writes terms as a search again.
pub fn write(terms: &[Term]) -> String {
    terms.iter().map(Term::text).collect::<Vec<_>>().join(" ")
}

/// The address of the list of tasks that such a search finds.
pub fn address(terms: &[Term]) -> String {
    "/tasks?q=".to_owned() + &escape(&write(terms))
}

/// The longest part of a text without quotes: a quote would end the value.
pub fn without_quotes(text: &str) -> &str {
    text.split('"').max_by_key(|part| part.len()).unwrap_or_default().trim()
}

impl TaskSearch {
    /// Reads a search; `now` is what `from:2h` counts from. What is not understood is left out and remarked upon.
    pub fn parse(search: &str, now: Timestamp) -> Self {
        let mut found = Self::default();
        let mut words: Vec<String> = Vec::new();
        for term in terms(search) {
            match term.qualifier.as_deref() {
                None => {
                    found.remarks.extend(remark(&term.value));
                    words.push(term.value);
                }
                Some(_) if term.value.is_empty() => {
                    found.remarks.push(format!("{} needs a value.", term.text().trim_end_matches('"')));
                }
                Some(qualifier) => found.take(qualifier, term.value, now),
            }
        }
        if !words.is_empty() {
            found.filter.q = Some(words.join(" "));
        }
        found
    }

    fn take(&mut self, qualifier: &str, value: String, now: Timestamp) {
        let filter = &mut self.filter;
        // Of most there is room for one.
        let is_replaced = match qualifier {
            "status" => {
                for word in value.split(',') {
                    match word.to_ascii_lowercase().parse() {
                        Ok(status) => filter.status.push(status),
                        Err(error) => self.remarks.push(format!("Status {error}.")),
                    }
                }
                false
            }
            "state" => {
                for word in value.split(',') {
                    match word.to_ascii_uppercase().parse() {
                        Ok(state) => filter.state.push(state),
                        Err(error) => self.remarks.push(format!("State {error}.")),
                    }
                }
                false
            }
            "queue" => replace(&mut filter.queue, value),
            "name" => replace(&mut filter.name, with_wildcards(&value)),
            "worker" => replace(&mut filter.worker_id, with_wildcards(&value)),
            "type" => replace(&mut filter.content_type, value),
            "error" => replace(&mut filter.error, value),
            "parent" | "root" => match TaskId::new(&value) {
                Ok(id) if qualifier == "parent" => replace(&mut filter.parent_id, id),
                Ok(id) => replace(&mut filter.root_id, id),
                Err(error) => {
                    self.remarks.push(format!("The id of the {qualifier} {error}."));
                    false
                }
            },
            "from" | "to" => match moment(&value, now) {
                Some(at) if qualifier == "from" => replace(&mut filter.from, at),
                Some(at) => replace(&mut filter.to, at),
                None => {
                    self.remarks.push(format!(
                        "\"{value}\" is not a time: write {qualifier}:2h, {qualifier}:2026-11-24 or {qualifier}:2026-11-24T14:00 (UTC)."
                    ));
                    false
                }
            },
            _ => {
                let text = value.trim_start_matches(['>', '=']).trim();
                match duration(text) {
                    Some(seconds) => replace(&mut filter.took_at_least, seconds),
                    None => {
                        self.remarks.push(format!(
                            "\"{text}\" is not a duration: write took:>500ms, took:>90s, took:>5m or took:>1h."
                        ));
                        false
                    }
                }
            }
        };
        if is_replaced {
            self.remarks.push(format!("Of several {qualifier}: only the last counts."));
        }
    }
}

/// Puts a value in a place; whether another one gave way.
fn replace<T: PartialEq>(place: &mut Option<T>, value: T) -> bool {
    let is_other = place.as_ref().is_some_and(|before| *before != value);
    *place = Some(value);
    is_other
}

/// Seconds.
fn duration(text: &str) -> Option<f64> {
    match text.strip_suffix("ms") {
        Some(amount) => amount.trim().parse::<u32>().ok().map(|ms| f64::from(ms) / 1e3),
        None => parse_span(text).map(TimeDelta::as_seconds_f64),
    }
}

/// A name may be given in part: without a `*` of its own it is looked for anywhere, unless a `=` stands before it.
fn with_wildcards(value: &str) -> String {
    match value.strip_prefix('=') {
        Some(whole) => whole.to_owned(),
        None if value.contains('*') => value.to_owned(),
        None => format!("*{value}*"),
    }
}

/// A moment as people write it: so long ago, a day, a minute (UTC), or as the API has it.
fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    let ago = || now.checked_sub_signed(parse_span(text)?);
    let written = || time::from_unix_seconds(span::read(text)?);
    time::parse(text, now).ok().or_else(ago).or_else(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use forewatch::TaskStatus;

    fn now() -> Timestamp {
        time::parse("2026-11-24T15:00:00Z", Timestamp::UNIX_EPOCH).expect("a time")
    }

    #[test]
    fn a_search_is_read_with_quotes_wildcards_and_whole_names() {
        let search =
            r#"status:failed,pending queue:gpu_* name:trans worker:=gpu-1 error:"out of memory" took:>5m two words"#;
        let TaskSearch { filter, remarks } = TaskSearch::parse(search, now());
        assert_eq!(remarks, Vec::<String>::new());
        assert_eq!(filter.status, [TaskStatus::Failed, TaskStatus::Pending]);
        assert_eq!((filter.queue.as_deref(), filter.name.as_deref()), (Some("gpu_*"), Some("*trans*")));
        assert_eq!((filter.worker_id.as_deref(), filter.error.as_deref()), (Some("gpu-1"), Some("out of memory")));
        assert_eq!((filter.took_at_least, filter.q.as_deref()), (Some(300.0), Some("two words")));
        assert_eq!(write(&terms(search)), search);
    }

    #[test]
    fn a_time_is_so_long_ago_a_day_a_minute_or_as_the_api_has_it() {
        let from = |text: &str| TaskSearch::parse(&format!("from:{text}"), now()).filter.from;
        let two = now() - TimeDelta::hours(2);
        for text in ["2h", "now-2h", "2026-11-24T13:00", "2026-11-24T13:00:00Z"] {
            assert_eq!(from(text), Some(two), "{text}");
        }
        assert_eq!(from("2026-11-24"), Some(now() - TimeDelta::hours(15)));
        assert_eq!(TaskSearch::parse("to:1h", now()).filter.to, Some(now() - TimeDelta::hours(1)));
    }

    #[test]
    fn tasks_are_found_by_the_one_that_submitted_them_and_by_the_first_of_their_chain() {
        let TaskSearch { filter, remarks } = TaskSearch::parse("parent:step-1 root:\"my flow\"", now());
        assert_eq!((filter.parent_id.as_deref(), filter.root_id.as_deref()), (Some("step-1"), Some("my flow")));
        assert_eq!(remarks, Vec::<String>::new());
        let TaskSearch { filter, remarks } = TaskSearch::parse("root:\"  \"", now());
        assert_eq!((filter, remarks.len()), (TaskFilter::default(), 1));
    }

    #[test]
    fn what_is_not_understood_is_said_and_left_out() {
        let TaskSearch { filter, remarks } = TaskSearch::parse("status:odd took:long from:yesterday queue:", now());
        assert_eq!(filter, TaskFilter::default());
        assert_eq!(remarks.len(), 4);
        assert!(remarks[2].starts_with("\"yesterday\" is not a time: write from:2h"), "{remarks:?}");
    }

    #[test]
    fn what_looks_like_a_qualifier_and_is_none_is_said_and_looked_for() {
        for (word, says) in [("staus:failed", "\"staus:\" is no qualifier"), ("-status:failed", "cannot be asked for")]
        {
            let TaskSearch { filter, remarks } = TaskSearch::parse(word, now());
            assert_eq!((filter.q.as_deref(), remarks.len()), (Some(word), 1));
            assert!(remarks[0].contains(says), "{remarks:?}");
        }
        for text in ["\"ValueError: no\"", "http://a", "a::b", "12:30", "failed:"] {
            assert_eq!(TaskSearch::parse(text, now()).remarks, Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn of_two_of_a_kind_the_last_counts_and_that_is_said() {
        let TaskSearch { filter, remarks } = TaskSearch::parse("queue:a Queue:b status:FAILED status:pending", now());
        assert_eq!((filter.queue.as_deref(), filter.status.len()), (Some("b"), 2));
        assert_eq!(remarks, ["Of several queue: only the last counts."]);
        assert_eq!(TaskSearch::parse("took:>1500ms", now()).filter.took_at_least, Some(1.5));
    }

    #[test]
    fn a_whole_name_survives_quotes() {
        assert_eq!(Term::exactly("name", "resize all").text(), "name:\"=resize all\"");
        assert_eq!(Term::exactly("name", "a \"b c\"").text(), "name:\"=b c\"");
    }
}
