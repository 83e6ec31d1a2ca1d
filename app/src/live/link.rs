//! The connection as a state machine: what happens goes in, what is to be done comes out. It keeps
//! no clock (time is an argument, in milliseconds since the Unix epoch) and does no I/O.

use super::waits::{HIDDEN_FOR, OPENING, PATIENCE, SILENCE, STALE_AFTER, wait};
use super::words::{Deed, Hidden, Standing};
use forewatch::live::{CLOSE_SESSION_ENDED, ClientMessage, Topic};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// Nothing has been asked for yet, or the session is over.
    Idle,
    Opening {
        since: f64,
    },
    Open {
        since: f64,
        heard: f64,
        asked: Option<f64>,
    },
    Waiting {
        until: f64,
    },
}

/// The link.
#[derive(Debug)]
pub struct Link {
    phase: Phase,
    failures: u32,
    /// When the connection was last seen whole; when the page came, before the first.
    whole: f64,
    ever: bool,
    /// With how many use each. A page has few topics: lists in their order do for them.
    wanted: Vec<(Topic, usize)>,
    subscribed: Vec<Topic>,
    resync: Vec<Topic>,
    hidden: Option<f64>,
    over: bool,
}

impl Link {
    /// A link that has not begun.
    pub fn new(now: f64) -> Self {
        Self {
            phase: Phase::Idle,
            failures: 0,
            whole: now,
            ever: false,
            wanted: Vec::new(),
            subscribed: Vec::new(),
            resync: Vec::new(),
            hidden: None,
            over: false,
        }
    }

    /// Something begins to use a topic; true for the first.
    pub fn want(&mut self, topic: &Topic) -> bool {
        let place = self.wanted.partition_point(|(known, _)| known < topic);
        let first = self.wanted.get(place).is_none_or(|(known, _)| known != topic);
        if first {
            self.wanted.insert(place, (topic.clone(), 0));
        }
        self.wanted[place].1 += 1;
        if first && self.subscribed.contains(topic) {
            // Its last user went a moment ago: the server still sends deltas, the new one needs everything.
            self.lost(topic);
        }
        first
    }

    /// Something no longer uses a topic; true for the last.
    pub fn leave(&mut self, topic: &Topic) -> bool {
        let Some((_, users)) = self.wanted.iter_mut().find(|(known, _)| known == topic) else { return false };
        *users -= 1;
        let last = *users == 0;
        if last {
            self.wanted.retain(|(known, _)| known != topic);
            self.resync.retain(|known| known != topic);
        }
        last
    }

    /// A topic needs a snapshot.
    pub fn lost(&mut self, topic: &Topic) {
        if !self.resync.contains(topic) {
            self.resync.push(topic.clone());
        }
    }

    /// Says what is to be done now: called after anything changed and once a second.
    pub fn turn(&mut self, now: f64) -> Vec<Deed> {
        if self.over {
            return Vec::new();
        }
        match self.phase {
            Phase::Idle if !self.wanted.is_empty() => self.open(now),
            Phase::Idle => Vec::new(),
            Phase::Waiting { until } if now >= until => self.open(now),
            Phase::Waiting { .. } => Vec::new(),
            Phase::Opening { since } if now - since > OPENING => self.broken(now, None, 1.0),
            Phase::Opening { .. } => Vec::new(),
            Phase::Open { asked: Some(asked), .. } if now - asked > PATIENCE => self.broken(now, None, 0.0),
            Phase::Open { since, heard, asked: None } if now - heard > SILENCE && !self.subscribed.is_empty() => {
                // Any topic will do: a resync is answered with a snapshot. The system's comes first, and is small.
                if let Some(first) = self.subscribed.first().cloned() {
                    self.lost(&first);
                }
                self.phase = Phase::Open { since, heard, asked: Some(now) };
                self.talk(now)
            }
            Phase::Open { .. } => self.talk(now),
        }
    }

    /// The socket is open.
    pub fn opened(&mut self, now: f64) -> Vec<Deed> {
        self.phase = Phase::Open { since: now, heard: now, asked: None };
        self.whole = now;
        let missed = std::mem::replace(&mut self.ever, true);
        self.subscribed.clear();
        self.resync.clear();
        let mut deeds = self.talk(now);
        deeds.extend(missed.then_some(Deed::Missed));
        deeds
    }

    /// A message came.
    pub fn heard(&mut self, now: f64) {
        if let Phase::Open { since, .. } = self.phase {
            self.phase = Phase::Open { since, heard: now, asked: None };
            self.whole = now;
            self.failures = 0;
        }
    }

    /// The socket closed with this code (or without one). `chance` is a random number 0..1.
    pub fn closed(&mut self, now: f64, code: u16, chance: f64) -> Vec<Deed> {
        if code == CLOSE_SESSION_ENDED {
            self.over = true;
            self.phase = Phase::Idle;
            return vec![Deed::SignIn];
        }
        let refused = matches!(self.phase, Phase::Opening { .. });
        self.broken(now, Some(code), chance);
        if refused { vec![Deed::AskWho] } else { Vec::new() }
    }

    /// The network is back, or the person is: try at once.
    pub fn woken(&mut self, now: f64) -> Vec<Deed> {
        match self.phase {
            Phase::Waiting { .. } if !self.over => self.open(now),
            _ => self.turn(now),
        }
    }

    /// The network is gone.
    pub fn offline(&mut self, now: f64) -> Vec<Deed> {
        match self.phase {
            Phase::Open { .. } | Phase::Opening { .. } => self.broken(now, None, 1.0),
            Phase::Idle | Phase::Waiting { .. } => Vec::new(),
        }
    }

    /// The tab was hidden or shown. For a short while everything goes on; what was left meanwhile begins with a snapshot.
    pub fn hidden(&mut self, now: f64, hidden: Hidden) -> Vec<Deed> {
        match hidden {
            Hidden::Yes => {
                self.hidden.get_or_insert(now);
                Vec::new()
            }
            Hidden::No => {
                self.hidden = None;
                let left = self.wanted.iter().any(|(topic, _)| !self.subscribed.contains(topic));
                let missed = left && matches!(self.phase, Phase::Open { .. });
                let mut deeds = self.woken(now);
                deeds.extend(missed.then_some(Deed::Missed));
                deeds
            }
        }
    }

    /// Whether messages of this topic are taken now.
    pub fn takes(&self, topic: &Topic) -> bool {
        self.wanted.iter().any(|(known, _)| known == topic)
    }

    /// How the link stands.
    pub fn standing(&self, now: f64) -> Standing {
        match self.phase {
            Phase::Open { since, .. } => Standing::Up(since),
            Phase::Waiting { until } => self.down(now, until),
            Phase::Opening { .. } | Phase::Idle => self.down(now, now),
        }
    }

    fn down(&self, now: f64, next_try: f64) -> Standing {
        match now - self.whole > STALE_AFTER {
            true => Standing::Stale(self.whole, next_try),
            false if !self.ever => Standing::New,
            false => Standing::Down(self.whole, next_try),
        }
    }

    fn open(&mut self, now: f64) -> Vec<Deed> {
        self.phase = Phase::Opening { since: now };
        vec![Deed::Open]
    }

    fn broken(&mut self, now: f64, code: Option<u16>, chance: f64) -> Vec<Deed> {
        self.subscribed.clear();
        self.phase = Phase::Waiting { until: now + wait(self.failures, code, chance) };
        self.failures = self.failures.saturating_add(1);
        vec![Deed::Drop]
    }

    /// Tells the server what has changed in what is wanted.
    fn talk(&mut self, now: f64) -> Vec<Deed> {
        let asleep = self.hidden.is_some_and(|since| now - since >= HIDDEN_FOR);
        let topics = self.wanted.iter().map(|(topic, _)| topic);
        let due: Vec<Topic> = topics.filter(|topic| !asleep || !is_heavy(topic)).cloned().collect();
        let before = std::mem::replace(&mut self.subscribed, due.clone());
        let mut resync = std::mem::take(&mut self.resync);
        resync.retain(|topic| before.contains(topic) && due.contains(topic));
        let without = |all: &[Topic], some: &[Topic]| all.iter().filter(|t| !some.contains(t)).cloned().collect();
        let message = ClientMessage { subscribe: without(&due, &before), unsubscribe: without(&before, &due), resync };
        if message == ClientMessage::default() { Vec::new() } else { vec![Deed::Send(message)] }
    }
}

/// Whether a topic is left aside while nobody looks. Light ones stay: they carry the alerts, whose
/// count stands in the title.
fn is_heavy(topic: &Topic) -> bool {
    !matches!(topic, Topic::System | Topic::Alerts)
}
