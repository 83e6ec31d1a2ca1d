//! The names of keys.

use crate::history::Tier;

/// Names keys with the store's prefix. What stands in braces decides the node of a Cluster.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    fn of(&self, what: &str) -> String {
        format!("{{{}}}:{what}", self.prefix)
    }

    pub(super) fn store(&self) -> String {
        self.of("store")
    }

    pub(super) fn lease(&self) -> String {
        self.of("lease")
    }

    pub(super) fn log(&self) -> String {
        self.of("log")
    }

    pub(super) fn state(&self) -> String {
        self.of("state")
    }

    pub(super) fn marks(&self) -> String {
        self.of("marks")
    }

    pub(super) fn metrics(&self) -> String {
        self.of("metrics")
    }

    pub(super) fn subjects(&self) -> String {
        self.of("subjects")
    }

    pub(super) fn unfinished(&self) -> String {
        self.of("unfinished")
    }

    /// The index of a slot of history.
    pub(super) fn index(&self, tier: Tier, slot: u32) -> String {
        format!("{{{}:{}:{slot}}}:index", self.prefix, tier.word())
    }

    /// A metric's blocks in a slot of history.
    pub(super) fn blocks(&self, tier: Tier, slot: u32, metric: u16) -> String {
        format!("{{{}:{}:{slot}}}:{metric}", self.prefix, tier.word())
    }
}
