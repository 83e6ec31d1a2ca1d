//! Mail.

use super::mail_server::{Mood, Server};
use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

#[tokio::test]
async fn a_mail_goes_to_all_within_tls_and_no_title_adds_a_header() {
    let server = Server::start(Mood::Takes).await;
    let password = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(&password, "correct horse").expect("it can be written");
    let setup = format!("{}\nuser = \"f\"\nsecret = \"file:{}\"", server.setup(), password.path().display());
    let mut message = small();
    message.notices[0].alert.title = "The fan\r\nBcc: everyone@example.com\r\n\r\nis loud".to_owned();
    let answer = hand_over(&setup, &message).await.expect("it is taken");
    assert!(answer.contains("queued"), "{answer}");
    let got = server.got();
    assert!(got.contains(&STANDARD.encode("\0f\0correct horse")), "it signs in: {got}");
    for to in ["RCPT TO:<ada@example.com>", "RCPT TO:<bob@example.com>"] {
        assert!(got.contains(to), "{got}");
    }
    let (head, _) = got.split_once("\n\n").expect("a mail has a head and a body");
    assert!(head.contains("Subject: Error: The fan") && head.contains("Message-ID: <01DELIVERY."), "{head}");
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    hand_over(&setup, &hostile()).await.expect("it is taken");
}

#[tokio::test]
async fn without_tls_or_with_a_certificate_that_is_not_trusted_no_mail_is_sent() {
    let plain = Server::start(Mood::Plain).await;
    hand_over(&plain.setup(), &small()).await.expect_err("it must be TLS");
    let server = Server::start(Mood::Takes).await;
    let setup: String =
        server.setup().lines().filter(|line| !line.starts_with("ca_file")).map(|line| format!("{line}\n")).collect();
    hand_over(&setup, &small()).await.expect_err("nobody vouches for it");
    assert_eq!((plain.got(), server.got()), (String::new(), String::new()));
}

#[tokio::test]
async fn what_the_server_refuses_for_good_is_final_and_what_it_defers_is_not() {
    for (code, retry) in [(550, Retry::Never), (450, Retry::Later)] {
        let server = Server::start(Mood::Answers(code)).await;
        let failure = hand_over(&server.setup(), &small()).await.expect_err("it is refused");
        assert_eq!(failure.retry, retry, "{failure:?}");
        assert!(failure.reason.contains("not this one"), "{failure:?}");
    }
}
