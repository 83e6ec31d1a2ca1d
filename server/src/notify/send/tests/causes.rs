//! A cause that holds others back: every receiver is told how many.

use super::mail_server::{Mood, Server};
use super::*;

/// A host that is silent, and eleven alerts because of it.
fn cause() -> Message {
    let mut message = small();
    (message.notices[0].alert.title, message.notices[0].alert.held_back) = ("rack 7 is silent".to_owned(), 11);
    message
}

#[tokio::test]
async fn every_receiver_is_told_how_many_alerts_follow_from_one() {
    let receiver = Receiver::start(|_| Ok(())).await;
    let secret = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(&secret, "a-secret-of-mine").expect("it can be written");
    let hidden = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(&hidden, receiver.url()).expect("it can be written");
    let (secret, hidden, url) = (secret.path().display(), hidden.path().display(), receiver.url());
    for setup in [
        format!("type = \"slack\"\nurl = \"file:{hidden}\""),
        format!("type = \"discord\"\nurl = \"file:{hidden}\""),
        format!("type = \"teams\"\nurl = \"file:{hidden}\""),
        format!("type = \"telegram\"\nchat = 1\nsecret = \"file:{secret}\"\nurl = \"{url}\""),
        format!("type = \"pagerduty\"\nsecret = \"file:{secret}\"\nurl = \"{url}\""),
        format!("type = \"ntfy\"\nurl = \"{url}alerts\""),
    ] {
        hand_over(&setup, &cause()).await.expect("it is taken");
        let told = receiver.requests().last().expect("it came").body.clone();
        assert!(told.contains("rack 7 is silent") && told.contains("11 more alerts because of it"), "{setup}: {told}");
    }
    hand_over(&format!("type = \"webhook\"\nurl = \"{url}\""), &cause()).await.expect("it is taken");
    let told = alertmanager::Body::read(&receiver.requests().last().expect("it came").body).expect("it is right");
    assert_eq!(told.alerts[0].annotations["held_back"], "11");
    let server = Server::start(Mood::Takes).await;
    hand_over(&server.setup(), &cause()).await.expect("it is taken");
    let got = server.got();
    assert!(got.contains("Subject: Error: rack 7 is silent (11 more alerts because of it)"), "{got}");
}
