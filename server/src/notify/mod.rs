//! Telling people: whom an alert is told, when, and by what way.
//!
//! [`look`] compares, once a second, the alerts as they are with what each channel was told ([`plan`], which is pure);
//! what follows from that is kept with what was told in one step, in a file of its own beside the store. From there it is
//! sent ([`send`]), each channel by a worker of its own ([`worker`]), until the receiver takes it. Nothing here changes an
//! alert or holds up the rules.

mod beside;
mod channel;
mod delivery;
mod enclosed;
mod filter;
mod guard;
mod health;
mod http;
mod link;
mod look;
mod message;
mod plan;
mod quiet;
mod report;
mod retry;
mod send;
mod shown;
mod template;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod trial;
mod worker;

pub(crate) use channel::{Channel, Link, Mail, Target, channels};
pub(crate) use delivery::{Counted, Due, New, Next, Then, Wanted};
use filter::Filter;
pub(crate) use forewatch::notification::{Attempt, Delivery, DeliveryStatus as Status};
use guard::Reach;
use health::Health;
use http::Http;
pub(crate) use link::Handle;
use link::Links;
use look::Look;
pub(crate) use message::Message;
pub(crate) use plan::{ChannelTold, Told};
use quiet::Quiet;
pub(crate) use report::{Made, takes_files, takes_reports};
pub(crate) use retry::GIVE_UP_AFTER;
use template::Template;

use crate::auth;
use crate::collector::Fleet;
use crate::config::Config;
use crate::report::Archive;
use crate::store::sqlite::SqliteOutbox;
use crate::store::{self, StoreError};
use anyhow::Context as _;
use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The channels, and what is sent by them.
pub(crate) struct Notifier {
    channels: Vec<Arc<Wired>>,
    outbox: Arc<SqliteOutbox>,
    /// Where the files lie that go along with a message.
    reports: Arc<Archive>,
    /// The look that was begun with, until it goes on by itself.
    begun: Mutex<Option<Look>>,
    http: Http,
    links: Links,
    /// Where it is told whether the outbox can be written.
    store: Arc<store::Health>,
}

/// A channel at work.
pub(crate) struct Wired {
    pub(crate) channel: Channel,
    pub(crate) health: Health,
    /// Wakes its worker.
    wake: tokio::sync::Notify,
    /// Held while a message is sent that is in no outbox.
    beside: tokio::sync::Mutex<()>,
}

impl Wired {
    fn of(channel: Channel) -> Self {
        let (wake, beside) = (tokio::sync::Notify::new(), tokio::sync::Mutex::new(()));
        Self { channel, health: Health::default(), wake, beside }
    }
}

impl Notifier {
    /// Opens it, and looks once at a recovered state: what was raised before a crash is told, also when it is over with the
    /// first tick.
    pub(crate) fn begin(
        config: &Config,
        outbox: Arc<SqliteOutbox>,
        reports: Arc<Archive>,
        store: Arc<store::Health>,
        fleet: &Fleet,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Arc<Self>> {
        let key = if config.notify.is_empty() { Vec::new() } else { auth::link_key(config.store.url.as_ref())? };
        let notifier = Arc::new(Self::open(config, outbox, reports, store, key)?);
        let mut look = Look::open(&notifier)?;
        look.look(&notifier, fleet, now)?;
        *notifier.begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
        Ok(notifier)
    }

    /// Takes the channels from a configuration that was checked. `key` signs links.
    fn open(
        config: &Config,
        outbox: Arc<SqliteOutbox>,
        reports: Arc<Archive>,
        store: Arc<store::Health>,
        key: Vec<u8>,
    ) -> anyhow::Result<Self> {
        let channels = channels(&config.notify)
            .map_err(|wrong| anyhow::anyhow!("[[notify]] is wrong: {wrong:?}; `forewatch check-config` says where"))?;
        let channels: Vec<_> = channels.into_iter().map(|channel| Arc::new(Wired::of(channel))).collect();
        let names: Vec<_> = channels.iter().map(|wired| wired.channel.name()).collect();
        outbox.without_others(&names, crate::collector::clock())?;
        let links = Links::new(config.server.public_url.as_deref().unwrap_or_default(), key);
        Ok(Self {
            channels,
            outbox,
            reports,
            begun: Mutex::default(),
            http: Http::new().context("setting up outgoing HTTP")?,
            links,
            store,
        })
    }

    /// Starts to look and to send. What ends after `stop` comes back.
    pub(crate) fn start(
        self: &Arc<Self>,
        fleet: &Arc<ArcSwap<Fleet>>,
        stop: &CancellationToken,
    ) -> Vec<JoinHandle<()>> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(look) = begun.filter(|_| !self.channels.is_empty()) else { return Vec::new() };
        let mut tasks = vec![tokio::spawn(look::run(look, self.clone(), fleet.clone(), stop.clone()))];
        for wired in &self.channels {
            tasks.push(tokio::spawn(worker::run(self.clone(), wired.clone(), stop.clone())));
            if let Target::Heartbeat { url, every } = &wired.channel.target {
                let beat = worker::beat(self.clone(), wired.clone(), url.clone(), *every, fleet.clone(), stop.clone());
                tasks.push(tokio::spawn(beat));
            }
        }
        tasks
    }

    /// The channels, in the order of the file.
    pub(crate) fn channels(&self) -> &[Arc<Wired>] {
        &self.channels
    }

    /// A channel by its name.
    pub(crate) fn channel(&self, name: &str) -> Option<&Arc<Wired>> {
        self.channels.iter().find(|wired| wired.channel.name() == name)
    }

    /// Addresses in messages.
    pub(crate) fn links(&self) -> &Links {
        &self.links
    }

    /// Asks the outbox on a thread that may block.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&SqliteOutbox) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let outbox = self.outbox.clone();
        let answer = tokio::task::spawn_blocking(move || question(&outbox)).await;
        answer.unwrap_or_else(|_| Err(StoreError::Unusable("the outbox could not be asked".to_owned())))
    }

    /// Lets a channel's worker look for what is due.
    pub(crate) fn wake(&self, channel: &str) {
        if let Some(wired) = self.channel(channel) {
            wired.wake.notify_one();
        }
    }
}
