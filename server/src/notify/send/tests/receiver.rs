//! A receiver on this machine: it reads what comes with the test's own eyes, and answers as it is told.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("it is JSON")
    }
}

/// What is wrong with a request, if anything.
type Check = fn(&Request) -> Result<(), String>;

#[derive(Clone)]
struct Shared {
    check: Check,
    requests: Arc<Mutex<Vec<Request>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    after: Duration,
}

/// A running receiver.
pub(crate) struct Receiver {
    port: u16,
    shared: Shared,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// Starts one that answers 200, or 400 with what `check` finds wrong.
    pub(crate) async fn start(check: Check) -> Self {
        let shared = Shared { check, requests: Arc::default(), answers: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let router = Router::new().fallback(take).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { port, shared, task }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// What the next request is answered, whatever it is.
    pub(crate) fn answer(&self, status: u16, headers: &[(&str, &str)], body: &str) {
        self.answer_after(Duration::ZERO, status, headers, body);
    }

    pub(crate) fn answer_after(&self, after: Duration, status: u16, headers: &[(&str, &str)], body: &str) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = Answer { status, headers, body: body.to_owned(), after };
        self.shared.answers.lock().expect("nobody panicked").push_back(answer);
    }

    /// What came so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().expect("nobody panicked").clone()
    }
}

async fn take(State(shared): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = String::from_utf8(body.to_vec()).expect("it is UTF-8");
    let request = Request { method, uri, headers, body };
    let found = (shared.check)(&request);
    shared.requests.lock().expect("nobody panicked").push(request);
    let answer = shared.answers.lock().expect("nobody panicked").pop_front();
    if let Some(Answer { status, headers, body, after }) = answer {
        tokio::time::sleep(after).await;
        let status = axum::http::StatusCode::from_u16(status).expect("a status");
        let mut response = (status, body).into_response();
        for (name, value) in headers {
            let name: axum::http::HeaderName = name.parse().expect("a header");
            response.headers_mut().insert(name, value.parse().expect("a value"));
        }
        return response;
    }
    match found {
        Ok(()) => "ok".into_response(),
        Err(wrong) => (axum::http::StatusCode::BAD_REQUEST, wrong).into_response(),
    }
}

/// Refuses what is not so.
pub(crate) fn must(so: bool, what: impl Into<String>) -> Result<(), String> {
    if so { Ok(()) } else { Err(what.into()) }
}

/// A text of a body, with at most so many characters and at least one.
pub(crate) fn text<'a>(value: &'a Value, most: usize, what: &str) -> Result<&'a str, String> {
    let text = value.as_str().ok_or_else(|| format!("{what} is no text: {value}"))?;
    let length = text.chars().count();
    must((1..=most).contains(&length), format!("{what} has {length} characters, not 1 to {most}"))?;
    Ok(text)
}

/// Refuses members that the documentation does not have.
pub(crate) fn only(value: &Value, known: &[&str]) -> Result<(), String> {
    let members = value.as_object().ok_or_else(|| format!("no object: {value}"))?;
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("there is no member {name}")),
        None => Ok(()),
    }
}
