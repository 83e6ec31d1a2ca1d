//! A server that the test plays, and a page that follows its queues.

use crate::support::until;
use app::backend::Snapshot;
use app::live::Connection;
use app::live::client::Client;
use app::live::wire::{Happening, Line, Listener, Wire};
use forewatch::live::{ClientMessage, Topic};
use forewatch::{QueueStats, Timestamp};
use leptos::prelude::*;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// What the topic `queues` holds.
pub type Queues = Arc<Vec<QueueStats>>;

/// The server's end of every socket that the client opened.
#[derive(Default)]
pub struct Server {
    sockets: RefCell<Vec<Listener>>,
    heard: RefCell<Vec<ClientMessage>>,
    /// How many sockets the client has let go.
    pub dropped: Cell<usize>,
}

struct Wires(Rc<Server>);
struct Socket(Rc<Server>);

impl Wire for Wires {
    fn open(&self, listener: Listener) -> Box<dyn Line> {
        self.0.sockets.borrow_mut().push(listener);
        Box::new(Socket(Rc::clone(&self.0)))
    }
}

impl Line for Socket {
    fn send(&self, text: String) {
        self.0.heard.borrow_mut().push(serde_json::from_str(&text).expect("the client speaks the protocol"));
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.0.dropped.set(self.0.dropped.get() + 1);
    }
}

impl Server {
    /// Lets something happen on a socket, counted from 0.
    pub fn on(&self, socket: usize, happening: Happening) {
        let listener = Rc::clone(&self.sockets.borrow()[socket]);
        listener(happening);
    }

    /// How many sockets the client has opened.
    pub fn sockets(&self) -> usize {
        self.sockets.borrow().len()
    }

    /// What the client has said since this was last asked.
    pub fn asked(&self) -> Vec<ClientMessage> {
        self.heard.take()
    }
}

/// A page with a client that follows the queues; it is over when this is dropped.
pub struct Page {
    /// The other end.
    pub server: Rc<Server>,
    /// The client.
    pub client: Client,
    /// What the page says of the connection.
    pub connection: RwSignal<Connection>,
    /// How often the page was told that something was missed.
    pub missed: RwSignal<u32>,
    queues: Signal<Queues>,
    owner: Owner,
}

impl Page {
    /// A page that was just loaded, with nothing in it yet.
    pub fn open() -> Self {
        let owner = Owner::new();
        owner.with(|| {
            let server = Rc::new(Server::default());
            let connection = RwSignal::new(Connection::Connecting);
            let now = RwSignal::new(Timestamp::UNIX_EPOCH);
            let missed = RwSignal::new(0);
            let client = Client::new(now, connection, missed, Box::new(Wires(Rc::clone(&server))));
            let queues = client.follow(Topic::Queues, nothing());
            client.start();
            Self { server, client, connection, missed, queues, owner: owner.clone() }
        })
    }

    /// A page whose socket is open and whose first snapshot came: delta 17 of epoch `one`, 112 tasks wait.
    pub async fn live() -> Self {
        let page = Self::open();
        page.server.on(0, Happening::Opened);
        page.hears(&snapshot("one", 17, &json!([queue("gpu", 112)]))).await;
        assert_eq!((page.pending(), page.server.asked()), (vec![112], vec![subscribe()]));
        page
    }

    /// Receives a message on the newest socket, and waits until it is taken.
    pub async fn hears(&self, message: &Value) {
        self.server.on(self.server.sockets() - 1, Happening::Text(message.to_string()));
        self.takes_all().await;
    }

    /// Waits until all that came is taken: at the page's pace.
    pub async fn takes_all(&self) {
        assert!(until(|| self.client.has_shown_all()).await, "it is taken");
    }

    /// How many tasks wait, by queue.
    pub fn pending(&self) -> Vec<u64> {
        self.queues.get_untracked().iter().map(|queue| queue.pending_tasks).collect()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.owner.cleanup();
    }
}

/// A page's data before anything is known.
pub fn nothing() -> Snapshot<Queues> {
    Snapshot { epoch: String::new(), seq: 0, at: Timestamp::UNIX_EPOCH, data: Queues::default() }
}

/// A queue with so many tasks waiting.
pub fn queue(id: &str, pending: u64) -> Value {
    let golden = include_str!("../../../tests/golden/queue_stats.json");
    let mut queue: Value = serde_json::from_str(golden).expect("a golden record");
    (queue["id"], queue["pending_tasks"]) = (id.into(), pending.into());
    queue
}

/// A message of the topic `queues`.
pub fn message(kind: &str, epoch: &str, (prev, seq): (Option<u64>, u64), data: &Value) -> Value {
    let at = js_sys::Date::new_0().to_iso_string().as_string();
    json!({ "topic": "queues", "epoch": epoch, "seq": seq, "prev": prev, "kind": kind, "at": at, "data": data })
}

/// A snapshot with these records.
pub fn snapshot(epoch: &str, seq: u64, data: &Value) -> Value {
    message("snapshot", epoch, (None, seq), data)
}

/// The delta in which `pending` tasks wait in the queue `gpu`.
pub fn delta(epoch: &str, prev: u64, seq: u64, pending: u64) -> Value {
    message("delta", epoch, (Some(prev), seq), &json!({ "upsert": [queue("gpu", pending)] }))
}

/// The client asks for the queues.
pub fn subscribe() -> ClientMessage {
    ClientMessage { subscribe: vec![Topic::Queues], ..ClientMessage::default() }
}

/// The client asks for a snapshot of the queues.
pub fn resync() -> ClientMessage {
    ClientMessage { resync: vec![Topic::Queues], ..ClientMessage::default() }
}
