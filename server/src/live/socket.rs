//! One live socket: what it follows, how far it is, and when it is closed.

use super::Hub;
use super::ending::{End, Ends, PATIENCE, farewell};
use crate::auth::SessionEnd;
use crate::state::AppState;
use crate::telemetry::Counters;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use forewatch::live::{CLOSE_TOO_MUCH, ClientMessage, PING_SECONDS, SUBPROTOCOL_JSON, Topic};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Bytes of a message from a browser.
const MESSAGE_BYTES: usize = 16 * 1024;
/// Messages a browser may send in ten seconds.
const MESSAGES: u32 = 100;
/// Write buffer of a socket: small, since a socket that is behind gets a snapshot.
const WRITE_BUFFER: usize = 16 * 1024;

/// Turns a request into a live socket. The caller has checked who asks and from where; `session` tells when
/// that stops being true.
pub(crate) fn upgrade(
    state: &AppState,
    upgrade: WebSocketUpgrade,
    session: SessionEnd,
    stop: CancellationToken,
) -> Response {
    let limit = state.config.limits.sockets as u64;
    if state.counters.live_sockets.fetch_add(1, Ordering::Relaxed) >= limit {
        state.counters.live_sockets.fetch_sub(1, Ordering::Relaxed);
        return crate::error::ApiError::unavailable(
            "too many live sockets are open: close some pages, or raise limits.sockets",
        )
        .into_response();
    }
    let socket = Socket {
        hub: state.hub.clone(),
        counters: state.counters.clone(),
        topics: BTreeMap::new(),
        most: state.config.limits.subscriptions,
        heard: Instant::now(),
        messages: (Instant::now(), 0),
    };
    upgrade
        .protocols([SUBPROTOCOL_JSON])
        .max_message_size(MESSAGE_BYTES)
        .write_buffer_size(WRITE_BUFFER / 2)
        .max_write_buffer_size(64 * 1024 * 1024)
        .read_buffer_size(4 * 1024)
        .on_upgrade(move |stream| socket.run(stream, Ends::new(session, stop)))
}

struct Socket {
    hub: Arc<Hub>,
    counters: Arc<Counters>,
    /// What it follows, and the sequence it has; `None`: a snapshot is due.
    topics: BTreeMap<Topic, Option<u64>>,
    most: usize,
    heard: Instant,
    /// Messages since the start of the present ten seconds.
    messages: (Instant, u32),
}

impl Drop for Socket {
    fn drop(&mut self) {
        for topic in self.topics.keys() {
            self.hub.leave(topic);
        }
        self.counters.live_sockets.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Socket {
    async fn run(mut self, mut stream: WebSocket, ends: Ends) {
        let mut ticks = self.hub.ticks();
        let mut ping = tokio::time::interval(Duration::from_secs(PING_SECONDS));
        let end = loop {
            let step = tokio::select! {
                end = ends.due() => Err(end),
                _ = ping.tick() => self.ping(&mut stream, &ends).await,
                message = stream.recv() => match message {
                    Some(Ok(Message::Close(_))) => Ok(()),
                    Some(Ok(message)) => match self.take(&message) {
                        Some((code, reason)) => Err(End::Told(code, reason)),
                        None => self.send(&mut stream, &ends).await,
                    },
                    _ => Err(End::Gone),
                },
                Ok(()) = ticks.changed() => self.send(&mut stream, &ends).await,
            };
            if let Err(end) = step {
                break end;
            }
        };
        if let End::Told(code, reason) = end {
            farewell(stream.send(Message::Close(Some(CloseFrame { code, reason: reason.into() })))).await;
        }
    }

    async fn ping(&self, stream: &mut WebSocket, ends: &Ends) -> Result<(), End> {
        if self.heard.elapsed() > PATIENCE {
            return Err(End::Gone);
        }
        ends.wait(PATIENCE, stream.send(Message::Ping(axum::body::Bytes::new()))).await
    }

    /// Takes a message from the browser; answers how to close when it is one too many or no message of ours.
    fn take(&mut self, message: &Message) -> Option<(u16, &'static str)> {
        self.heard = Instant::now();
        let Message::Text(text) = message else { return None };
        if self.messages.0.elapsed() > Duration::from_secs(10) {
            self.messages = (Instant::now(), 0);
        }
        self.messages.1 += 1;
        if self.messages.1 > MESSAGES {
            return Some((CLOSE_TOO_MUCH, "too many messages: at most 100 in ten seconds"));
        }
        let Ok(message) = serde_json::from_str::<ClientMessage>(text) else {
            return Some((axum::extract::ws::close_code::POLICY, "not a message of forewatch.v1.json"));
        };
        for topic in message.unsubscribe {
            if self.topics.remove(&topic).is_some() {
                self.hub.leave(&topic);
            }
        }
        for topic in message.subscribe {
            if self.topics.insert(topic.clone(), None).is_none() {
                self.hub.follow(&topic);
            }
        }
        for topic in message.resync {
            if let Some(seq) = self.topics.get_mut(&topic) {
                *seq = None;
            }
        }
        (self.topics.len() > self.most).then_some((CLOSE_TOO_MUCH, "too many topics: see limits.subscriptions"))
    }

    /// Sends what is due on every topic. Waits for the browser; meanwhile the rings move on, and a
    /// socket that took too long finds itself behind and takes a snapshot.
    async fn send(&mut self, stream: &mut WebSocket, ends: &Ends) -> Result<(), End> {
        for (topic, seq) in &mut self.topics {
            let next = self.hub.next(topic, *seq);
            for text in next.texts {
                self.counters.live_bytes_sent.fetch_add(text.len() as u64, Ordering::Relaxed);
                ends.wait(PATIENCE, stream.send(Message::Text(text))).await?;
            }
            *seq = Some(next.seq);
        }
        Ok(())
    }
}
