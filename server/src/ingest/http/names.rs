//! The different names of tasks that were seen, up to `limits.task_names`: a sender that puts an id
//! into the name must not grow what is kept a name.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// The names seen since the server started.
pub(crate) struct TaskNames {
    most: usize,
    seen: Mutex<HashSet<Box<str>>>,
}

impl TaskNames {
    pub(super) fn at_most(most: usize) -> Self {
        Self { most, seen: Mutex::default() }
    }

    /// Whether a name is known, or there is room for it.
    pub(super) fn admit(&self, name: &str) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(name) {
            return true;
        }
        seen.len() < self.most && seen.insert(name.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_too_many_is_refused_and_known_ones_still_come_in() {
        let names = TaskNames::at_most(2);
        assert!(names.admit("a") && names.admit("b") && names.admit("a"));
        assert!(!names.admit("c"));
        assert!(names.admit("b"));
    }
}
