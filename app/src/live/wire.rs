//! The socket itself: gloo-net's WebSocket behind a small seam, so that tests can be the server.

use forewatch::live::{PATH, SUBPROTOCOL_JSON};
use futures_util::{Sink, Stream};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, State, WebSocketError};
use leptos::prelude::{location, set_timeout};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;
use wasm_bindgen_futures::spawn_local;

/// What happens on a socket.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// It is open.
    Opened,
    /// A text came.
    Text(String),
    /// It closed, with this code.
    Closed(u16),
}

/// Where a socket tells what happens.
pub type Listener = Rc<dyn Fn(Happening)>;

/// Makes sockets.
pub trait Wire {
    /// Opens one. What happens on it is told to `listener`, never before this returns.
    fn open(&self, listener: Listener) -> Box<dyn Line>;
}

/// An open or opening socket. Dropping it closes it.
pub trait Line {
    /// Sends a text, once it is open.
    fn send(&self, text: String);
}

/// The code that browsers use for a connection that ended without one.
const ABNORMAL: u16 = 1006;

/// Real sockets.
#[derive(Debug)]
pub struct Sockets;

impl Wire for Sockets {
    fn open(&self, listener: Listener) -> Box<dyn Line> {
        let outbox = Rc::new(RefCell::new(Outbox::default()));
        match WebSocket::open_with_protocol(&address(), SUBPROTOCOL_JSON) {
            Ok(socket) => spawn_local(pump(socket, Rc::clone(&outbox), listener)),
            Err(_) => set_timeout(move || listener(Happening::Closed(ABNORMAL)), Duration::ZERO),
        }
        Box::new(Queue(outbox))
    }
}

/// The address of the live socket on the site that this page came from.
fn address() -> String {
    let location = location();
    let scheme = if location.protocol().is_ok_and(|p| p == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}{PATH}", location.host().unwrap_or_default())
}

/// Texts to be sent. It stays short: the link sends a few messages, batched, and none while it waits.
#[derive(Default)]
struct Outbox {
    texts: VecDeque<String>,
    closed: bool,
    waker: Option<Waker>,
}

struct Queue(Rc<RefCell<Outbox>>);

impl Queue {
    fn with(&self, change: impl FnOnce(&mut Outbox)) {
        let waker = {
            let mut outbox = self.0.borrow_mut();
            change(&mut outbox);
            outbox.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Line for Queue {
    fn send(&self, text: String) {
        self.with(|outbox| outbox.texts.push_back(text));
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.with(|outbox| outbox.closed = true);
    }
}

/// Runs one socket until it closes, or until nobody holds its [`Line`] any more; then it is dropped, which closes it.
async fn pump(mut socket: WebSocket, outbox: Rc<RefCell<Outbox>>, listener: Listener) {
    let mut code = ABNORMAL;
    let mut opened = false;
    let ended = poll_fn(|context| {
        if !opened && Pin::new(&mut socket).poll_ready(context).is_ready() && matches!(socket.state(), State::Open) {
            opened = true;
            listener(Happening::Opened);
        }
        loop {
            let next = {
                let mut outbox = outbox.borrow_mut();
                if outbox.closed {
                    return Poll::Ready(None);
                }
                outbox.waker = Some(context.waker().clone());
                if opened { outbox.texts.pop_front() } else { None }
            };
            if let Some(text) = next {
                // A socket that no longer sends is closing: the stream says so next.
                let _ = Pin::new(&mut socket).start_send(Message::Text(text));
                continue;
            }
            match Pin::new(&mut socket).poll_next(context) {
                Poll::Ready(Some(Ok(Message::Text(text)))) => listener(Happening::Text(text)),
                Poll::Ready(Some(Err(WebSocketError::ConnectionClose(close)))) => code = close.code,
                Poll::Ready(Some(_)) => {}
                Poll::Ready(None) => return Poll::Ready(Some(code)),
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await;
    if let Some(code) = ended {
        listener(Happening::Closed(code));
    }
}
