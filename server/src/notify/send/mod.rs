//! Writing a message in the form of its receiver, and handing it over. A form is a pure function; its limits are those of
//! the receiver's documentation, and what came from outside is never markup there.

mod command;
mod discord;
mod email;
mod letter;
mod ntfy;
mod pagerduty;
mod slack;
mod teams;
mod telegram;
mod webhook;

use super::enclosed::Enclosed;
use super::http::{self, Http};
use super::link::Links;
use super::message::Message;
use super::shown::Shown;
use super::{Channel, Target};
use crate::outbound::Failure;
use forewatch::AlertSeverity;
use letter::Letter;
use reqwest::{RequestBuilder, Url};
use serde_json::Value;

/// Alerts that a text shows at most.
const LINES: usize = 10;

/// Hands a message over, with what is enclosed where the receiver takes files; answers with what the receiver said. `id` is the
/// idempotency key.
pub(crate) async fn send(
    channel: &Channel,
    message: &Message,
    enclosed: &Enclosed,
    id: &str,
    http: &Http,
    links: &Links,
) -> Result<String, Failure> {
    let post = |url: &Url| http.of(channel).post(url.clone()).header("Idempotency-Key", id);
    let shown = || Shown::of(message, channel, links, LINES);
    let json = async |url: &Url, body: Value| http::send(channel, url, post(url).json(&body)).await;
    match &channel.target {
        Target::Webhook { url, secret } => {
            let body = webhook::form(message, channel.name(), links).to_string();
            let request = webhook::signed(post(&url.0), secret.as_ref(), id, &body);
            http::send(channel, &url.0, request.body(body)).await
        }
        Target::Slack { url } => json(&url.0, slack::form(&shown())).await,
        Target::Discord { url } => json(&url.0, discord::form(&shown())).await,
        Target::Teams { url } => json(&url.0, teams::form(&shown())).await,
        Target::Telegram { url, token, chat } => {
            let url = telegram::address(&url.0, token).ok_or_else(|| Failure::for_good("the bot's token is none"))?;
            json(&url, telegram::form(&shown(), chat)).await
        }
        Target::PagerDuty { url, key } => {
            let mut answer = String::new();
            for event in pagerduty::form(message, channel, key, links) {
                answer = json(&url.0, event).await?;
            }
            Ok(answer)
        }
        Target::Ntfy { url, topic, token } => {
            let request = post(&url.0).json(&ntfy::form(&shown(), topic));
            let request = token.iter().fold(request, |request, token| request.bearer_auth(token.expose()));
            http::send(channel, &url.0, request).await
        }
        Target::Email(mail) => email::send(channel, mail, Letter { shown: &shown(), message, enclosed, id }).await,
        Target::Command { argv } => {
            command::run(channel, argv, &webhook::form(message, channel.name(), links).to_string()).await
        }
        Target::Heartbeat { url, .. } => beat(channel, &url.0, http).await,
    }
}

/// Says "still alive" to whoever notices when that is no longer said.
pub(crate) async fn beat(channel: &Channel, url: &Url, http: &Http) -> Result<String, Failure> {
    let request: RequestBuilder = http.of(channel).get(url.clone());
    http::send(channel, url, request).await
}

/// A colour for how bad it is, as 0xRRGGBB.
fn colour(shown: &Shown) -> u32 {
    match shown.severity {
        _ if shown.is_over => 0x2e_a0_43,
        AlertSeverity::Info => 0x57_6c_bc,
        AlertSeverity::Warning => 0xd2_99_22,
        AlertSeverity::Error => 0xe5_53_4b,
        AlertSeverity::Critical => 0xb6_1a_2b,
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use tests::receiver;
