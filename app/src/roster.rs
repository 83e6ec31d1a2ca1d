//! The list of workers: which match a search, in which order and groups. Pure, so that the server
//! and the browser come to the same rows.

mod rows;

use forewatch::{Timestamp, WorkerCapability, WorkerStatus, WorkerSummary, time};
#[cfg(feature = "ssr")]
pub(crate) use rows::page;
pub use rows::{GroupHead, RosterAsk, RosterRow};
use serde::{Deserialize, Serialize};

/// By what the list is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// By the first `site:` tag, else the first tag.
    #[default]
    Tag,
    /// By what they can run.
    Capability,
    /// By where they come from.
    Source,
    /// Not at all.
    None,
}

impl Grouping {
    /// Every grouping, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Tag, Self::Capability, Self::Source, Self::None];

    /// The word in the page's address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Capability => "capability",
            Self::Source => "source",
            Self::None => "none",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tag => "Tag",
            Self::Capability => "Capability",
            Self::Source => "Source",
            Self::None => "None",
        }
    }

    /// Reads the word of an address; an unknown one is the default.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|g| g.as_str() == word).unwrap_or_default()
    }

    /// The group that a worker belongs to.
    pub fn of(self, worker: &WorkerSummary) -> &str {
        match self {
            Self::Tag => {
                let site = worker.tags.iter().find(|t| t.starts_with("site:"));
                site.or(worker.tags.first()).map_or("without a tag", String::as_str)
            }
            Self::Capability => match worker.capability {
                WorkerCapability::Unknown => "capability not known",
                known => known.as_str(),
            },
            Self::Source => &worker.source,
            Self::None => "",
        }
    }
}

/// How long ago a worker gave its last sign of life, and what that means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Heard {
    /// Within two thirds of its limit; the age in seconds.
    Fresh(f64),
    /// Nearly at its limit; the age in seconds.
    Late(f64),
    /// Beyond its limit; the age in seconds.
    Lost(f64),
}

impl Heard {
    /// How a worker stands at `now`.
    pub fn of(last_heartbeat: Timestamp, health_limit: f64, now: Timestamp) -> Self {
        let age = time::seconds_between(last_heartbeat, now).max(0.0);
        if age > health_limit {
            Self::Lost(age)
        } else if age > health_limit * 2.0 / 3.0 {
            Self::Late(age)
        } else {
            Self::Fresh(age)
        }
    }
}

/// Whether a worker is as it should be at `now`: heard from in time and without a fault, or taken out on purpose.
pub fn is_well(worker: &WorkerSummary, now: Timestamp) -> bool {
    let is_fresh = matches!(Heard::of(worker.last_heartbeat, worker.health_limit, now), Heard::Fresh(_));
    worker.status == WorkerStatus::Maintenance || worker.is_online && worker.is_healthy && is_fresh
}

/// Workers, counted for the sentence above the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RosterCounts {
    /// All of them.
    pub total: usize,
    /// Online or busy.
    pub online: usize,
    /// Online, but nearly silent for too long.
    pub late: usize,
    /// Silent or gone.
    pub offline: usize,
    /// Taken out on purpose.
    pub maintenance: usize,
    /// Say themselves that something is wrong.
    pub failing: usize,
}

impl RosterCounts {
    /// Counts `workers` as they stand at `now`.
    pub fn of(workers: &[WorkerSummary], now: Timestamp) -> Self {
        let mut counts = Self { total: workers.len(), ..Self::default() };
        for worker in workers {
            counts.online += usize::from(worker.is_online);
            let late = matches!(Heard::of(worker.last_heartbeat, worker.health_limit, now), Heard::Late(_));
            counts.late += usize::from(worker.is_online && late);
            match worker.status {
                WorkerStatus::Offline => counts.offline += 1,
                WorkerStatus::Maintenance => counts.maintenance += 1,
                WorkerStatus::Error => counts.failing += 1,
                WorkerStatus::Online | WorkerStatus::Busy => {}
            }
        }
        counts
    }

    /// The sentence above the list: "50 of 52 online, 1 late, 1 silent, 1 in maintenance".
    pub fn sentence(&self) -> String {
        let mut text = format!("{} of {} online", self.online, self.total);
        for (count, what) in [
            (self.late, "late"),
            (self.offline, "silent"),
            (self.failing, "with an error"),
            (self.maintenance, "in maintenance"),
        ] {
            if count > 0 {
                text.push_str(&format!(", {count} {what}"));
            }
        }
        text
    }
}

/// The workers whose name, id, host, tags, version or source holds every word of `search`; `queue:NAME` is for those that
/// take from that queue.
pub fn matching<'a>(workers: &'a [WorkerSummary], search: &str) -> Vec<&'a WorkerSummary> {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    workers.iter().filter(|worker| words.iter().all(|word| holds(worker, word))).collect()
}

fn holds(worker: &WorkerSummary, word: &str) -> bool {
    if let Some(queue) = word.strip_prefix("queue:") {
        return worker.queues.iter().any(|own| own.to_lowercase() == queue);
    }
    let has = |text: &str| text.to_lowercase().contains(word);
    has(&worker.name)
        || has(&worker.worker_id)
        || worker.hostname.as_deref().is_some_and(has)
        || worker.tags.iter().any(|t| has(t))
        || worker.version.as_deref().is_some_and(has)
        || has(&worker.source)
        || has(worker.capability.as_str())
        || has(worker.status.as_str())
}
