//! The search above the list of tasks: words with typed qualifiers, such as
//! `status:failed queue:gpu_* error:"out of memory" took:>5m`.
//!
//! Read here once, for the page's address, its pills and the server's filter alike.

use crate::query::TaskFilter;
use forewatch::time::{TimeDelta, parse_span};

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
pub const QUALIFIERS: [&str; 8] = ["status", "state", "queue", "name", "worker", "type", "error", "took"];

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
        Some((qualifier, value)) if QUALIFIERS.contains(&qualifier) => {
            Term { qualifier: Some(qualifier.to_owned()), value: value.to_owned() }
        }
        _ => Term { qualifier: None, value: part.to_owned() },
    }
}

/// Writes terms as a search again.
pub fn write(terms: &[Term]) -> String {
    terms.iter().map(Term::text).collect::<Vec<_>>().join(" ")
}

impl TaskSearch {
    /// Reads a search. What is not understood is left out and remarked upon.
    pub fn parse(search: &str) -> Self {
        let mut found = Self::default();
        let mut words: Vec<String> = Vec::new();
        for term in terms(search) {
            match term.qualifier.as_deref() {
                None => words.push(term.value),
                Some(_) if term.value.is_empty() => {
                    found.remarks.push(format!("{} needs a value.", term.text().trim_end_matches('"')));
                }
                Some(qualifier) => found.take(qualifier, term.value),
            }
        }
        if !words.is_empty() {
            found.filter.q = Some(words.join(" "));
        }
        found
    }

    fn take(&mut self, qualifier: &str, value: String) {
        match qualifier {
            "status" => {
                for word in value.split(',') {
                    match word.parse() {
                        Ok(status) => self.filter.status.push(status),
                        Err(error) => self.remarks.push(format!("Status {error}.")),
                    }
                }
            }
            "state" => {
                for word in value.split(',') {
                    match word.parse() {
                        Ok(state) => self.filter.state.push(state),
                        Err(error) => self.remarks.push(format!("State {error}.")),
                    }
                }
            }
            "queue" => self.filter.queue = Some(value),
            "name" => self.filter.name = Some(with_wildcards(&value)),
            "worker" => self.filter.worker_id = Some(with_wildcards(&value)),
            "type" => self.filter.content_type = Some(value),
            "error" => self.filter.error = Some(value),
            _ => match value.trim_start_matches(['>', '=']).trim() {
                span if parse_span(span).is_some() => {
                    self.filter.took_at_least = parse_span(span).map(TimeDelta::as_seconds_f64);
                }
                other => {
                    self.remarks.push(format!("\"{other}\" is not a duration: write took:>90s, took:>5m or took:>1h."));
                }
            },
        }
    }
}

/// A name may be given in part: without a `*` of its own it is looked for anywhere.
fn with_wildcards(value: &str) -> String {
    if value.contains('*') { value.to_owned() } else { format!("*{value}*") }
}
