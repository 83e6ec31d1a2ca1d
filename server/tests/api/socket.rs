//! Who may open the live socket.

use crate::server::{Forewatch, PASSWORD, TOKEN, send};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::{Error, http::HeaderValue};

async fn status(forewatch: &Forewatch, headers: &[(&'static str, &str)]) -> u16 {
    let mut request = format!("ws://{}/api/v1/live", forewatch.authority()).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    match connect_async(request).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
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
    let form = format!("name=mara&password={}", PASSWORD.replace(' ', "+"));
    let request = forewatch
        .request(reqwest::Method::POST, "/sign-in")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = send(request.body(form)).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(status(&forewatch, &[("origin", &own), ("cookie", &cookie)]).await, 101);
    assert_eq!(status(&forewatch, &[("origin", "https://evil.example"), ("cookie", &cookie)]).await, 403);
}
