//! A server that does what a test tells it, and remembers what it was sent.

use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Up,
    Busy,
    Denies,
    /// It takes the request and never answers.
    Hangs,
}

/// What it has seen.
pub struct Seen {
    pub mood: Mood,
    pub knows_worker: bool,
    pub requests: usize,
    pub registrations: usize,
    pub tokens: Vec<Option<String>>,
    /// Time stamps of the heartbeats that it took.
    pub taken: Vec<String>,
    /// Time stamps of the heartbeats that it was too busy for, or never answered.
    pub refused: Vec<String>,
    /// Events that it took, in order.
    pub events: Vec<Value>,
}

#[derive(Clone)]
pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let seen = Seen {
            mood,
            knows_worker: false,
            requests: 0,
            registrations: 0,
            tokens: Vec::new(),
            taken: Vec::new(),
            refused: Vec::new(),
            events: Vec::new(),
        };
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = Self { url, seen: Arc::new(Mutex::new(seen)) };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().serve(stream));
            }
        });
        server
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no test panics while it looks")
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut buffer = Vec::new();
        while let Some((head, body)) = request(&mut stream, &mut buffer).await {
            let Some((status, answer)) = self.answer(&head, &body) else { return std::future::pending().await };
            let text = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
                answer.len()
            );
            if stream.write_all(text.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    /// The status and the body; `None` when it hangs.
    fn answer(&self, head: &str, body: &str) -> Option<(u16, String)> {
        let mut seen = self.seen();
        seen.requests += 1;
        let token = head.lines().find_map(|line| line.strip_prefix("authorization: ").map(str::to_owned));
        seen.tokens.push(token);
        let path = head.split(' ').nth(1).unwrap_or_default();
        let is_heartbeat = path.ends_with("/heartbeat");
        let stamp = |json: &Value| json["timestamp"].as_str().unwrap_or_default().to_owned();
        match seen.mood {
            Mood::Denies => return Some((401, "{}".to_owned())),
            Mood::Busy | Mood::Hangs => {
                if is_heartbeat {
                    let json: Value = serde_json::from_str(body).expect("a heartbeat is JSON");
                    seen.refused.push(stamp(&json));
                }
                return (seen.mood == Mood::Busy).then(|| (503, "{}".to_owned()));
            }
            Mood::Up => {}
        }
        if is_heartbeat {
            if !seen.knows_worker {
                return Some((404, "{}".to_owned()));
            }
            let json: Value = serde_json::from_str(body).expect("a heartbeat is JSON");
            seen.taken.push(stamp(&json));
        } else if path.ends_with("/register") {
            seen.registrations += 1;
            seen.knows_worker = true;
        } else if path.ends_with("/events") {
            let events: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).expect("NDJSON")).collect();
            let accepted = events.len();
            seen.events.extend(events);
            return Some((200, format!(r#"{{"accepted":{accepted},"rejected":[]}}"#)));
        }
        Some((200, "{}".to_owned()))
    }
}

/// Reads a request's head and body; `None` at the end of the connection.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, String)> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
            let whole = end + 4 + length.unwrap_or(0_usize);
            if buffer.len() >= whole {
                let body = String::from_utf8_lossy(&buffer[end + 4..whole]).into_owned();
                buffer.drain(..whole);
                return Some((head, body));
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}
