//! The browser's side: one socket for the whole page, its messages applied at the page's pace, the
//! browser's events (network, visibility, frames, seconds) turned into what [`Link`] understands.

use super::clock::Clock;
use super::connection::Connection;
use super::feed::{self, Feed};
use super::held::Held;
use super::link::Link;
use super::pace::Pace;
use super::reduce::Outcome;
use super::wire::{Happening, Line, Listener, Wire};
use super::words::Deed;
use crate::backend::Snapshot;
use crate::server_fns::load_frame;
use crate::sign_in;
use forewatch::Timestamp;
use forewatch::live::{ServerMessage, Topic};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

/// Messages that wait for a frame at most. When more come, all are dropped and every topic asks for a snapshot.
const INBOX: usize = 1_000;

/// The live client of one page.
#[derive(Clone)]
pub struct Client(Rc<Inner>);

pub(super) struct Inner {
    pub(super) this: Weak<Inner>,
    wire: Box<dyn Wire>,
    link: RefCell<Link>,
    line: RefCell<Option<Box<dyn Line>>>,
    /// Counts sockets, so that a late word of an old one is not taken for one of the new.
    socket: Cell<u32>,
    feeds: RefCell<Vec<(Topic, Rc<dyn Feed>)>>,
    inbox: RefCell<Vec<String>>,
    clock: RefCell<Clock>,
    pace: Pace,
    turn_due: Cell<bool>,
    started: Cell<bool>,
    now: RwSignal<Timestamp>,
    connection: RwSignal<Connection>,
    missed: RwSignal<u32>,
}

impl Client {
    /// A client that has not begun: it only keeps what pages hand in until [`Self::start`].
    pub fn new(
        now: RwSignal<Timestamp>,
        connection: RwSignal<Connection>,
        missed: RwSignal<u32>,
        wire: Box<dyn Wire>,
    ) -> Self {
        Self(Rc::new_cyclic(|this| Inner {
            this: this.clone(),
            wire,
            link: RefCell::new(Link::new(Clock::local())),
            line: RefCell::new(None),
            socket: Cell::new(0),
            feeds: RefCell::default(),
            inbox: RefCell::default(),
            clock: RefCell::default(),
            pace: Pace::default(),
            turn_due: Cell::new(false),
            started: Cell::new(false),
            now,
            connection,
            missed,
        }))
    }

    /// The page is mounted: connect, listen to the browser, and let the clock tick.
    pub fn start(&self) {
        if !self.0.started.replace(true) {
            self.0.listen();
            self.0.turn();
        }
    }

    /// Whether all that came is on the page.
    pub fn has_shown_all(&self) -> bool {
        self.0.inbox.borrow().is_empty()
    }

    /// Follows a topic from `initial` on. Whoever calls this calls [`Self::leave`] once.
    pub fn follow<D: Held>(&self, topic: Topic, initial: Snapshot<D>) -> Signal<D> {
        let first = self.0.link.borrow_mut().want(&topic);
        let feed = if first { None } else { self.0.feed(&topic) };
        if let Some(known) = feed.as_ref().and_then(|feed| feed.data().downcast_ref::<ArcRwSignal<D>>()) {
            return known.clone().into();
        }
        let (feed, data) = feed::begin(initial);
        let mut feeds = self.0.feeds.borrow_mut();
        feeds.retain(|(known, _)| *known != topic);
        feeds.push((topic, feed));
        drop(feeds);
        self.0.turn_soon();
        data.into()
    }

    /// One user of a topic is gone.
    pub fn leave(&self, topic: &Topic) {
        if self.0.link.borrow_mut().leave(topic) {
            self.0.feeds.borrow_mut().retain(|(known, _)| known != topic);
            self.0.turn_soon();
        }
    }
}

impl Inner {
    /// Lets the link decide once everything that happens in this moment has happened: a page that
    /// mounts follows several topics, and they go out in one message.
    fn turn_soon(&self) {
        if self.started.get() && !self.turn_due.replace(true) {
            let this = self.this.clone();
            queue_microtask(move || {
                if let Some(inner) = this.upgrade() {
                    inner.turn_due.set(false);
                    inner.turn();
                }
            });
        }
    }

    pub(super) fn turn(&self) {
        self.with_link(Link::turn);
        let now = self.clock.borrow().moment(Clock::local());
        if self.now.get_untracked().timestamp() != now.timestamp() {
            self.now.set(now);
        }
    }

    pub(super) fn with_link(&self, act: impl FnOnce(&mut Link, f64) -> Vec<Deed>) {
        let now = Clock::local();
        let deeds = act(&mut self.link.borrow_mut(), now);
        for deed in deeds {
            self.perform(deed);
        }
        self.show(now);
    }

    fn feed(&self, topic: &Topic) -> Option<Rc<dyn Feed>> {
        self.feeds.borrow().iter().find(|(known, _)| known == topic).map(|(_, feed)| feed.clone())
    }

    fn perform(&self, deed: Deed) {
        match deed {
            Deed::Open => {
                let line = self.wire.open(self.listener());
                self.line.replace(Some(line));
            }
            Deed::Send(message) => {
                for topic in &message.resync {
                    if let Some(feed) = self.feed(topic) {
                        feed.lose();
                    }
                }
                if let (Some(line), Ok(text)) = (&*self.line.borrow(), serde_json::to_string(&message)) {
                    line.send(text);
                }
            }
            Deed::Drop => {
                self.socket.set(self.socket.get().wrapping_add(1));
                self.line.replace(None);
            }
            Deed::SignIn => sign_in::lead(),
            // Whatever else the answer is, the socket is tried again anyway.
            Deed::AskWho => leptos::task::spawn_local(async {
                if let Err(error) = load_frame().await {
                    sign_in::lead_when_signed_out(&error);
                }
            }),
            Deed::Missed => self.missed.update(|count| *count += 1),
        }
    }

    /// What the next socket tells. Words of one that was given up are not heard.
    fn listener(&self) -> Listener {
        let number = self.socket.get().wrapping_add(1);
        self.socket.set(number);
        let this = self.this.clone();
        Rc::new(move |happening| {
            let Some(inner) = this.upgrade().filter(|inner| inner.socket.get() == number) else { return };
            match happening {
                Happening::Opened => inner.with_link(Link::opened),
                Happening::Text(text) => inner.received(text),
                Happening::Closed(code) => {
                    inner.drain();
                    inner.with_link(|link, now| link.closed(now, code, js_sys::Math::random()));
                }
            }
        })
    }

    fn received(&self, text: String) {
        self.link.borrow_mut().heard(Clock::local());
        let mut inbox = self.inbox.borrow_mut();
        inbox.push(text);
        if inbox.len() > INBOX {
            inbox.clear();
            for (topic, feed) in &*self.feeds.borrow() {
                feed.lose();
                self.link.borrow_mut().lost(topic);
            }
            self.missed.update(|count| *count += 1);
            leptos::logging::warn!("live: {INBOX} messages waited for a frame; taking snapshots instead");
        }
        drop(inbox);
        let this = self.this.clone();
        self.pace.arrange(move || {
            if let Some(inner) = this.upgrade() {
                inner.drain();
            }
        });
    }

    /// Applies everything that came since the last frame.
    pub(super) fn drain(&self) {
        self.pace.done();
        let began = Clock::local();
        let texts = std::mem::take(&mut *self.inbox.borrow_mut());
        for text in &texts {
            match serde_json::from_str::<ServerMessage>(text) {
                Ok(message) => self.apply(&message),
                Err(error) => leptos::logging::warn!("live: a message could not be read: {error}"),
            }
        }
        if !texts.is_empty() {
            self.with_link(Link::turn);
            let this = self.this.clone();
            // Behind the frame that shows it.
            let shown = move || {
                if let Some(inner) = this.upgrade() {
                    inner.pace.shown(began);
                }
            };
            set_timeout(shown, Duration::ZERO);
        }
    }

    fn apply(&self, message: &ServerMessage) {
        self.clock.borrow_mut().heard(message.at);
        if !self.link.borrow().takes(&message.topic) {
            return;
        }
        let Some(feed) = self.feed(&message.topic) else { return };
        match feed.take(message) {
            Outcome::Applied | Outcome::Ignored => {}
            Outcome::Resync => self.link.borrow_mut().lost(&message.topic),
            Outcome::Unreadable(error) => {
                leptos::logging::warn!("live: topic {} could not be read: {error}", message.topic);
            }
        }
    }

    /// Shows how the connection is; it is set only when that changes.
    fn show(&self, now: f64) {
        let connection = Connection::of(self.link.borrow().standing(now), &self.clock.borrow());
        if self.connection.get_untracked() != connection {
            self.connection.set(connection);
        }
    }
}
