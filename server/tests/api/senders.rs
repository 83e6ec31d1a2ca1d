//! How much of a body is read before its sender is known.

use crate::server::{Forewatch, TOKEN, send};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The status of the answer to a request that promises megabytes and sends only `body` of them.
fn status(forewatch: &Forewatch, path: &str, headers: &str, body: &[u8]) -> String {
    let host = forewatch.authority();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 5000000\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).expect("it answers before it has the whole body");
    String::from_utf8(status.to_vec()).unwrap()
}

#[test]
fn events_of_a_stranger_are_refused_before_their_body_is_read() {
    let forewatch = Forewatch::shared();
    for headers in ["", "authorization: Bearer wrong\r\n"] {
        assert_eq!(status(&forewatch, "/api/v1/events", headers, b""), "HTTP/1.1 401", "{headers}");
    }
}

#[test]
fn no_more_is_read_of_a_stranger_than_a_token_in_the_body_needs() {
    let forewatch = Forewatch::shared();
    for path in ["/api/v1/workers/register", "/api/v1/workers/gpu-1/heartbeat"] {
        assert_eq!(status(&forewatch, path, "", &vec![b' '; 64 * 1024 + 1]), "HTTP/1.1 413", "{path}");
    }
}

#[tokio::test]
async fn a_token_in_the_header_lets_a_long_body_in_and_one_in_the_body_only_a_short_one() {
    let forewatch = Forewatch::shared();
    let long = |length| {
        let mut body = json!({ "registration": { "worker_id": "gpu-1" }, "auth_token": TOKEN });
        body["note"] = json!("x".repeat(length));
        forewatch.post("/api/v1/workers/register", &body)
    };
    send(long(60_000)).await.ok();
    send(long(100_000).bearer_auth(TOKEN)).await.ok();
}
