//! Writing to channels' receivers over HTTP: through guarded clients, and with nothing secret in what is told.

use super::{Channel, Reach};
use crate::outbound::{self, Answer, Failure};
use reqwest::{Client, RequestBuilder, Url};
use std::sync::Arc;

/// The clients, by what they may reach.
pub(crate) struct Http {
    public: Client,
    private: Client,
}

impl Http {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self { public: client(Reach::Public)?, private: client(Reach::Private)? })
    }

    /// The client with which a channel's receiver is written to.
    pub(crate) fn of(&self, channel: &Channel) -> &Client {
        match channel.reach {
            Reach::Public => &self.public,
            Reach::Private => &self.private,
        }
    }
}

fn client(reach: Reach) -> reqwest::Result<Client> {
    // The address that is checked is the one that is connected to: no proxy.
    outbound::client().dns_resolver(Arc::new(reach)).no_proxy().build()
}

/// Sends, and says what came of it. Nothing of the address is in an error.
pub(crate) async fn send(channel: &Channel, url: &Url, request: RequestBuilder) -> Result<String, Failure> {
    // Names are checked when they are resolved; addresses are not resolved.
    channel.reach.check_host(url.host_str().unwrap_or_default()).map_err(Failure::for_good)?;
    let lost = |error| Failure::later(channel.told(&outbound::lost(error)));
    let response = request.timeout(channel.timeout).send().await.map_err(lost)?;
    Answer::read(response).await.judge(|answer| channel.told(answer))
}
