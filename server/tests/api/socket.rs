//! Who may open the live socket, and how long they may keep it.

use crate::server::{Forewatch, PASSWORD, TOKEN, send};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::{Error, http::HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(forewatch: &Forewatch, headers: &[(&'static str, &str)]) -> Result<Socket, u16> {
    let mut request = format!("ws://{}/api/v1/live", forewatch.authority()).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn status(forewatch: &Forewatch, headers: &[(&'static str, &str)]) -> u16 {
    open(forewatch, headers).await.err().unwrap_or(101)
}

async fn sign_in(forewatch: &Forewatch) -> String {
    let form = format!("name=mara&password={}", PASSWORD.replace(' ', "+"));
    let request = forewatch
        .request(reqwest::Method::POST, "/sign-in")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = send(request.body(form)).await;
    answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

/// The code with which the server closes a socket, within ten seconds.
async fn closed(socket: &mut Socket) -> Option<u16> {
    let close = async {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Close(frame) = message {
                return frame.map(|frame| frame.code.into());
            }
        }
        None
    };
    timeout(Duration::from_secs(10), close).await.ok().flatten()
}

#[tokio::test]
async fn a_page_of_another_origin_gets_no_socket() {
    let forewatch = Forewatch::start();
    let own = forewatch.url.clone();
    assert_eq!(status(&forewatch, &[("origin", &own)]).await, 101);
    assert_eq!(status(&forewatch, &[("origin", "https://evil.example")]).await, 403);
    assert_eq!(status(&forewatch, &[("origin", "null")]).await, 403);
    assert_eq!(status(&forewatch, &[]).await, 403);
    assert_eq!(status(&forewatch, &[("origin", &own), ("host", "evil.example")]).await, 421);
}

#[tokio::test]
async fn where_people_sign_in_a_socket_needs_a_session() {
    let forewatch = Forewatch::shared();
    let own = forewatch.url.clone();
    assert_eq!(status(&forewatch, &[("origin", &own)]).await, 401);
    assert_eq!(status(&forewatch, &[("origin", &own), ("authorization", &format!("Bearer {TOKEN}"))]).await, 403);
    let cookie = sign_in(&forewatch).await;
    assert_eq!(status(&forewatch, &[("origin", &own), ("cookie", &cookie)]).await, 101);
    assert_eq!(status(&forewatch, &[("origin", "https://evil.example"), ("cookie", &cookie)]).await, 403);
}

#[tokio::test]
async fn a_program_with_credentials_of_its_own_needs_no_origin() {
    let open = Forewatch::start();
    assert_eq!(status(&open, &[("authorization", "Bearer any")]).await, 101);
    let forewatch = Forewatch::shared();
    let basic = format!("Basic {}", STANDARD.encode(format!("script:{PASSWORD}")));
    assert_eq!(status(&forewatch, &[("authorization", &basic)]).await, 101);
    assert_eq!(status(&forewatch, &[("authorization", &basic), ("origin", "https://evil.example")]).await, 403);
    assert_eq!(status(&forewatch, &[("authorization", &format!("Bearer {TOKEN}"))]).await, 403);
    assert_eq!(status(&forewatch, &[("authorization", "Bearer wrong")]).await, 401);
}

#[tokio::test]
async fn signing_out_closes_that_sessions_sockets_and_no_others() {
    let forewatch = Forewatch::shared();
    let own = forewatch.url.clone();
    let (first, second) = (sign_in(&forewatch).await, sign_in(&forewatch).await);
    let with = |cookie: &str| [("origin", own.clone()), ("cookie", cookie.to_owned())];
    let mut sockets = Vec::new();
    for cookie in [&first, &second] {
        let headers = with(cookie);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sockets.push(open(&forewatch, &headers).await.unwrap());
    }
    let sign_out =
        forewatch.request(reqwest::Method::POST, "/sign-out").header("cookie", &first).header("origin", &own);
    assert_eq!(send(sign_out).await.status.as_u16(), 303);
    assert_eq!(closed(&mut sockets[0]).await, Some(4401));
    let other = timeout(Duration::from_millis(500), closed(&mut sockets[1])).await;
    assert!(other.is_err(), "the other session goes on: {other:?}");
    send(forewatch.get("/api/v1/system").header("cookie", &first)).await.problem(401);
    send(forewatch.get("/api/v1/system").header("cookie", &second)).await.ok();
}
