//! Every channel with a receiver that reads what it is sent by its documentation, and refuses what is not so. What is sent
//! is small and ordinary, and then as much as there can be, of texts that try to be markup.

mod alertmanager;
mod causes;
mod chats;
mod mail_server;
pub(crate) mod receiver;
mod services;
mod smtp;

use super::*;
use crate::notify::message::{MOST, Notice, What};
use crate::notify::tests::{alert, channel, links};
use crate::outbound::Retry;
use chrono::{DateTime, Utc};
use receiver::Receiver;

/// What tries to be something else than text, in every receiver's language.
const HOSTILE: &str = "<!channel> @everyone <@U1> *b* _i_ ~s~ `c` [x](javascript:alert(1)) <b>&amp; </a> <script> # - > | \\ : \u{202e}ü🦀 ";

fn at() -> DateTime<Utc> {
    "2026-11-24T14:00:00Z".parse().expect("a time")
}

/// One alarm.
pub(super) fn small() -> Message {
    crate::notify::tests::message("queue-backlog", "01A", at())
}

/// As many alarms as a message holds, with the longest texts.
pub(super) fn hostile() -> Message {
    let notice = |n: usize| {
        let mut alert = alert("queue-backlog", &format!("01A{n}"));
        alert.title = HOSTILE.repeat(20);
        alert.description = HOSTILE.repeat(40);
        alert.component_id = HOSTILE.repeat(3);
        alert.metadata.insert("queue".to_owned(), HOSTILE.to_owned());
        alert.runbook = Some("https://runbooks.example/<a|b>?x=\"&y='".to_owned());
        Notice { what: if n.is_multiple_of(2) { What::New } else { What::Still }, alert }
    };
    let notices = (0..MOST).map(notice).collect();
    Message { group: "queue-backlog".to_owned(), at: at(), notices, more: 7, files: Vec::new() }
}

/// The same message as its end.
pub(super) fn recovered(mut message: Message) -> Message {
    for notice in &mut message.notices {
        notice.what = What::Recovered;
        notice.alert.state = forewatch::AlertState::Resolved;
        notice.alert.resolved_at = Some(at());
    }
    message.more = 0;
    message
}

/// Sends by a channel that is set up like this.
pub(super) async fn hand_over(setup: &str, message: &Message) -> Result<String, Failure> {
    hand_over_with(setup, message, &Enclosed::default()).await
}

/// The same, with files.
pub(super) async fn hand_over_with(setup: &str, message: &Message, enclosed: &Enclosed) -> Result<String, Failure> {
    let channel = channel(&format!("allow_private = true\n{setup}"));
    send(&channel, message, enclosed, "01DELIVERY", &Http::new().expect("HTTP can be set up"), &links()).await
}

#[tokio::test]
async fn a_private_address_and_a_redirect_to_one_are_not_followed() {
    let receiver = Receiver::start(|_| Ok(())).await;
    receiver.answer(302, &[("location", "http://127.0.0.1:1/")], "");
    let setup = format!("type = \"webhook\"\nurl = \"{}\"", receiver.url());
    let failure = hand_over(&setup, &small()).await.expect_err("a redirect is not followed");
    assert!(failure.reason.contains("redirects are not followed"), "{failure:?}");
    assert_eq!(failure.retry, Retry::Later);
    // The same by a name that leads here, for a channel that may not: found only once it is resolved.
    let mut channel = channel(&format!("allow_private = true\n{setup}"));
    channel.reach = crate::notify::Reach::Public;
    let http = Http::new().expect("HTTP can be set up");
    let name = format!("http://localtest.localhost.:{}/", receiver.port());
    for address in [receiver.url(), name] {
        channel.target = Target::Webhook { url: crate::notify::Link(address.parse().expect("a URL")), secret: None };
        let before = receiver.requests().len();
        assert!(send(&channel, &small(), &Enclosed::default(), "1", &http, &links()).await.is_err(), "{address}");
        assert_eq!(receiver.requests().len(), before, "{address}");
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_or_cuts_the_connection_is_tried_again() {
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}/secret-of-mine", hanging.local_addr().expect("it has one"));
    let setup = format!("type = \"webhook\"\ntimeout = \"200ms\"\nurl = \"{url}\"");
    let failure = hand_over(&setup, &small()).await.expect_err("nobody answers");
    assert_eq!(failure.retry, Retry::Later);
    tokio::spawn(async move {
        while let Ok((socket, _)) = hanging.accept().await {
            drop(socket);
        }
    });
    let failure = hand_over(&setup, &small()).await.expect_err("it is cut");
    assert_eq!(failure.retry, Retry::Later);
    assert!(!failure.reason.contains("secret-of-mine"), "{failure:?}");
}
