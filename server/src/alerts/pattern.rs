//! Which subjects a rule is about: `where = { queue = "gpu_*" }`.

use super::label::Label;
use super::subject::Kind;
use forewatch::pattern;
use std::collections::BTreeMap;

/// A value with `*` for any text; a `!` before it means "not".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    value: String,
    negated: bool,
}

impl Pattern {
    pub(crate) fn of(written: &str) -> Self {
        let (value, negated) = written.strip_prefix('!').map_or((written, false), |value| (value, true));
        Self { value: value.to_owned(), negated }
    }

    fn is_like(&self, text: &str) -> bool {
        pattern::fits(&self.value, text)
    }

    /// Whether a text is meant.
    pub(super) fn fits(&self, text: &str) -> bool {
        self.fits_one_of([text])
    }

    /// Whether something is meant that is known by each of these texts.
    pub(super) fn fits_one_of<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        texts.into_iter().any(|text| self.is_like(text)) != self.negated
    }
}

/// Conditions on a subject's labels, all of which must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Where(Vec<(Label, Pattern)>);

impl Where {
    pub(crate) fn of(conditions: Vec<(Label, Pattern)>) -> Self {
        Self(conditions)
    }

    /// Whether a subject is meant. A label may have several values, as tags do: one that is like the pattern is enough.
    pub(super) fn fits(&self, kind: Kind<'_>) -> bool {
        self.0.iter().all(|(label, pattern)| {
            let mut found = false;
            kind.values(*label, &mut |value| found |= pattern.is_like(value));
            found != pattern.negated
        })
    }

    /// The conditions, for those who look at the past.
    pub(super) fn conditions(&self) -> &[(Label, Pattern)] {
        &self.0
    }

    /// The conditions as they are written.
    pub(super) fn written(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(label, pattern)| (label.as_str().to_owned(), pattern.to_string())).collect()
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", if self.negated { "!" } else { "" }, self.value)
    }
}
