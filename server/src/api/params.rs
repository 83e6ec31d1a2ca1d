//! Query parameters, read one by one into types. Everything wrong is told at once, by name, and a
//! parameter that nobody asked for is an error rather than ignored.

use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::Utc;
use forewatch::problem::FieldError;
use forewatch::{Timestamp, list, time};
use std::fmt::Display;
use std::str::FromStr;

/// The longest value that is taken, in bytes.
const MAX_VALUE: usize = 1_000;
/// What is read as Unix seconds: from 1973 to 5138. A smaller number is hardly meant as one, a larger one is in milliseconds.
const UNIX_SECONDS: std::ops::Range<f64> = 1e8..1e11;

/// The parameters of a request that were not read yet, and what was wrong with those that were.
pub(crate) struct Params {
    left: Vec<(String, String)>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
    now: Timestamp,
}

/// What can be asked with query parameters.
pub(crate) trait Ask: Sized {
    /// Reads it; what is wrong is noted in `params`, and any value stands in for it.
    fn ask(params: &mut Params) -> Self;
}

/// Extracts what is asked, or refuses with everything that is wrong.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: Ask, S: Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut params = Params::new(parts.uri.query().unwrap_or_default(), Utc::now());
        let asked = T::ask(&mut params);
        params.finish().map(|()| Self(asked))
    }
}

/// For endpoints without parameters.
pub(crate) struct Nothing;

impl Ask for Nothing {
    fn ask(_: &mut Params) -> Self {
        Self
    }
}

impl Params {
    /// Takes a query string apart. `now` is what relative times count from.
    pub(crate) fn new(query: &str, now: Timestamp) -> Self {
        let left = form_urlencoded::parse(query.as_bytes()).map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
        Self { left, known: Vec::new(), errors: Vec::new(), now }
    }

    /// Notes that `name` is wrong.
    pub(crate) fn refuse(&mut self, name: &str, detail: impl Display) {
        let pointer = name.chars().take(100).collect();
        self.errors.push(FieldError { pointer, detail: detail.to_string() });
    }

    /// Notes that `name` is missing, unless it is there and wrong.
    pub(crate) fn missing(&mut self, name: &str, detail: impl Display) {
        if !self.errors.iter().any(|error| error.pointer == name) {
            self.refuse(name, detail);
        }
    }

    fn values(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        let (mine, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.left).into_iter().partition(|(key, _)| key == name);
        self.left = left;
        if mine.iter().any(|(_, value)| value.len() > MAX_VALUE) {
            self.refuse(name, format_args!("is longer than {MAX_VALUE} bytes"));
            return Vec::new();
        }
        mine.into_iter().map(|(_, value)| value).collect()
    }

    /// A parameter as it stands; an empty one is as good as none.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        self.given(name).filter(|value| !value.is_empty())
    }

    /// A parameter as it stands, also an empty one.
    pub(crate) fn given(&mut self, name: &'static str) -> Option<String> {
        let mut values = self.values(name);
        if values.len() > 1 {
            self.refuse(name, "is given more than once");
        }
        values.pop()
    }

    /// A parameter of a type that reads itself.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        let text = self.text(name)?;
        text.parse().map_err(|error| self.refuse(name, error)).ok()
    }

    /// Values with commas between them, or the parameter several times.
    pub(crate) fn list<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Vec<T> {
        let mut list = Vec::new();
        for word in self.values(name).iter().flat_map(|value| value.split(',')).filter(|word| !word.is_empty()) {
            match word.parse() {
                Ok(value) => list.push(value),
                Err(error) => self.refuse(name, error),
            }
        }
        list
    }

    /// A time: RFC 3339, `now-1h` or Unix seconds.
    pub(crate) fn time(&mut self, name: &'static str) -> Option<Timestamp> {
        let text = self.text(name)?;
        let unix = text.parse().ok().filter(|seconds| UNIX_SECONDS.contains(seconds)).and_then(time::from_unix_seconds);
        unix.or_else(|| {
            let told = time::parse(&text, self.now);
            told.map_err(|error| self.refuse(name, format_args!("{error}, or Unix seconds"))).ok()
        })
    }

    /// The times `from` and `to`, in order.
    pub(crate) fn period(&mut self) -> (Option<Timestamp>, Option<Timestamp>) {
        let (from, to) = (self.time("from"), self.time("to"));
        if let (Some(from), Some(to)) = (from, to)
            && from >= to
        {
            self.refuse("from", "must be before to");
        }
        (from, to)
    }

    /// Rows a page: the default when absent, refused over the most.
    pub(crate) fn limit(&mut self) -> usize {
        match self.parsed::<usize>("limit") {
            None => list::DEFAULT_LIMIT,
            Some(limit @ 1..=list::MAX_LIMIT) => limit,
            Some(limit) => {
                self.refuse("limit", format_args!("{limit} is not between 1 and {}", list::MAX_LIMIT));
                list::DEFAULT_LIMIT
            }
        }
    }

    /// What was not read: for endpoints whose parameters depend on each other.
    pub(crate) fn rest(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.left)
    }

    /// The time that relative times count from.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Refuses when anything was wrong or is left over.
    pub(crate) fn finish(mut self) -> Result<(), ApiError> {
        for (name, _) in self.rest() {
            let detail = match self.known.as_slice() {
                [] => "is not known: this takes no parameters".to_owned(),
                known => format!("is not known: use {}", known.join(", ")),
            };
            self.refuse(&name, detail);
        }
        if self.errors.is_empty() { Ok(()) } else { Err(ApiError::fields(self.errors)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        Params::new(query, chrono::DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_parameter_that_nobody_asked_for_is_named_with_those_that_exist() {
        let mut p = params("limit=10&sotr=name");
        assert_eq!(p.limit(), 10);
        let error = p.finish().expect_err("sotr is unknown");
        assert_eq!(error.detail(), "sotr: is not known: use limit");
    }

    #[test]
    fn lists_take_commas_and_repetition_and_name_the_wrong_word() {
        let mut p = params("status=failed,pending&status=completed");
        assert_eq!(p.list::<forewatch::TaskStatus>("status").len(), 3);
        assert!(p.finish().is_ok());
        let mut p = params("status=broken");
        assert!(p.list::<forewatch::TaskStatus>("status").is_empty());
        assert!(p.finish().is_err());
    }

    #[test]
    fn a_page_has_at_least_one_and_at_most_a_thousand_rows() {
        for wrong in ["limit=0", "limit=1001", "limit=-1", "limit=ten", "limit=1&limit=2"] {
            let mut p = params(wrong);
            p.limit();
            assert!(p.finish().is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_may_be_unix_seconds_as_answers_have_them() {
        let mut p = params("from=1764000000&to=1764003600.5");
        let (from, to) = p.period();
        assert_eq!(to.zip(from).map(|(to, from)| (to - from).num_milliseconds()), Some(3_600_500));
        assert!(p.finish().is_ok());
        for wrong in ["2026", "1764000000000", "1764000000s", "NaN", "inf", "-1764000000"] {
            let mut p = params(&format!("from={wrong}"));
            assert_eq!(p.time("from"), None, "{wrong}");
            let error = p.finish().expect_err(wrong);
            assert!(error.detail().ends_with("now-7d, or Unix seconds"), "{}", error.detail());
        }
    }

    #[test]
    fn times_may_be_relative_and_must_be_in_order() {
        let mut p = params("from=now-1h&to=now");
        let (from, to) = p.period();
        assert_eq!(to.zip(from).map(|(to, from)| (to - from).num_seconds()), Some(3600));
        let mut p = params("from=now&to=now-1h");
        p.period();
        assert!(p.finish().is_err());
    }
}
